"""RDF of any format and size into a store: checked in Python while the engine loads it.

Parsing twice, once here for mistakes, prefixes and odd literals and once in the engine's own thread, is faster than
handing every triple over, and no triple stays in Python.
"""

from __future__ import annotations

import gzip
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.errors import InputError, Problem, UsageError
from jamjustice.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from jamjustice.graph.exact import ExactStore
from jamjustice.graph.read import ENGINE_FORMATS, Document, as_problem, document, is_rdf_1_2, kept_tags, rdf_1_2_problem
from jamjustice.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_SUFFIXES = {
    ".ttl": TURTLE,
    ".nt": N_TRIPLES,
    ".nq": N_QUADS,
    ".trig": TRIG,
    ".rdf": RDF_XML,
    ".owl": RDF_XML,
    ".xml": RDF_XML,
    ".jsonld": JSON_LD,
    ".json": JSON_LD,
}
_PLACED = {TURTLE, N_TRIPLES}
"""The formats in which the place of a statement can be found."""


@dataclass(frozen=True)
class Source:
    """A file of RDF: its text, empty where places in it cannot be found, and the prefixes it declares."""

    path: str
    text: str
    prefixes: Mapping[str, str]


@dataclass(frozen=True)
class Loaded:
    """What files say together, and the files."""

    store: ExactStore
    sources: tuple[Source, ...]


def format_of(name: str) -> Format:
    """The format of a file by its name, with or without .gz; Turtle for standard input and names without a suffix.

    >>> format_of("dump.nt.gz").suffix
    'nt'
    """
    inner = name.lower().removesuffix(".gz")
    suffix = inner[inner.rfind(".") :] if "." in inner.rpartition("/")[2] else ""
    if suffix and suffix not in _SUFFIXES:
        known = ", ".join(_SUFFIXES)
        raise UsageError(f"{name}: the format cannot be told from the suffix. These are read, also with .gz: {known}.")
    return _SUFFIXES.get(suffix, TURTLE)


def unpacked(data: bytes, name: str) -> bytes:
    """The content of a file that may be compressed with gzip. Raises InputError when it is damaged."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(Problem(name, 0, 0, f"the compressed file is damaged: {error}.")) from None


MEMORY = 12
"""Bytes of memory that a byte of Turtle takes at most, as text and in the store (measured: about 10)."""


def require_memory(files: Iterable[tuple[str, bytes]]) -> None:
    """Raise InputError when the machine has not the memory for such files, rather than let it run out."""
    size = sum(_unpacked_size(data) for _, data in files)
    free = _free_memory()
    if free is not None and size * MEMORY > free:
        needed = f"{size / 1e9:.1f} GB of data take up to {size * MEMORY / 1e9:.1f} GB of memory"
        message = f"{needed}, and {free / 1e9:.1f} GB are free. Check the data in parts, or on a larger machine."
        raise InputError(Problem("data", 0, 0, message))


def _unpacked_size(data: bytes) -> int:
    """The size of a file when it is unpacked, as its last four bytes have it (RFC 1952, section 2.3.1)."""
    packed = data.startswith(b"\x1f\x8b") and len(data) > len("header and trailer")
    return int.from_bytes(data[-4:], "little") if packed else len(data)


def _free_memory() -> int | None:
    """Bytes that can still be used, of the machine and of the container around; None where that is not known."""
    limits = []
    with suppress(OSError):
        found = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text("ascii"))
        limits += [int(found[1]) * 1024] if found else []
    with suppress(OSError, ValueError):  # "max" is no limit
        limits.append(int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    return min(limits, default=None)


def read_document(data: bytes, name: str) -> Document:
    """One file with its triples in Python. Raises InputError."""
    data = unpacked(data, name)
    if not data.strip() and format_of(name) is not RDF_XML:
        return Document(name, "", "", (), {})
    if format_of(name) is TURTLE:
        return document(decode(data, name), name)
    loaded = _Reading(name, data)
    triples = tuple(quad.triple for quad in loaded.quads())
    return Document(name, "", loaded.shown, triples, loaded.prefixes)


def load(files: Iterable[tuple[str, bytes]]) -> Loaded:
    """Files by name and content, as one graph. Raises InputError with the problems of all files."""
    problems: list[Problem] = []
    readings: list[_Reading] = []
    literals: set[ox.Literal] = set()
    store = ox.Store()
    with ThreadPoolExecutor(1) as engine:
        for name, data in files:
            try:
                reading = _Reading(name, unpacked(data, name))
                readings.append(reading)
                loading = engine.submit(reading.into, store)
                reading.check(literals.add)
                loading.result()
            except InputError as error:
                problems += error.problems
    if problems:
        raise InputError(*problems)
    sources = tuple(Source(reading.name, reading.shown, reading.prefixes) for reading in readings)
    exact = ExactStore(store, literals, lambda: (quad for reading in readings for quad in reading.quads()))
    return Loaded(exact, sources)


class _Reading:
    """One file while it is read."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.format = format_of(name)
        self.text = decode(data, name)
        self.shown = self.text if self.format in _PLACED else ""
        self.data = (kept_tags(self.text) if self.shown else self.text).encode()
        self.prefixes: Mapping[str, str] = {}

    def into(self, store: ox.Store) -> None:
        """Let the engine load the file; what is wrong in it `check` says."""
        try:
            if self.format in {N_QUADS, TRIG, JSON_LD}:
                store.extend(self.quads())
            else:
                store.load(self.data, format=ENGINE_FORMATS[self.format])
        except (SyntaxError, ValueError, InputError):
            return

    def quads(self) -> Iterator[ox.Quad]:
        """Every statement, in the default graph. Raises InputError at the first mistake."""
        parser = ox.parse(self.data, format=ENGINE_FORMATS[self.format], rename_blank_nodes=True)
        try:
            for quad in parser:
                yield ox.Quad(quad.subject, quad.predicate, quad.object)
        except (SyntaxError, ValueError) as error:
            raise InputError(as_problem(self.text, self.name, error)) from None
        self.prefixes = parser.prefixes

    def check(self, seen: Callable[[ox.Literal], None]) -> None:
        """Parse the whole file and name every literal in it. Raises InputError at the first mistake."""
        parser = ox.parse(self.data, format=ENGINE_FORMATS[self.format])
        literal = ox.Literal
        suspicious = rdf_1_2_problem(self.text, self.name)
        try:
            for quad in parser:
                object_ = quad.object
                if object_.__class__ is literal:
                    seen(object_)
                if suspicious and is_rdf_1_2(quad.triple):
                    raise InputError(suspicious)
        except (SyntaxError, ValueError) as error:
            raise InputError(as_problem(self.text, self.name, error)) from None
        self.prefixes = parser.prefixes
