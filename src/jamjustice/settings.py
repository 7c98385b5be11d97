"""The settings of a project: one file, `jamjustice.toml`, and what it may say.

An option or an environment variable may override a setting; nothing else holds one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from jamjustice.errors import InputError, SettingsError, UsageError
from jamjustice.text import display, split_lines, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FILE = "jamjustice.toml"
_BASE = re.compile(r"https?://[^\s<>\"{}|\\^`#?]+/")
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Validation:
    """Which shapes files (below `ontology/`) check which named graphs (folders of `data/`, and `derived`)."""

    shapes: tuple[str, ...]
    graphs: tuple[str, ...]
    shapes_line: int = field(default=1, compare=False)
    graphs_line: int = field(default=1, compare=False)
    """Where they stand in the settings file."""


@dataclass(frozen=True)
class Settings:
    """What `jamjustice.toml` says; times are in seconds.

    `base` is the IRI that the graph is published under, `written_base` the one its files spell.
    """

    name: str
    base: str
    title: str = ""
    written_base: str = ""
    languages: tuple[str, ...] = ("en",)
    host: str = "127.0.0.1"
    port: int = 8000
    timeout: float = 10.0
    workers: int = 2
    validation: tuple[Validation, ...] = field(default=())

    def rebased(self, base: str) -> Settings:
        """The same settings with the graph published under another base IRI.

        Raises UsageError when `base` is not an absolute http(s) IRI that ends in a slash.
        """
        if not _BASE.fullmatch(base):
            raise UsageError(f'"{base}" cannot be a base IRI: it must start with http:// or https:// and end in "/".')
        return replace(self, base=base)


@dataclass(frozen=True)
class _Rule:
    """How one setting is read, and what it may be, in words."""

    attribute: str
    allowed: str
    fits: Callable[[Any], bool]


_KEYS = ("shapes", "graphs")


def _texts(value: Any) -> bool:  # noqa: ANN401 - whatever TOML holds
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v for v in value)


def _number(low: float, high: float, *kinds: type) -> Callable[[Any], bool]:
    return lambda value: type(value) in kinds and low <= value <= high


_RULES = {
    "name": _Rule("name", "lower-case letters, digits and hyphens", lambda v: _fits(r"[a-z0-9]+(-[a-z0-9]+)*", v)),
    "title": _Rule("title", "a line of text", lambda v: isinstance(v, str) and bool(v.strip()) and "\n" not in v),
    "base": _Rule("base", 'an IRI that starts with http:// or https:// and ends in "/"', lambda v: _fits(_BASE, v)),
    "written-base": _Rule(
        "written_base", 'an IRI that starts with http:// or https:// and ends in "/"', lambda v: _fits(_BASE, v)
    ),
    "languages": _Rule(
        "languages",
        'a list of language tags such as ["en"], the preferred one first',
        lambda v: _texts(v) and all(_TAG.fullmatch(tag) for tag in v),
    ),
    "serve.host": _Rule("host", "a host name or address", lambda v: _fits(r"[A-Za-z0-9.:_-]+", v)),
    "serve.port": _Rule("port", "a whole number from 0 to 65535", _number(0, 65535, int)),
    "serve.timeout": _Rule("timeout", "seconds, from 0.1 to 3600", _number(0.1, 3600, int, float)),
    "serve.workers": _Rule("workers", "a whole number from 1 to 64", _number(1, 64, int)),
    "validation": _Rule(
        "validation",
        "tables [[validation]] with shapes = [files below ontology/] and graphs = [folders of data/]",
        lambda v: isinstance(v, list) and all(_is_validation(table) for table in v),
    ),
}


def _fits(pattern: str | re.Pattern[str], value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_validation(table: Any) -> bool:  # noqa: ANN401
    return isinstance(table, dict) and set(table) == set(_KEYS) and all(map(_texts, table.values()))


def read_settings(folder: Path, environment: Mapping[str, str]) -> Settings:
    """Read `jamjustice.toml` of a folder; `JAMJUSTICE_BASE` overrides its base.

    Raises SettingsError with the line and what is allowed there.
    """
    path = folder / FILE
    try:
        text = text_of(path)
    except InputError as error:
        problem = error.problems[0]
        raise SettingsError(display(path), problem.line, problem.message) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise SettingsError(display(path), line, f"this is not TOML: {error}.") from None
    settings = _settings(display(path), text, table)
    base = environment.get("JAMJUSTICE_BASE", "")
    try:
        return settings.rebased(base) if base else settings
    except UsageError as error:
        raise UsageError(f"JAMJUSTICE_BASE: {error}") from None


def _settings(path: str, text: str, table: dict[str, Any]) -> Settings:
    values: dict[str, Any] = {}
    for key, value in _flat(table).items():
        rule = _RULES.get(key)
        if rule is None:
            known = ", ".join(sorted(_RULES))
            raise SettingsError(path, _line(text, key), f'there is no setting "{key}". The settings are: {known}.')
        if not rule.fits(value):
            raise SettingsError(path, _line(text, key), f"{key} must be {rule.allowed}, not {value!r}.")
        values[rule.attribute] = tuple(value) if isinstance(value, list) else value
    for key in ("name", "base"):
        if key not in values:
            raise SettingsError(path, 1, f"{key} is missing: {_RULES[key].allowed}.")
    lines = [
        [n for n, row in enumerate(split_lines(text), start=1) if re.match(rf"\s*{key}\s*=", row)] for key in _KEYS
    ]
    values["validation"] = tuple(
        Validation(tuple(v["shapes"]), tuple(v["graphs"]), *places)
        for v, *places in zip_longest(values.get("validation", ()), *lines, fillvalue=1)
        if isinstance(v, dict)
    )
    values.setdefault("written_base", values["base"])
    values.setdefault("title", values["name"])
    return Settings(**values)


def _flat(table: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= {f"{key}.{inner}": deep for inner, deep in value.items()} or {key: value}
        else:
            flat[key] = value
    return flat


def _line(text: str, key: str) -> int:
    """The line of a key: tomllib keeps none, so look for it below its table's heading."""
    table, _, name = key.rpartition(".")
    inside = not table
    for number, line in enumerate(split_lines(text), start=1):
        heading = re.match(r"\s*\[+\s*([^\]\s]+)\s*\]+", line)
        if heading:
            inside = heading[1] == table
            if heading[1] == key:
                return number
        elif inside and re.match(rf"\s*[\"']?{re.escape(name)}[\"']?\s*=", line):
            return number
    return 1
