"""Bad data are caught: each case of bad-data.toml by its rule, and a few by the command, with file and line."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox
import pytest

from conftest import COUNTED, ROOT, append, edit, line_of
from jamjustice.graph.dataset import Dataset, as_quads
from jamjustice.quality.validate import Engine, Violation, validate
from one_rule import SH, SHAPES, Cutter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from conftest import RunCli

IDS = "https://w3id.org/jam-and-justice/id/"
CASES = tomllib.loads((ROOT / "tests/bad-data.toml").read_text("utf-8"))["case"]
FORBIDDEN_VALUE = "ClosedConstraintComponent"
MORE = [
    ("C08", "Violation", 'INSERT DATA { <person/tim-may> skos:altLabel "Timothy May"@en }'),
    ("C11", "Info", "DELETE WHERE { <person/tim-may> foaf:familyName ?name }"),
    ("C13", "Violation", 'INSERT DATA { <project/jam-and-justice> dcterms:title "Marmelade"@fr }'),
    ("C15", "Violation", "INSERT DATA { <project/jam-and-justice> prov:wasAssociatedWith <place/sheffield> }"),
    ("C36", "Violation", "INSERT DATA { <output/life-lessons> prov:qualifiedAttribution <person/tim-may> }"),
    ("C39", "Violation", "INSERT DATA { <output/life-lessons> frbr:summarizationOf <person/tim-may> }"),
    ("C51", "Violation", "DELETE WHERE { <periodical/nature> dcterms:title ?title }"),
    ("C54", "Violation", "DELETE WHERE { <event/learn-and-do> dcterms:title ?title }"),
    ("C60", "Violation", "DELETE WHERE { <source/project-page/line/13> schema:position ?number }"),
    ("C68", "Violation", "DELETE WHERE { <note/reading-season> dcterms:type ?kind }"),
]
"""Core rules that no case of bad-data.toml tries: rule, severity, update."""


class Found(NamedTuple):
    """A result without the name of its blank nodes, so that two validations can be compared."""

    shape: str
    component: str
    severity: str
    focus: str
    path: str
    value: str
    message: str


def found(violation: Violation) -> Found:
    shape = violation.shape.value if isinstance(violation.shape, ox.NamedNode) else ""
    path = violation.path.value if isinstance(violation.path, ox.NamedNode) else ""
    value = "" if violation.value is None or isinstance(violation.value, ox.BlankNode) else str(violation.value)
    focus = "" if isinstance(violation.focus, ox.BlankNode) else violation.focus.value
    return Found(shape, violation.component, violation.severity.value, focus, path, value, violation.message)


class Rules(Cutter):
    """The shapes of the project, cut to one rule at a time, and good data to spoil."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.good = [t for name in COUNTED for t in dataset.triples(name)]
        self.header = f"BASE <{IDS}>\n" + "".join(f"PREFIX {k}: <{v}>\n" for k, v in dataset.prefixes.items())
        self.violations = cache(self._violations)

    def texts(self, rule: str, property_: str) -> set[str]:
        """What a rule says with a property, in its own block or in the blank nodes of it."""
        nodes: list[object] = [ox.NamedNode(SHAPES + rule)]
        for node in nodes:
            nodes += [t.object for t in self.about.get(node, ()) if isinstance(t.object, ox.BlankNode)]
        return {
            t.object.value
            for node in nodes
            for t in self.about.get(node, ())
            if t.predicate.value == SH + property_ and isinstance(t.object, ox.Literal | ox.NamedNode)
        }

    def of(self, rule: str, violations: Iterable[Violation]) -> set[Found]:
        """The results of one rule; those of a closed shape are about properties that it does not know."""
        results = {found(v) for v in violations}
        closed = rule.endswith("Shape")
        return {r for r in results if r.shape == SHAPES + rule and (not closed or r.component == FORBIDDEN_VALUE)}

    def _violations(self, rule: str) -> frozenset[Found]:
        return frozenset(self.of(rule, validate(self.good, self.cut(rule)).violations))

    def new(self, rule: str, update: str) -> set[Found]:
        """What a rule finds after an update that it did not find before."""
        store = ox.Store()
        store.bulk_extend(as_quads(self.good))
        before = len(store), {str(quad) for quad in store}
        store.update(self.header + update)
        assert (len(store), {str(quad) for quad in store}) != before, "the update changes nothing"
        spoiled, cut = [quad.triple for quad in store], self.cut(rule)
        screened, alone = (self.of(rule, validate(spoiled, cut, engine=engine).violations) for engine in Engine)
        assert screened == alone, "the screen and plain pySHACL disagree"
        return screened - self.violations(rule)


