"""The check: what the shipped graph gives, how it is reported, and what a wrong shape or an odd literal does."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pyshacl
import pytest
import rdflib
from rdflib import RDF, Graph, URIRef

from conftest import ROOT, append, edit, line_of
from jamjustice.errors import InputError
from jamjustice.graph.dataset import Dataset, read_dataset
from jamjustice.graph.read import document
from jamjustice.project import open_project
from jamjustice.quality.check import Report, check_dataset, check_documents
from jamjustice.quality.findings import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

SH = rdflib.SH
PREFIXES = "".join(
    f"@prefix {name}: <{iri}> .\n"
    for name, iri in {
        "sh": str(SH),
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "e": "http://example.org/",
    }.items()
)
SILENT = {
    "methodological-issues-and-emotional-labour",
    "what-does-everyday-politics-look-like",
    "craft-metrics-post",
    "what-works-scotland-video",
    "rethinking-state-civil-society-partnerships",
    "8-lessons-from-barcelona-en-comu",
    "mapping-participatory-urban-governance",
    "jam-and-justice-post",
    "peoples-procurement",
    "space-in-common-key-messages",
    "testing-the-21st-century-councillor-framework",
}
KNOWN = {
    ("Warning", "Q17", "co-producing-the-city"),
    ("Warning", "Q22", "councillors-and-communities"),
    *(("Info", "Q02", name) for name in SILENT),
}


@pytest.fixture(scope="module")
def report(dataset: Dataset) -> Report:
    return check_dataset(dataset)


def test_the_shipped_graph_has_its_two_warnings_and_eleven_infos_and_nothing_else(report: Report) -> None:
    found = [(f.severity.value, f.rule, f.focus.rpartition("/")[2]) for f in report.findings]
    assert sorted(found) == sorted(KNOWN)
    assert all(f.known and f.line and f.file.startswith("data/page/") for f in report.findings)


def test_every_finding_stands_where_its_thing_is_written(report: Report) -> None:
    for finding in report.findings:
        lines = (ROOT / finding.file).read_text("utf-8").splitlines()
        block = next(i for i in range(finding.line - 1, -1, -1) if lines[i] and not lines[i].startswith(" "))
        assert lines[block] == f"output:{finding.focus.rpartition('/')[2]}"


@pytest.mark.parametrize("fail_on", ["violation", "warning", "info", "none"])
def test_known_findings_never_fail(report: Report, fail_on: str) -> None:
    assert report.failing(fail_on) == ()


def test_the_command_counts_the_known_findings_and_succeeds(run_cli: RunCli) -> None:
    run = run_cli("check", "--fail-on", "info")
    assert run.code == 0
    *known, summary = run.out.splitlines()
    assert known == [
        "known: Q17 (1 finding, accepted in data/accepted.toml)",
        "known: Q22 (1 finding, accepted in data/accepted.toml)",
        "known: Q02 (11 findings, accepted in data/accepted.toml)",
    ]
    assert summary.endswith("nothing found; known: 2 warnings, 11 infos.")
    assert run.err == ""


def test_json_holds_the_same_findings(run_cli: RunCli, report: Report) -> None:
    found = json.loads(run_cli("check", "--format", "json").out)
    assert [(f["file"], f["line"], f["severity"], f["rule"], f["focus"], f["message"]) for f in found["findings"]] == [
        (f.file, f.line, f.severity.value, f.rule, f.focus, f.message) for f in report.findings
    ]
    assert found["counts"] == {
        "Violation": {"new": 0, "known": 0},
        "Warning": {"new": 0, "known": 2},
        "Info": {"new": 0, "known": 11},
    }
    assert found["rules"] == {
        "Q17": {"new": 0, "known": 1},
        "Q22": {"new": 0, "known": 1},
        "Q02": {"new": 0, "known": 11},
    }
    assert (found["statements"], found["unseen"]) == (report.statements, 0)


def test_turtle_is_a_shacl_validation_report(run_cli: RunCli, report: Report) -> None:
    graph = Graph().parse(data=run_cli("check", "--format", "turtle").out, format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    results = set(graph.objects(node, SH.result))
    assert len(results) == 13
    assert results == set(graph.subjects(RDF.type, SH.ValidationResult))
    assert [str(c) for c in graph.objects(node, SH.conforms)] == ["false"]
    assert {graph.value(result, SH.focusNode) for result in results} == {URIRef(f.focus) for f in report.findings}
    severities = Counter(graph.value(result, SH.resultSeverity) for result in results)
    assert severities == {SH.Warning: 2, SH.Info: 11}


def test_a_report_of_nothing_conforms(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text(PREFIXES + "e:a a e:T ; e:p 1 .")
    (tmp_path / "s.ttl").write_text(SHAPES)
    run = run_cli("check", "--data", "a.ttl", "--shapes", "s.ttl", "--format", "turtle", cwd=tmp_path)
    graph = Graph().parse(data=run.out, format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert [str(c) for c in graph.objects(node, SH.conforms)] == ["true"]
    assert run.code == 0


def test_an_accepted_finding_that_no_longer_occurs_is_reported(copy: Path) -> None:
    edit(copy / "data/page/outputs.ttl", '"43-40"', '"40-43"')
    findings = [f for f in check_dataset(read_dataset(open_project(copy))).findings if not f.known]
    assert [(f.rule, f.severity, f.focus.rpartition("/")[2]) for f in findings] == [
        ("accepted", Severity.WARNING, "co-producing-the-city")
    ]
    accepted = copy / "data/accepted.toml"
    text = accepted.read_text("utf-8").splitlines()
    assert (findings[0].file, text[findings[0].line - 1]) == (str(accepted), "[[accepted]]")
    assert text[findings[0].line] == 'rule = "Q17"'


def test_a_finding_that_is_not_accepted_is_new(copy: Path) -> None:
    edit(copy / "data/accepted.toml", '    "output:craft-metrics-post",\n', "")
    report = check_dataset(read_dataset(open_project(copy)))
    assert [f.focus.rpartition("/")[2] for f in report.findings if not f.known] == ["craft-metrics-post"]
    assert len(report.failing("info")) == 1
    assert report.failing("warning") == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'rule = "Q17"\nseverity = "Warning"',
            'rule = "Q17"\nseverity = "Violation"',
            "a violation cannot be accepted",
        ),
        ('rule = "Q17"\n', "", "with exactly: because, by, focus, on, rule, severity"),
        ('focus = ["output:co-producing-the-city"]', 'focus = "output:co-producing-the-city"', "focus is a list"),
        ('rule = "Q17"\n', 'rule = ""\n', "rule, by and because are texts"),
        ('rule = "Q17"\n', "rule = \n", "this is not TOML"),
    ],
)
def test_an_accepted_finding_that_is_wrong_is_named_with_its_line(copy: Path, old: str, new: str, message: str) -> None:
    accepted = copy / "data/accepted.toml"
    edit(accepted, old, new)
    with pytest.raises(InputError, match=message) as caught:
        check_dataset(read_dataset(open_project(copy)))
    (problem,) = caught.value.problems
    start = accepted.read_text("utf-8").splitlines().index("[[accepted]]", problem.line - 2)
    assert problem.line in {start + 1, start + 2}


def test_a_file_by_name_shows_its_own_findings_only(run_cli: RunCli, copy: Path) -> None:
    edit(copy / "data/page/places.ttl", 'foaf:name "Sheffield"', 'foaf:name "Sheffield"@en')
    places = run_cli("check", "data/page/places.ttl", cwd=copy)
    people = run_cli("check", "data/page/people.ttl", cwd=copy)
    assert (places.code, people.code) == (1, 0)
    rows = [row for row in places.out.splitlines() if row.startswith("  data/")]
    assert rows
    assert all(row.startswith("  data/page/places.ttl:") for row in rows)
    assert len(people.out.splitlines()) == 1


def test_a_file_that_is_none_of_the_project_is_refused(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_text("# nothing\n")
    other = run_cli("check", str(tmp_path / "x.ttl"))
    nowhere = run_cli("check", "data/page/nowhere.ttl")
    assert (other.code, nowhere.code) == (2, 2)
    assert "is not one of the project's data files" in other.err
    assert "does not exist" in nowhere.err


SHAPES = PREFIXES + (
    "e:Shape a sh:NodeShape ; sh:targetClass e:T ; sh:property e:P .\n"
    'e:P a sh:PropertyShape ; sh:path e:p ; sh:minCount 1 ; sh:datatype xsd:integer ; sh:message "P: one number" .\n'
)


def test_loose_files_are_checked_without_a_project(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "s.ttl").write_text(SHAPES)
    (tmp_path / "a.ttl").write_text(PREFIXES + 'e:a a e:T ;\n  e:p "x" .\n')
    (tmp_path / "b.ttl").write_text(PREFIXES + "\ne:b a e:T .\n")
    run = run_cli("check", "--data", "a.ttl", "--data", "b.ttl", "--shapes", "s.ttl", cwd=tmp_path)
    assert run.code == 1
    assert run.out.splitlines() == [
        "VIOLATION P (2 findings): one number",
        '  a.ttl:6:7  e:a  Found: "x"',
        "  b.ttl:6:1  e:b",
        "  Read more: http://example.org/P",
        "",
        "Checked 3 statements in 2 files: 2 violations.",
    ]


def test_loose_data_are_checked_against_the_shapes_of_the_project(run_cli: RunCli, tmp_path: Path) -> None:
    data = tmp_path / "a.ttl"
    data.write_text(
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n<https://w3id.org/jam-and-justice/id/person/x> a foaf:Person .\n"
    )
    run = run_cli("check", "--data", str(data))
    assert run.code == 1
    block = next(block for block in run.out.split("\n\n") if block.startswith("VIOLATION C01 ("))
    assert f"  {data}:2:1  " in block
    assert "  Read more: https://w3id.org/jam-and-justice/rules#C01" in block


def test_every_file_that_cannot_be_read_is_named(run_cli: RunCli, tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("e:a e:b e:c .")
    (tmp_path / "b.ttl").write_bytes(b"# caf\xe9\n")
    run = run_cli("check", "--data", "a.ttl", "--data", "b.ttl", "--data", "c.ttl", cwd=tmp_path)
    assert run.code == 3
    assert run.err == "The shapes are those of Jam and Justice.\n"
    assert "a.ttl:1:1:" in run.out
    assert "b.ttl:1:6: byte 0xe9 is not UTF-8" in run.out
    assert "c.ttl: there is no such file" in run.out


ODD = {
    "integer": '"01"^^xsd:integer',
    "signed": '"+1"^^xsd:integer',
    "decimal": '"1.0"^^xsd:decimal',
    "double": '"1.0"^^xsd:double',
    "boolean": '"1"^^xsd:boolean',
    "time": '"2019-01-01T00:00:00+00:00"^^xsd:dateTime',
    "tag": '"colour"@en-GB',
}


@pytest.mark.parametrize("literal", ODD.values(), ids=ODD)
def test_an_odd_literal_gets_the_verdict_of_pyshacl_itself(literal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    data = PREFIXES + f"e:a a e:T ; e:p {literal} .\n"
    shapes = PREFIXES + (
        "e:Shape a sh:NodeShape ; sh:targetClass e:T ; sh:property e:P1 , e:P2 , e:P3 .\n"
        f"e:P1 a sh:PropertyShape ; sh:path e:p ; sh:in ( {literal} ) .\n"
        'e:P2 a sh:PropertyShape ; sh:path e:p ; sh:pattern "^(1|true|colour|2019-01-01T00:00:00Z)$" .\n'
        'e:P3 a sh:PropertyShape ; sh:path e:p ; sh:maxLength 1 ; sh:languageIn ( "en" ) .\n'
    )
    _, plain, _ = pyshacl.validate(
        Graph().parse(data=data, format="turtle"),
        shacl_graph=Graph().parse(data=shapes, format="turtle"),
        inference="none",
    )
    expected = sorted(
        tuple(str(plain.value(r, part)) for part in (SH.sourceShape, SH.value, SH.sourceConstraintComponent))
        for r in plain.subjects(RDF.type, SH.ValidationResult)
    )
    (outcome,) = check_documents([document(data, "a.ttl")], [document(shapes, "s.ttl")]).outcomes
    found = sorted((v.shape.value, v.value.value if v.value else "", str(SH) + v.component) for v in outcome.violations)
    assert found == expected
    assert expected


WRONG = {
    "a count that is no number": ('e:P sh:minCount "a" .', 'sh:minCount "a"'),
    "a path that is none": ("e:S sh:property [\n sh:path [ e:noPath e:p ] ;\n sh:minCount 1 ] .", "e:S sh:property ["),
    "a property that is no shape": ('e:S sh:property\n "name" .', ' "name" .'),
    "SPARQL that cannot be parsed": ('e:S sh:sparql [\n sh:select "SELECT $this WHERE {" ] .', "sh:select"),
    "VALUES in SPARQL": (
        'e:S sh:sparql [\n sh:select "SELECT $this WHERE { VALUES ?x { 1 } $this ?p ?x }" ] .',
        "sh:select",
    ),
}


@pytest.mark.parametrize(("extra", "mark"), WRONG.values(), ids=WRONG)
def test_a_shape_that_is_wrong_is_named_with_its_line(run_cli: RunCli, tmp_path: Path, extra: str, mark: str) -> None:
    shapes = tmp_path / "s.ttl"
    shapes.write_text(PREFIXES + "\ne:S a sh:NodeShape ; sh:targetClass e:T .\n" + extra + "\n")
    (tmp_path / "a.ttl").write_text(PREFIXES + "e:a a e:T .\n")
    run = run_cli("check", "--data", "a.ttl", "--shapes", "s.ttl", cwd=tmp_path)
    assert run.code == 3, run
    assert run.err == ""
    lines = {int(row.split(":")[1]) for row in run.out.splitlines() if row.startswith("s.ttl:")}
    assert lines, run.out
    assert lines <= set(range(6, len(shapes.read_text().splitlines()) + 1))
    assert line_of(shapes, mark) in lines or 6 in lines


def test_shapes_that_declare_an_unknown_graph_are_refused(run_cli: RunCli, copy: Path) -> None:
    edit(copy / "jamjustice.toml", 'graphs = ["dataset"]', 'graphs = ["datasets"]')
    run = run_cli("check", cwd=copy)
    assert run.code == 2
    assert '"datasets"' in run.err


def test_a_blank_node_in_data_has_a_place(copy: Path) -> None:
    places = copy / "data/page/places.ttl"
    append(places, "place:sheffield dcterms:relation [ a foaf:Document ] .")
    findings = [f for f in check_dataset(read_dataset(open_project(copy))).findings if f.rule == "Q40"]
    assert [(f.severity, f.line) for f in findings] == [(Severity.VIOLATION, line_of(places, "dcterms:relation ["))]


BLANK = """\
e:a e:p [ a e:T ; e:q [ a e:T ; e:p 1 ] ] , ( 1 [ a e:T ] ) .
_:x a e:T ;
  e:p "one" ;
  e:q [] .
