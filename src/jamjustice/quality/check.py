"""The whole check: validate, hold against the source, compare with what is accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from jamjustice.errors import SettingsError, UsageError
from jamjustice.graph.exact import ExactStore
from jamjustice.graph.locate import LARGE, Locator
from jamjustice.graph.terms import Literal, NamedNode, plain
from jamjustice.quality.accepted import FILE, mark_known, read_accepted
from jamjustice.quality.findings import Finding, Severity
from jamjustice.quality.naming import Namer
from jamjustice.quality.shapes import check_shapes
from jamjustice.quality.validate import Engine, Outcome, validate
from jamjustice.settings import FILE as SETTINGS
from jamjustice.settings import Validation
from jamjustice.text import display
from jamjustice.vocabulary import LABELS, OWL, SH

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from jamjustice.graph.dataset import Dataset
    from jamjustice.graph.load import Loaded
    from jamjustice.graph.locate import Placed
    from jamjustice.graph.read import Document


@dataclass(frozen=True)
class How:
    """How to check."""

    engine: str = Engine.OXIGRAPH
    most: int | None = None
    """After so many findings no more suspects are looked at."""
    progress: Callable[[str, int, int], None] = lambda *_: None
    """Told the name of a step, how much of it is done, and how much there is."""


NORMALLY = How()


@dataclass(frozen=True)
class Report:
    """What a check found; `statements` and `shapes` say how much was looked at."""

    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    statements: int
    files: int
    prefixes: Mapping[str, str]
    changed: tuple[str, ...] = ()
    """Literals that Oxigraph would change, each with its place."""
    title: str = ""
    """The title of the project; empty for files without one."""
    unseen: int = 0
    """How many suspects were not looked at."""
    left_out: int = 0
    """How many findings were not kept."""
    notes: tuple[str, ...] = ()
    """What the person should know beside the findings."""

    @property
    def unreadable(self) -> bool:
        """Whether something could not be read, so that not everything was checked."""
        return any(finding.unreadable for finding in self.findings)

    def failing(self, fail_on: str) -> tuple[Finding, ...]:
        """The findings that are not known and weigh at least as much as `fail_on` (a severity, or "none")."""
        if fail_on == "none":
            return ()
        least = Severity(fail_on.capitalize()).weight
        return tuple(f for f in self.findings if not f.known and f.severity.weight >= least)

    def only(self, files: Collection[str]) -> Report:
        """The same report with the findings of some files only, if any is named, and what cannot be read."""
        if not files:
            return self
        kept = tuple(f for f in self.findings if f.file in files or f.unreadable)
        other = sum(1 for f in self.findings if not f.known) - sum(1 for f in kept if not f.known)
        note = f"Findings in other files: {other}. To see them: jamjustice check"
        return replace(self, findings=kept, notes=(*self.notes, note) if other else self.notes)

    def at_most(self, number: int) -> Report:
        """The same report with so many of the findings that are not known; the weightiest are kept."""
        new = [f for f in self.findings if not f.known]
        kept = {id(f) for f in new[:number]}
        findings = tuple(f for f in self.findings if f.known or id(f) in kept)
        return replace(self, findings=findings, left_out=len(self.findings) - len(findings))

    def count(self, severity: Severity, *, known: bool) -> int:
        """How many findings of a severity there are, known or not."""
        return sum(1 for f in self.findings if f.severity is severity and bool(f.known) is known)


def check_dataset(dataset: Dataset, *, extra: Sequence[Finding] = (), how: How = NORMALLY) -> Report:
    """Check a project's dataset. Raises InputError for shapes that are no shapes, or a wrong accepted finding."""
    project = dataset.project
    accepted = read_accepted(project, dataset.prefixes)
    namer = Namer(dataset.prefixes, lambda: (t for name in dataset.graph_names for t in dataset.triples(name)))
    findings, checks = list(extra), list[_Check]()
    for validation in _validations(dataset):
        graphs = {project.graph(name) for name in validation.graphs}
        documents = [d for d in dataset.data if d.graph in graphs]
        store = ExactStore.of(triple for name in validation.graphs for triple in dataset.triples(name))
        shapes = _shapes(dataset, validation)
        check_shapes(shapes)
        checks.append(_check(store, documents, shapes, namer, (dataset.prefixes, project.base), how))
        findings += checks[-1].findings
    unseen = sum(check.outcome.unseen for check in checks)
    marked = mark_known(findings, accepted, display(project.folder / FILE), base=project.base, complete=not unseen)
    report = Report(
        _ordered(marked),
        tuple(check.outcome for check in checks),
        sum(len(document.triples) for document in dataset.data) + len(dataset.derived),
        len(dataset.data),
        dataset.prefixes,
        tuple(literal for check in checks for literal in check.changed),
        title=project.settings.title,
        unseen=unseen,
        notes=tuple(dict.fromkeys(note for check in checks for note in check.notes)),
    )
    return report if how.most is None else report.at_most(how.most)


def check_documents(
    data: Sequence[Document], shapes: Sequence[Document], *, base: str = "", how: How = NORMALLY
) -> Report:
    """Check any Turtle against any shapes, with no project around them. Raises InputError as above.

    `base` is that of the project that the shapes belong to, if any.
    """
    check_shapes(shapes)
    store = ExactStore.of(triple for document in data for triple in document.triples)
    return _check_files(store, data, shapes, base, how)


