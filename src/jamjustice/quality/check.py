"""The whole check of a project: read, derive, validate, hold against the source, compare with what is accepted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from jamjustice.errors import SettingsError, UsageError
from jamjustice.graph.locate import Place
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, changed, plain, short, tag
from jamjustice.graph.write import quoted
from jamjustice.quality.accepted import FILE, mark_known, read_accepted
from jamjustice.quality.advice import Advice
from jamjustice.quality.findings import Finding, Severity
from jamjustice.quality.places import Places
from jamjustice.quality.result_words import message
from jamjustice.quality.shapes import check_shapes
from jamjustice.quality.validate import Outcome, validate
from jamjustice.settings import FILE as SETTINGS
from jamjustice.settings import Validation
from jamjustice.text import display
from jamjustice.vocabulary import LABELS, XSD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from jamjustice.graph.dataset import Dataset
    from jamjustice.graph.read import Document
    from jamjustice.quality.shape import Term
    from jamjustice.quality.validate import Violation


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

    def failing(self, fail_on: str) -> tuple[Finding, ...]:
        """The findings that are not known and weigh at least as much as `fail_on` (a severity, or "none")."""
        if fail_on == "none":
            return ()
        least = Severity(fail_on.capitalize()).weight
        return tuple(f for f in self.findings if not f.known and f.severity.weight >= least)

    def only(self, files: Collection[str]) -> Report:
        """The same report with the findings of some files only."""
        return replace(self, findings=tuple(f for f in self.findings if f.file in files))

    def count(self, severity: Severity, *, known: bool) -> int:
        """How many findings of a severity there are, known or not."""
        return sum(1 for f in self.findings if f.severity is severity and bool(f.known) is known)


def check_dataset(dataset: Dataset, *, extra: Sequence[Finding] = ()) -> Report:
    """Check a project's dataset. Raises InputError for shapes that are no shapes, or a wrong accepted finding."""
    project = dataset.project
    accepted = read_accepted(project, dataset.prefixes)
    namer = Namer(dataset.prefixes, [t for name in dataset.graph_names for t in dataset.triples(name)])
    findings, outcomes, altered = list(extra), list[Outcome](), list[str]()
    for validation in _validations(dataset):
        shapes = _shapes(dataset, validation)
        check_shapes(shapes)
        data = [triple for name in validation.graphs for triple in dataset.triples(name)]
        graphs = {project.graph(name) for name in validation.graphs}
        rules = [triple for document in shapes for triple in document.triples]
        outcome = validate(data, rules)
        outcomes.append(outcome)
        places = Places((d for d in dataset.data if d.graph in graphs), outcome.violations)
        altered += _altered(data, places, namer)
        advice = Advice(rules, dataset.prefixes, project.base)
        findings += [_finding(violation, places, namer, advice) for violation in outcome.violations]
    marked = mark_known(findings, accepted, display(project.folder / FILE))
    return Report(
        _ordered(marked),
        tuple(outcomes),
        sum(len(document.triples) for document in dataset.data) + len(dataset.derived),
        len(dataset.data),
        dataset.prefixes,
        tuple(altered),
        title=project.settings.title,
        unseen=sum(outcome.unseen for outcome in outcomes),
    )


def check_documents(data: Sequence[Document], shapes: Sequence[Document], *, base: str = "") -> Report:
    """Check any Turtle against any shapes, with no project around them. Raises InputError as above.

    `base` is that of the project that the shapes belong to, if any.
    """
    check_shapes(shapes)
    triples = [triple for document in data for triple in document.triples]
    rules = [triple for document in shapes for triple in document.triples]
    outcome = validate(triples, rules)
    prefixes = {name: iri for document in (*shapes, *data) for name, iri in document.prefixes.items()}
    places, namer, advice = Places(data, outcome.violations), Namer(prefixes, triples), Advice(rules, prefixes, base)
    findings = _ordered(_finding(violation, places, namer, advice) for violation in outcome.violations)
    altered = _altered(triples, places, namer)
    return Report(findings, (outcome,), len(triples), len(data), prefixes, tuple(altered), unseen=outcome.unseen)


def _altered(triples: Sequence[Triple], places: Places, namer: Namer) -> list[str]:
    """The literals that Oxigraph would change, as `file:line literal`."""
    shown = []
    for literal in changed(t.object for t in triples if isinstance(t.object, Literal)):
        kept = plain(literal)
        found = places.mention(kept) if isinstance(kept, Literal) else None
        shown.append((f"{found.file}:{found.line} " if found else "") + namer.short(literal))
    return shown


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.order))


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


class Namer:
    """What to call a term when speaking to a person."""

    def __init__(self, prefixes: Mapping[str, str], triples: Iterable[Triple]) -> None:
        self._prefixes = prefixes
        ranks: dict[str, int] = {iri: rank for rank, iri in enumerate(LABELS)}
        self._labels: dict[object, tuple[int, str]] = {}
        for triple in triples:
            rank = ranks.get(triple.predicate.value)
            if rank is not None and isinstance(triple.object, Literal):
                best = self._labels.get(triple.subject)
                if best is None or (rank, triple.object.value) < best:
                    self._labels[triple.subject] = (rank, triple.object.value)

    def label(self, term: Term | None) -> str:
        """The best label of a thing, on one line; else its short IRI."""
        return " ".join(self._labels[term][1].split()) if term in self._labels else self.short(term)

    def short(self, term: Term | None) -> str:
        """An IRI with a prefix where there is one; a literal as Turtle writes it."""
        if not isinstance(term, NamedNode):
            return "" if term is None else "a blank node" if isinstance(term, BlankNode) else self._literal(term)
        name = short(term.value, self._prefixes)
        return name if name != term.value else f"<{name}>"

    def _literal(self, literal: Literal) -> str:
        if tag(literal):
            return f"{quoted(literal.value)}@{tag(literal)}"
        datatype = literal.datatype
        return quoted(literal.value) + ("" if datatype.value == XSD + "string" else f"^^{self.short(datatype)}")


def _finding(violation: Violation, places: Places, namer: Namer, advice: Advice) -> Finding:
    rule = advice.rule(violation.shape)
    name = rule.name or violation.component.removesuffix("ConstraintComponent")
    path = _path(violation, namer, advice)
    place = places.of(violation) or Place("", 0, 0)
    # A rule about the whole graph has a focus that the data do not describe: then the value is the thing it speaks of.
    thing = violation.focus if violation.value is None or places.block(violation.focus) else violation.value
    return Finding(
        *place,
        severity=violation.severity,
        rule=name,
        label=namer.label(thing),
        message=message(violation, advice, path, namer.short),
        focus="" if isinstance(violation.focus, BlankNode) else violation.focus.value,
        path=path,
        value="" if thing == violation.value else _shown_value(violation, namer),
        advice=rule.advice,
        page=rule.page,
    )


def _path(violation: Violation, namer: Namer, advice: Advice) -> str:
    if isinstance(violation.path, BlankNode):
        return advice.path(violation.shape)
    return ("^" if violation.inverse else "") + namer.short(violation.path)


def _shown_value(violation: Violation, namer: Namer) -> str:
    if violation.value is None or violation.value == violation.focus:
        return ""
    text = namer.short(violation.value)
    return text if len(text) <= 200 else f"{text[:200]}…"