[ a e:T ] e:q e:a .
( 1 ) e:q [ a e:T ; e:p "two"@en-GB ] .
e:b e:q e:c , [ ] .
"""


def test_every_finding_about_a_blank_node_has_the_place_of_its_statement_or_its_first() -> None:
    shapes = PREFIXES + (
        "e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property e:P .\n"
        'e:P sh:path e:p ; sh:minCount 1 ; sh:datatype xsd:date ; sh:message "P: a date" .\n'
        "e:Q a sh:NodeShape ; sh:targetObjectsOf e:q ; sh:nodeKind sh:IRI .\n"
    )
    first = PREFIXES.count("\n")
    report = check_documents([document(PREFIXES + BLANK, "a.ttl")], [document(shapes, "s.ttl")])
    found = [(f.rule, f.line - first, f.column) for f in report.findings]
    assert sorted(found) == [
        *(("P", 1, 13), ("P", 1, 37), ("P", 1, 53), ("P", 3, 7), ("P", 5, 5), ("P", 6, 25)),
        *(("Q", 1, 27), ("Q", 2, 7), ("Q", 6, 15), ("Q", 7, 15)),
    ]
    assert {f.focus for f in report.findings if f.rule == "P"} == {""}


NAMELESS = (
    PREFIXES
    + """\
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:S a sh:NodeShape ;
  sh:description "Alles ergänzen."@de , "Add what is missing."@en ;
  sh:targetClass e:T ;
  sh:property [ sh:path e:p ; sh:minCount 1 ; rdfs:comment "Count it." ] ;
  sh:property [ sh:path [ sh:inversePath e:q ] ; sh:minCount 1 ] ;
  sh:property [ sh:path ( e:r [ sh:zeroOrMorePath e:s ] ) ; sh:minCount 1 ] ;
  sh:sparql [ sh:message "no" ;
    sh:select "SELECT $this WHERE { FILTER NOT EXISTS { $this <http://example.org/u> 1 } }" ] .