@pytest.fixture(scope="session")
def rules(dataset: Dataset) -> Rules:
    return Rules(dataset)


@pytest.mark.parametrize("case", CASES, ids=[f"{case['n']}-{case['rule']}" for case in CASES])
def test_a_case_is_caught_by_its_rule(rules: Rules, case: dict[str, str]) -> None:
    new = rules.new(case["rule"], case["update"])
    assert new, f"{case['rule']} misses: {case['what']}"
    assert {f.severity for f in new} == {case["severity"]}
    if not case["rule"].endswith("Shape"):
        assert {f.message for f in new} <= rules.texts(case["rule"], "message")
        assert {f.message.partition(":")[0] for f in new} == {case["rule"]}


@pytest.mark.parametrize(("rule", "severity", "update"), MORE, ids=[rule for rule, _, _ in MORE])
def test_a_rule_without_a_case_catches_something_too(rules: Rules, rule: str, severity: str, update: str) -> None:
    new = rules.new(rule, update)
    assert new, f"{rule} misses: {update}"
    assert {f.severity for f in new} == {severity}
    assert {f.message for f in new} <= rules.texts(rule, "message")


def test_every_case_has_a_number_of_its_own_and_says_what_is_wrong() -> None:
    assert [case["n"] for case in CASES] == list(range(1, len(CASES) + 1))
    assert len(CASES) >= 125
    assert len({case["what"] for case in CASES}) == len(CASES)
    assert all(set(case) == {"n", "what", "update", "rule", "severity"} for case in CASES)


def test_every_rule_about_the_data_is_tried(dataset: Dataset) -> None:
    subjects = {t.subject.value for d in dataset.ontology for t in d.triples if isinstance(t.subject, ox.NamedNode)}
    names = {iri.removeprefix(SHAPES) for iri in subjects if iri.startswith(SHAPES)}
    numbered = {name for name in names if name[0] in "CQ" and name[1:].isdigit()}
    assert len(numbered) == 68 + 48
    tried = {case["rule"] for case in CASES}
    assert numbered - tried - {rule for rule, _, _ in MORE} == set()


def test_every_rule_says_its_severity_and_starts_its_message_with_its_number(rules: Rules, dataset: Dataset) -> None:
    subjects = {t.subject.value for d in dataset.ontology for t in d.triples if isinstance(t.subject, ox.NamedNode)}
    for rule in {iri.removeprefix(SHAPES) for iri in subjects if iri.startswith(SHAPES)}:
        if rule[1:].isdigit():
            assert {message.partition(":")[0] for message in rules.texts(rule, "message")} == {rule}
            assert rules.texts(rule, "severity") & {SH + name for name in ("Violation", "Warning", "Info")}


