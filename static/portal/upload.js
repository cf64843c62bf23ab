// Choosing is sending: the two fields become two buttons. Without this the form still works.
for (const form of document.querySelectorAll("[data-upload]")) {
  const most = Number(form.dataset.mostBytes);
  const tooLarge = form.querySelector("[data-too-large]");
  form.classList.add("upload-by-button");
  form.querySelector("[data-without-script]").hidden = true;
  const send = (field) => {
    tooLarge.hidden = [...field.files].every((file) => file.size <= most);
    if (!tooLarge.hidden) {
      field.value = "";
    } else if (field.files.length) {
      form.requestSubmit();
    }
  };
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    form.querySelector("[data-busy]").hidden = false;
  });
  for (const field of form.querySelectorAll("input[type=file]")) {
    field.addEventListener("change", () => send(field));
    // Chosen before this script had arrived, on a slow line.
    if (field.files.length) send(field);
  }
}
// Coming back by the browser's own button finds the form as it was left: busy.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
