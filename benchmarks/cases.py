"""What is validated: the shipped project, and collections of several sizes."""

from __future__ import annotations

import subprocess
import sysconfig
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from collection import write_collection, write_shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPOSITORY = Path(__file__).parents[1]
JAMJUSTICE = str(Path(sysconfig.get_path("scripts"), "jamjustice"))
FAILING = {0.0: "conforming", 0.01: "1 % failing", 1.0: "all failing"}
ONE_TRIPLE = "<https://research.example.org/topics> a <http://www.w3.org/2004/02/skos/core#ConceptScheme> .\n"


@dataclass(frozen=True)
class Case:
    """Files of data, each with the file of its shapes; `size` is 0 for the shipped project."""

    name: str
    triples: int
    pairs: tuple[tuple[Path, Path], ...]
    size: int = 0
    rules: str = ""
    failing: float = 0.0


def shipped_case(folder: Path) -> Case:
    """The project in this repository, for the peers as one file of data and one of shapes to each validation."""
    settings = tomllib.loads((REPOSITORY / "jamjustice.toml").read_text(encoding="utf-8"))
    ontology = REPOSITORY / "ontology"
    declaring = [path for path in sorted(ontology.glob("*.ttl")) if "sh:declare" in path.read_text(encoding="utf-8")]
    pairs, triples = [], 0
    for number, validation in enumerate(settings["validation"]):
        data, shapes = folder / f"shipped-{number}.ttl", folder / f"shipped-shapes-{number}.ttl"
        texts = [path.read_text(encoding="utf-8") for name in validation["shapes"] for path in ontology.glob(name)]
        texts += [path.read_text(encoding="utf-8") for path in declaring]
        shapes.write_text("\n".join(texts), encoding="utf-8")
        lines = {line for name in validation["graphs"] for line in _exported(name)}
        # N-Triples is Turtle. There are no blank nodes in these graphs, so no labels clash.
        data.write_text("".join(sorted(lines)), encoding="utf-8")
        triples += len(lines)
        pairs.append((data, shapes))
    return Case("shipped graph", triples, tuple(pairs))


def _exported(graph: str) -> list[str]:
    command = [JAMJUSTICE, "export", "--graph", graph, "--format", "nt"]
    found = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)  # noqa: S603
    return [f"{line}\n" for line in found.stdout.decode().split("\n") if line]


def collection_cases(folder: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Start-up first, then each size with each share of failing resources; files are written when they are needed."""
    shapes = write_shapes(folder)
    tiny = folder / "one.ttl"
    tiny.write_text(ONE_TRIPLE, encoding="utf-8")
    for rules, path in shapes.items():
        yield Case(f"start-up: one triple, {rules}", 1, ((tiny, path),), 1, rules)
    for size in sizes:
        for failing, words in FAILING.items():
            data = folder / f"collection-{size}-{failing:g}.ttl"
            triples = write_collection(data, size, failing)
            for rules, path in shapes.items():
                yield Case(f"{_short(size)}, {words}, {rules}", triples, ((data, path),), size, rules, failing)


def _short(size: int) -> str:
    return f"{size / 1e6:g} million" if size >= 1_000_000 else f"{size / 1e3:g} thousand"