DATASET, FILE, PAGE = ("<../dataset/jam-and-justice>", "<../dataset/jam-and-justice-ttl>", "<../graph/page>")
DATASET_CASES = [
    *(
        (rule, severity, f"DELETE WHERE {{ {DATASET} {property_} ?value }}")
        for rule, severity, property_ in (
            ("D01", "Violation", "dcterms:title"),
            ("D02", "Violation", "dcterms:description"),
            ("D03", "Violation", "dcterms:publisher"),
            ("D04", "Violation", "dcterms:license"),
            ("D05", "Violation", "dcat:version"),
            ("D06", "Warning", "dcterms:language"),
            ("D07", "Warning", "dcterms:conformsTo"),
            ("D08", "Violation", "void:uriSpace"),
            ("D09", "Violation", "dcat:distribution"),
            ("D10", "Violation", "void:subset"),
        )
    ),
    *(
        (rule, "Violation", f"DELETE WHERE {{ {FILE} {property_} ?value }}")
        for rule, property_ in (
            ("D11", "dcterms:title"),
            ("D12", "dcat:accessURL"),
            ("D13", "dcat:downloadURL"),
            ("D14", "dcat:mediaType"),
            ("D15", "dcterms:license"),
        )
    ),
    ("D16", "Violation", f"DELETE DATA {{ {DATASET} dcat:distribution {FILE} }}"),
    ("D17", "Violation", f"DELETE WHERE {{ {PAGE} dcterms:title ?value }}"),
    (
        "D18",
        "Violation",
        f"DELETE WHERE {{ {PAGE} prov:wasDerivedFrom ?from ; prov:wasAttributedTo ?who }}",
    ),
    ("D19", "Violation", "DELETE WHERE { <../dataset/curators> foaf:name ?value }"),
    ("D05", "Violation", f"INSERT DATA {{ {DATASET} dcat:version 'soon' }}"),
    (
        "D08",
        "Violation",
        f"INSERT DATA {{ {DATASET} void:uriSpace 'http://e' }}",
    ),
]


@pytest.mark.parametrize(("rule", "severity", "update"), DATASET_CASES)
def test_a_description_of_the_dataset_that_lacks_something_is_caught(
    dataset: Dataset, rule: str, severity: str, update: str
) -> None:
    rules = Rules(dataset)
    rules.good = list(dataset.triples("dataset"))
    new = rules.new(rule, update)
    assert {(f.severity, f.message) for f in new} == {(severity, text) for text in rules.texts(rule, "message")}


def test_every_rule_about_the_description_of_the_dataset_is_tried(rules: Rules) -> None:
    names = {t.subject.value.removeprefix(SHAPES) for t in rules.triples if isinstance(t.subject, ox.NamedNode)}
    numbered = {name for name in names if name[0] == "D" and name[1:].isdigit()}
    assert numbered == {rule for rule, _, _ in DATASET_CASES}


class Spoiled(NamedTuple):
    """An edit, and the finding that the command must report: file, mark of its line, severity, rule, label, message."""

    edit: Callable[[Path], None]
    file: str
    mark: str
    severity: str
    rule: str
    label: str
    message: str