def check_loaded(loading: Future[Loaded], shapes: Sequence[Document], *, base: str = "", how: How = NORMALLY) -> Report:
    """The same for data that are being loaded into a store; meanwhile the shapes are looked at."""
    check_shapes(shapes)
    data = loading.result()
    return _check_files(data.store, data.sources, shapes, base, how)


def _check_files(store: ExactStore, data: Sequence[Placed], shapes: Sequence[Document], base: str, how: How) -> Report:
    prefixes = {name: iri for document in (*shapes, *data) for name, iri in document.prefixes.items()}
    namer = Namer(
        prefixes, lambda: (triple for label in LABELS for triple in store.matching(None, NamedNode(label), None))
    )
    check = _check(store, data, shapes, namer, (prefixes, base), how)
    report = Report(
        _ordered(check.findings),
        (check.outcome,),
        len(store),
        len(data),
        prefixes,
        unseen=check.outcome.unseen,
        notes=check.notes,
    )
    return report if how.most is None else report.at_most(how.most)


@dataclass(frozen=True)
class _Check:
    """What one validation found."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]


def _check(
    store: ExactStore,
    documents: Sequence[Placed],
    shapes: Sequence[Document],
    namer: Namer,
    names: tuple[Mapping[str, str], str],
    how: How,
) -> _Check:
    """One validation; `names` are the prefixes and the base."""
    rules = [triple for document in shapes for triple in document.triples]
    outcome = validate(store, rules, engine=how.engine, progress=how.progress, most=how.most)
    found: tuple[Finding, ...] = ()
    if outcome.violations:
        from jamjustice.quality.from_results import as_findings

        found = as_findings(outcome.violations, documents, rules, namer, names, store)
    return _Check(outcome, found, tuple(_altered(store, documents, namer)), tuple(_notes(outcome, shapes)))


def _notes(outcome: Outcome, shapes: Sequence[Document]) -> Iterable[str]:
    if not outcome.targeted:
        yield "Nothing was checked: none of the targets of the shapes occurs in the data. Are these the right shapes?"
    unsupported: set[str] = set()
    for triple in (triple for document in shapes for triple in document.triples):
        if triple.predicate.value in _UNSUPPORTED:
            unsupported.add(triple.predicate.value.removeprefix(SH))
        elif triple.predicate.value == OWL + "imports" and isinstance(triple.object, NamedNode):
            yield f"owl:imports <{triple.object.value}> is not followed: give the file itself, beside the others."

    for name in sorted(unsupported):
        yield f"sh:{name} is not SHACL Core or SPARQL constraints, and was not looked at."


_UNSUPPORTED = {SH + name for name in ("js", "expression", "rule", "target")}
"""What belongs to SHACL Advanced Features or SHACL-JS."""


def _altered(store: ExactStore, documents: Sequence[Placed], namer: Namer) -> Iterable[str]:
    """The literals that Oxigraph would change, as `file:line literal`; without a place where files are large."""
    if not store.changed:
        return
    locator = Locator(documents) if sum(len(d.text) for d in documents) < LARGE * 10 else Locator(())
    for literal in sorted(store.changed, key=str):
        kept = plain(literal)
        found = locator.mention(kept) if isinstance(kept, Literal) else None
        yield (f"{found.file}:{found.line} " if found else "") + namer.short(literal)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: finding.order))


def project_shapes(dataset: Dataset) -> list[Document]:
    """Every shapes file of a project, with the files that declare their prefixes."""
    found = (document for validation in _validations(dataset) for document in _shapes(dataset, validation))
    return list({document.path: document for document in found}.values())


def _validations(dataset: Dataset) -> tuple[Validation, ...]:
    """What the settings say, else every shapes file against every graph."""
    given = dataset.project.settings.validation
    for validation in given:
        for name in validation.graphs:
            if name not in dataset.graph_names:
                known = ", ".join(dataset.graph_names)
                raise _setting(dataset, validation.graphs_line, f'there is no graph "{name}". There are: {known}.')
    return given or (Validation(("shapes/*.ttl",), dataset.graph_names),)


def _shapes(dataset: Dataset, validation: Validation) -> list[Document]:
    """The shapes files of one validation; the prefixes that they declare may stand in any file of the ontology."""
    folder = dataset.project.folder / "ontology"
    paths = {display(path): path.relative_to(folder).as_posix() for path in dataset.project.files("ontology", ".ttl")}
    found = [d for d in dataset.ontology if any(fnmatch(paths[d.path], pattern) for pattern in validation.shapes)]
    if not found and not dataset.project.settings.validation:
        raise UsageError("There is nothing to check against: put SHACL shapes into ontology/shapes/, as Turtle files.")
    if not found:
        raise _setting(
            dataset,
            validation.shapes_line,
            f"ontology/ has no {' or '.join(validation.shapes)}. There are: {', '.join(sorted(paths.values()))}.",
        )
    declares = [
        d for d in dataset.ontology if d not in found and any(t.predicate.value.endswith("#declare") for t in d.triples)
    ]
    return [*found, *declares]


def _setting(dataset: Dataset, line: int, message: str) -> SettingsError:
    project = dataset.project
    return SettingsError(display(project.folder / SETTINGS), line, message)