[] a sh:NodeShape ; sh:targetClass e:T ; sh:property [ sh:path e:v ; sh:minCount 2 ] .
<urn:x:N> a sh:NodeShape ; sh:targetClass e:T ; sh:property <urn:x:M> .
<urn:x:M> sh:path e:w ; sh:minCount 1 ; sh:message "Es fehlt."@de , "It is missing."@en .
"""
)


def test_a_rule_without_a_name_is_called_by_its_shape_and_path_and_takes_its_advice() -> None:
    documents = [document(PREFIXES + "e:a a e:T .\n", "a.ttl")], [document(NAMELESS, "s.ttl")]
    findings = check_documents(*documents).findings
    own = "http://example.org/S"
    assert {f.rule: (f.path, f.message, f.advice, f.page) for f in findings} == {
        "S": ("", "no", "Add what is missing.", own),
        "S/e:p": ("e:p", "e:p is missing.", "Count it.", own),
        "S/^e:q": ("^e:q", "^e:q is missing.", "Add what is missing.", own),
        "S/e:r / e:s*": ("e:r / e:s*", "e:r / e:s* is missing.", "Add what is missing.", own),
        "e:T/e:v": ("e:v", "e:v must be given at least 2 times.", "", ""),
        "urn:x:M": ("e:w", "It is missing.", "", ""),
    }
    based = check_documents(*documents, base="http://example.org/").findings
    assert {f.page for f in based} == {"http://example.org/rules#S", ""}


PLAIN = {
    "sh:class e:C": ("1", "The value of e:p must be a e:C."),
    "sh:datatype xsd:date": ("1", "The value of e:p must be written as xsd:date."),
    "sh:nodeKind sh:IRI": ("1", "The value of e:p must be an IRI."),
    "sh:maxCount 1": ("1 , 2", "e:p may be given only once."),
    "sh:maxCount 0": ("1", "e:p is not allowed here."),
    "sh:minExclusive 3": ("3", "The value of e:p must be more than 3."),
    "sh:maxInclusive 3": ("4", "The value of e:p must not be more than 3."),
    "sh:minLength 3": ('"a"', "The value of e:p must not be shorter than 3 characters."),
    'sh:pattern "^\\\\d$"': ('"a"', "The value of e:p must have the form ^\\d$."),
    'sh:languageIn ( "en" "de" )': ('"a"@fr', "The value of e:p must be in one of these languages: en, de."),
    "sh:uniqueLang true": ('"a"@en , "b"@en', "e:p has more than one text in the same language."),
    "sh:in ( e:x 1 )": ("2", 'The value of e:p must be one of these: e:x, "1"^^xsd:integer.'),
    "sh:hasValue e:x": ("2", "The value of e:p must be e:x."),
    "sh:node e:N": ("2", "The value of e:p does not keep the rules of e:N."),
    "sh:node [ sh:nodeKind sh:IRI ]": ("2", "The value of e:p does not keep the rules of a shape without a name."),
    "sh:lessThan e:q": ("2", "The value of e:p must be less than that of e:q."),
}


@pytest.mark.parametrize(("rule", "value", "says"), [(rule, *rest) for rule, rest in PLAIN.items()], ids=PLAIN)
def test_a_shape_without_a_message_speaks_plainly(rule: str, value: str, says: str) -> None:
    shapes = PREFIXES + (
        f"e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property [ sh:path e:p ; {rule} ] .\n"
        "e:N a sh:NodeShape ; sh:nodeKind sh:IRI .\n"
    )
    data = PREFIXES + f"e:a a e:T ; e:p {value} ; e:q 1 .\n"
    report = check_documents([document(data, "a.ttl")], [document(shapes, "s.ttl")])
    assert {f.message for f in report.findings} == {says}


def test_a_value_that_a_query_finds_is_placed_where_it_is_said_of_the_thing() -> None:
    shapes = PREFIXES + (
        "e:S a sh:NodeShape ; sh:targetClass e:T ; sh:sparql [\n"
        '  sh:message "no" ; sh:select "SELECT $this ?value WHERE { $this <http://example.org/p> ?value }" ] .\n'
    )
    data = PREFIXES + "e:a a e:T ;\n  e:p 1 ;\n  e:p e:b .\n"
    report = check_documents([document(data, "a.ttl")], [document(shapes, "s.ttl")])
    first = PREFIXES.count("\n")
    assert [(f.line - first, f.column, f.value) for f in report.findings] == [
        (2, 7, '"1"^^xsd:integer'),
        (3, 7, "e:b"),
    ]