END_TO_END = {
    "a title that is missing": Spoiled(
        lambda copy: edit(copy / "data/page/outputs.ttl", '  dcterms:title "Everyday Politics"@en ;\n', ""),
        "data/page/outputs.ttl",
        "output:everyday-politics\n",
        "VIOLATION",
        "C20",
        "output:everyday-politics",
        "An output must have exactly one title.",
    ),
    "a date as free text": Spoiled(
        lambda copy: edit(copy / "data/page/outputs.ttl", '"2018-12"^^xsd:gYearMonth', '"December"'),
        "data/page/outputs.ttl",
        'dcterms:issued "December"',
        "VIOLATION",
        "C26",
        "Everyday Politics",
        "dcterms:issued must be an xsd:date, xsd:gYearMonth, xsd:gYear or EDTF season.",
    ),
    "a title with a full stop": Spoiled(
        lambda copy: edit(copy / "data/page/outputs.ttl", '"Everyday Politics"', '"Everyday Politics."'),
        "data/page/outputs.ttl",
        '"Everyday Politics."',
        "WARNING",
        "C22",
        "Everyday Politics.",
        "A title should not end with a full stop or space.",
    ),
    "a name variant that is the name": Spoiled(
        lambda copy: append(copy / "data/page/people.ttl", 'person:tim-may skos:altLabel "Tim May" .'),
        "data/page/people.ttl",
        'foaf:name "Tim May"',
        "WARNING",
        "C09",
        "Tim May",
        "A name variant repeats the preferred name.",
    ),
    "a line that is not registered": Spoiled(
        lambda copy: edit(copy / "data/page/people.ttl", "arc:evidencedBy line:87 ", "arc:evidencedBy line:85 "),
        "data/page/people.ttl",
        "arc:evidencedBy line:85 ",
        "VIOLATION",
        "C02",
        "Benjamin Lear",
        "arc:evidencedBy must point to a registered, non-blank source line.",
    ),
    "a concept in no scheme": Spoiled(
        lambda copy: _drop_line(copy / "data/vocabulary/status.ttl", "skos:inScheme", after="status:inferred"),
        "data/vocabulary/status.ttl",
        "status:inferred\n",
        "VIOLATION",
        "C65",
        "inferred",
        "",
    ),
    "a term that is misspelt": Spoiled(
        lambda copy: append(copy / "data/page/people.ttl", "person:tim-may arc:evidencedby line:16 ."),
        "data/page/people.ttl",
        "arc:evidencedby",
        "VIOLATION",
        "Q42",
        "",
        "",
    ),
    "a capital in an IRI": Spoiled(
        lambda copy: append(copy / "data/page/people.ttl", 'person:Tim-May skos:altLabel "Tim" .'),
        "data/page/people.ttl",
        "person:Tim-May",
        "VIOLATION",
        "Q47",
        "",
        "",
    ),
    "a dataset without a title": Spoiled(
        lambda copy: _drop_line(copy / "data/dataset/dataset.ttl", "dcterms:title", after="dataset:jam-and-justice"),
        "data/dataset/dataset.ttl",
        "dataset:jam-and-justice\n",
        "VIOLATION",
        "D01",
        "",
        "A dataset must have one title in English.",
    ),
}


def _drop_line(path: Path, text: str, *, after: str) -> None:
    """Remove the first line with a text in the block of a subject."""
    head, block = path.read_text("utf-8").split(f"\n{after}\n")
    rows = block.split("\n")
    at = next(i for i, row in enumerate(rows) if text in row)
    if rows[at].endswith("."):
        rows[at - 1] = rows[at - 1].removesuffix(" ;") + " ."
    path.write_text("\n".join([f"{head}\n{after}", *rows[:at], *rows[at + 1 :]]), "utf-8")


@pytest.mark.parametrize("spoiled", END_TO_END.values(), ids=END_TO_END)
def test_the_command_names_file_line_rule_and_thing(run_cli: RunCli, copy: Path, spoiled: Spoiled) -> None:
    spoiled.edit(copy)
    path = copy / spoiled.file
    line = (
        path.read_text("utf-8").split("\n").index(spoiled.mark.strip()) + 1
        if spoiled.mark.endswith("\n")
        else line_of(path, spoiled.mark)
    )
    run = run_cli("check", cwd=copy)
    blocks = [b for b in run.out.split("\n\n") if b.startswith(f"{spoiled.severity} {spoiled.rule} (")]
    assert len(blocks) == 1, run.out
    rows = [row for row in blocks[0].splitlines() if re.match(rf"  {re.escape(spoiled.file)}:{line}:\d+  ", row)]
    assert len(rows) == 1, run.out
    assert f"  {spoiled.label}" in rows[0]
    assert f": {spoiled.message}" in blocks[0]
    assert run.code == (1 if spoiled.severity == "VIOLATION" else 0)


def test_a_warning_ends_with_1_when_asked_to(run_cli: RunCli, copy: Path) -> None:
    edit(copy / "data/page/outputs.ttl", '"Everyday Politics"', '"Everyday Politics."')
    assert run_cli("check", "--fail-on", "warning", cwd=copy).code == 1
