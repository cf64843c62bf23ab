"""Rule files: one YAML file an area, read into plain values before anything is stored.

A file that is wrong anywhere is refused as a whole, with the place; nothing is guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

BUILT_IN = Path(__file__).parent / "data"
#: Marks a clause may carry; mass-made articles (FARM) are claims, not rules.
EVIDENCE = ("OFFICIAL", "NEWS", "REPOST", "SEED")


class BadDefinition(ValueError):
    """A rule file cannot be read; `place` is the path inside it, `problem` a code."""

    def __init__(self, file: str, place: str, problem: str, value: Any = ""):
        super().__init__(f"{file}: {place}: {problem}: {value}")
        self.file = file
        self.place = place
        self.problem = problem
        self.value = value


@dataclass(frozen=True, slots=True)
class ClauseDefinition:
    """One parameter with its value, source, statement, mark and the day it was looked up."""

    name: str
    value: Any
    source: str
    text: str
    evidence: str
    seen_on: date


@dataclass(frozen=True, slots=True)
class VersionDefinition:
    """What an area sets from a day on."""

    label: str
    from_date: date
    clauses: tuple[ClauseDefinition, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaDefinition:
    """An area with its versions; level and parent follow from the code."""

    code: str
    name: str
    versions: tuple[VersionDefinition, ...] = ()


def read_folder(folder: Path = BUILT_IN) -> list[AreaDefinition]:
    """Return every area described in a folder, by code. Raises BadDefinition."""
    areas = sorted((read(path) for path in folder.glob("*.yaml")), key=lambda area: area.code)
    if not areas:
        raise BadDefinition(str(folder), "-", "no_files")
    return areas


def read(path: Path) -> AreaDefinition:
    """Return the area a file describes. Raises BadDefinition."""
    try:
        # S506: the loader is a SafeLoader that also refuses repeated keys.
        content = yaml.load(path.read_text("utf-8"), _StrictLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadDefinition(path.name, "-", "not_yaml", error) from error
    top = _Place(path.name, "-", content)
    top.only("area", "name", "versions")
    versions = top.get("versions", list)
    return AreaDefinition(
        code=top.get("area", str),
        name=top.get("name", str),
        versions=tuple(
            _version(_Place(path.name, f"versions[{number}]", version))
            for number, version in enumerate(versions, 1)
        ),
    )


def _version(place: "_Place") -> VersionDefinition:
    place.only("label", "from_date", "clauses")
    clauses = place.get("clauses", dict)
    return VersionDefinition(
        label=place.get("label", str),
        from_date=place.get("from_date", date),
        clauses=tuple(_clause(name, place.inside(name, body)) for name, body in clauses.items()),
    )


def _clause(name: str, place: "_Place") -> ClauseDefinition:
    place.only("value", "source", "text", "evidence", "seen_on")
    if "value" not in place.content:
        raise place.wrong("missing", "value")
    evidence = place.get("evidence", str)
    if evidence not in EVIDENCE:
        raise place.wrong("unknown_evidence", evidence)
    return ClauseDefinition(
        name=name,
        value=place.content["value"],
        source=place.get("source", str),
        text=place.get("text", str),
        evidence=evidence,
        seen_on=place.get("seen_on", date),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A spot in a file, to say where something is wrong."""

    file: str
    path: str
    content: Any

    def inside(self, name: str, content: Any) -> "_Place":
        return _Place(self.file, f"{self.path}.{name}", content)

    def wrong(self, problem: str, value: Any) -> BadDefinition:
        return BadDefinition(self.file, self.path, problem, value)

    def only(self, *keys: str) -> None:
        if not isinstance(self.content, Mapping):
            raise self.wrong("not_a_table", self.content)
        for key in self.content:
            if key not in keys:
                raise self.wrong("unknown_key", key)

    def get(self, key: str, kind: type) -> Any:
        value = self.content.get(key)
        # An empty table of clauses says something: this area adds nothing of its own.
        if value is None or value == "":
            raise self.wrong("missing", key)
        if not isinstance(value, kind):
            raise self.wrong("wrong_type", f"{key}: {value!r}")
        return value


class _StrictLoader(yaml.SafeLoader):
    """YAML lets a repeated key silently win; a rule that vanishes so would be a lie."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key_node, _value in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key_node.value}?", key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)
