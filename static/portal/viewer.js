// Shows one page of a paper at a time: next, larger, turned. Pages are links without this.
for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const tools = viewer.querySelector(".viewer-tools");
  const stage = viewer.querySelector(".viewer-stage");
  const canvas = stage.querySelector("canvas");
  const place = viewer.querySelector(".viewer-place");
  const pages = [...viewer.querySelectorAll("[data-page]")];
  const button = (name) => tools.querySelector(`[data-do=${name}]`);
  let shown = -1, zoom = 1, quarters = 0, picture = null;

  function draw() {
    if (!picture) return;
    const lying = quarters % 2 === 1;
    canvas.width = lying ? picture.naturalHeight : picture.naturalWidth;
    canvas.height = lying ? picture.naturalWidth : picture.naturalHeight;
    const pen = canvas.getContext("2d");
    pen.translate(canvas.width / 2, canvas.height / 2);
    pen.rotate((quarters * Math.PI) / 2);
    pen.drawImage(picture, -picture.naturalWidth / 2, -picture.naturalHeight / 2);
    // Whole at first: as large as the stage allows, then so many times that.
    const fit = Math.min(stage.clientWidth / canvas.width, stage.clientHeight / canvas.height);
    canvas.style.width = `${Math.floor(canvas.width * fit * zoom)}px`;
    button("smaller").disabled = zoom <= 1;
    button("larger").disabled = zoom >= 8;
  }

  function open(number) {
    if (number < 0 || number >= pages.length) return;
    shown = number;
    zoom = 1;
    quarters = 0;
    pages.forEach((page, each) => {
      if (each === number) page.setAttribute("aria-current", "true");
      else page.removeAttribute("aria-current");
    });
    button("previous").disabled = number === 0;
    button("next").disabled = number === pages.length - 1;
    const wanted = new Image();
    wanted.addEventListener("load", () => {
      if (shown !== number) return;
      picture = wanted;
      stage.hidden = tools.hidden = false;
      place.textContent = pages[number].dataset.page;
      canvas.setAttribute("aria-label", pages[number].dataset.page);
      stage.scrollTo(0, 0);
      draw();
    });
    wanted.addEventListener("error", () => {
      if (shown === number) place.textContent = place.dataset.failed;
    });
    wanted.src = pages[number].href;
  }

  const verbs = {
    previous: () => open(shown - 1),
    next: () => open(shown + 1),
    larger: () => { zoom = Math.min(8, zoom * 1.5); draw(); },
    smaller: () => { zoom = Math.max(1, zoom / 1.5); draw(); },
    turn: () => { quarters = (quarters + 1) % 4; draw(); },
    reset: () => { zoom = 1; quarters = 0; draw(); },
  };
  const keys = {
    ArrowLeft: "previous", ArrowRight: "next", "+": "larger", "=": "larger", "-": "smaller",
    r: "turn", R: "turn", 0: "reset",
  };
  pages.forEach((page, number) => page.addEventListener("click", (event) => {
    event.preventDefault();
    open(number);
  }));
  tools.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-do]");
    if (pressed) verbs[pressed.dataset.do]();
  });
  // Only on the stage and its tools: elsewhere the same keys belong to forms and the page.
  for (const part of [tools, stage]) {
    part.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
      // Enlarged, the arrows move the picture; at its edge or whole, they turn the page.
      const wide = part === stage && stage.scrollWidth > stage.clientWidth;
      if (wide && event.key.startsWith("Arrow")) return;
      event.preventDefault();
      verbs[keys[event.key]]();
    });
  }
  window.addEventListener("resize", draw);
}
