"""Does the graph rest on its source, and only on it? The registered lines held against the source document itself.

The document is not part of a project; where it is at hand (a folder, `JAMJUSTICE_SOURCE_DIR`), the rows of
`queries/evidence/*.rq` are compared with its text:

- `lines`: every non-blank line is registered with its digest, and no other;
- `names`: every line cited for a thing contains one of its names, and every line that contains one is cited
  (`names-exempt`: lines where the words mean something else);
- `printed`: what is given as printed stands in a line cited for it;
- `topics`: every line cited for a topic contains one of its labels;
- `prose`: no text of ours shares six words in a row with a line of `prose-lines`.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jamjustice.errors import UsageError
from jamjustice.graph.locate import Locator, Place
from jamjustice.graph.terms import NamedNode
from jamjustice.quality.findings import Finding, Severity, beside
from jamjustice.quality.naming import Namer
from jamjustice.text import decode, display

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jamjustice.graph.dataset import Dataset

WORDS = 6
"""So many words in a row, shared with a line of prose, count as copied."""


@dataclass(frozen=True)
class _Source:
    """The text of each line by the IRI of the line."""

    lines: dict[str, str]

    def containing(self, texts: Iterable[str]) -> set[str]:
        return {line for line, content in self.lines.items() if any(text in content for text in texts)}


def check_evidence(dataset: Dataset, folder: Path) -> list[Finding]:
    """Every way in which the graph and its source documents disagree. Raises UsageError when a document is missing."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder: JAMJUSTICE_SOURCE_DIR names the one with the source documents.")
    if not (dataset.project.folder / "queries/evidence/lines.rq").exists():
        return []
    findings: list[tuple[str, str, str, str]] = []
    source = _Source({})
    findings += _lines(dataset, folder, source)
    findings += _names(dataset, source)
    findings += _printed(dataset, source)
    findings += _topics(dataset, source)
    findings += _prose(dataset, source)
    locator = Locator(dataset.data)
    namer = Namer(dataset.prefixes, lambda: (t for name in dataset.graph_names for t in dataset.triples(name)))
    return [_finding(*found, locator, namer, dataset.project.base) for found in findings]


def _finding(rule: str, resource: str, message: str, value: str, locator: Locator, namer: Namer, base: str) -> Finding:
    node = NamedNode(resource)
    place = locator.block(node) or Place("", 0, 0)
    finding = Finding(*place, Severity.VIOLATION, f"evidence-{rule}", namer.label(node), message, resource, value=value)
    return beside(finding, base)


def _lines(dataset: Dataset, folder: Path, source: _Source) -> Iterator[tuple[str, str, str, str]]:
    documents: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in dataset.select("evidence/lines.rq"):
        documents[row["document"]].append(row)
    for document, rows in documents.items():
        path = folder / rows[0]["identifier"]
        if not path.is_file():
            raise UsageError(f"{folder} has no {path.name}, the source document that <{document}> names.")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != rows[0]["digest"]:
            yield "lines", document, "The digest of the source document has changed.", ""
        content = dict(enumerate(_text(data, path).split("\n"), start=1))
        registered = {int(row["number"]): row for row in rows}
        for number, line in content.items():
            if line.strip() and number not in registered:
                yield "lines", document, f"Line {number} of the source is not blank and not registered.", ""
        for number, row in registered.items():
            text = content.get(number, "")
            source.lines[row["line"]] = text
            if not text.strip():
                yield "lines", row["line"], f"Line {number} is registered, but the source has no text there.", ""
            elif hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
                yield "lines", row["line"], f"The digest of line {number} has changed.", ""


def _text(data: bytes, path: Path) -> str:
    """The text of a document, with nothing taken away. Raises InputError when it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return decode(data, display(path))


def _grouped(dataset: Dataset, file: str) -> dict[str, tuple[set[str], set[str]]]:
    """By resource, its texts and the lines cited for it."""
    found: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in dataset.select(file):
        found[row["resource"]][0].add(row["text"])
        found[row["resource"]][1].add(row["line"])
    return found


def _names(dataset: Dataset, source: _Source) -> Iterator[tuple[str, str, str, str]]:
    exempt = {(row["resource"], row["line"]) for row in dataset.select("evidence/names-exempt.rq")}
    for resource, (texts, cited) in _grouped(dataset, "evidence/names.rq").items():
        containing = source.containing(texts)
        for line in sorted(cited - containing):
            yield "names", resource, "A line cited for it contains none of its names.", f"<{line}>"
        for line in sorted(containing - cited):
            if (resource, line) not in exempt:
                yield "names", resource, "A line that contains its name is not cited.", f"<{line}>"


def _printed(dataset: Dataset, source: _Source) -> Iterator[tuple[str, str, str, str]]:
    cited: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in dataset.select("evidence/printed.rq"):
        cited[row["resource"], row["text"]].add(row["line"])
    for (resource, text), lines in cited.items():
        if not any(text in source.lines.get(line, "") for line in lines):
            yield "printed", resource, "What is given as printed stands in none of the lines cited.", f'"{text}"'


def _topics(dataset: Dataset, source: _Source) -> Iterator[tuple[str, str, str, str]]:
    for resource, (texts, cited) in _grouped(dataset, "evidence/topics.rq").items():
        for line in sorted(cited):
            if not any(text.lower() in source.lines.get(line, "").lower() for text in texts):
                yield "topics", resource, "A line cited for the topic contains none of its labels.", f"<{line}>"


def _prose(dataset: Dataset, source: _Source) -> Iterator[tuple[str, str, str, str]]:
    prose = [row["line"] for row in dataset.select("evidence/prose-lines.rq")]
    copied = {run for line in prose for run in _runs(source.lines.get(line, ""))}
    for row in dataset.select("evidence/prose.rq"):
        if shared := sorted(_runs(row["text"]) & copied):
            message = f"The text shares {WORDS} words in a row with the source. Say it in other words."
            yield "prose", row["resource"], message, f'"{" ".join(shared[0])}"'


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.lower())
    return {tuple(words[i : i + WORDS]) for i in range(len(words) - WORDS + 1)}
