"""The report of a check in each of its forms: what a curator reads, what a program reads, what GitHub shows."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, SH, Graph, URIRef

from conftest import edit, line_of
from jamjustice.cli.check import coloured
from jamjustice.errors import Problem
from jamjustice.graph.load import read_document
from jamjustice.graph.read import document
from jamjustice.quality.check import Report, check_documents
from jamjustice.quality.findings import Finding, Severity, rule_page, unreadable
from jamjustice.quality.report import as_github, as_html, as_json, as_text, as_turtle, groups, summary
from jamjustice.quality.validate import Outcome

if TYPE_CHECKING:
    from conftest import RunCli

SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix e: <http://example.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:Shape a sh:NodeShape ; sh:targetClass e:T ; sh:property e:P .
e:P sh:path e:p ; sh:datatype xsd:integer ; sh:message "P: one number" ; sh:description "Count again." .
"""
DATA = "@prefix e: <http://example.org/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
SCRIPT = "<script>alert('x')</script>"
ADVICE = "Look at the source again, count its lines with the blank ones, and write the number that you find there. "


def finding(number: int = 1, **other: str | int | Severity) -> Finding:
    values = {
        "file": "data/a.ttl",
        "line": number,
        "column": 3,
        "severity": Severity.VIOLATION,
        "rule": "C2",
        "label": f"Thing {number}",
        "message": "One number, please.",
    }
    return Finding(**{**values, **other})  # type: ignore[arg-type]


def report(*findings: Finding, unseen: int = 0, title: str = "Bees") -> Report:
    return Report(findings, (Outcome((), ()),), 1234, 1, {}, title=title, unseen=unseen)


@pytest.fixture
def loose(tmp_path: Path) -> Path:
    """A folder with data of which a dozen things are wrong, and their shapes."""
    (tmp_path / "s.ttl").write_text(SHAPES, "utf-8")
    rows = [f'e:a{n} a e:T ; rdfs:label "{SCRIPT} {n}" ;\n  e:p "{SCRIPT}" .\n' for n in range(12)]
    (tmp_path / "a.ttl").write_text(DATA + "".join(rows), "utf-8")
    return tmp_path


LOOSE = ("check", "--data", "a.ttl", "--shapes", "s.ttl")

# Groups ----------------------------------------------------------------------------------------------------------


def test_findings_are_grouped_by_rule_the_weightiest_and_the_lowest_number_first() -> None:
    found = groups(
        [
            finding(3, rule="C10"),
            finding(1, rule="Q1", severity=Severity.INFO),
            finding(2, rule="C9", severity=Severity.WARNING),
            finding(2),
            finding(1, rule="C10"),
            finding(1, rule="C10", known="A, 2026-01-01: so"),
        ]
    )
    assert [(g.severity, g.rule, [f.line for f in g.findings], bool(g.known)) for g in found] == [
        (Severity.VIOLATION, "C2", [2], False),
        (Severity.VIOLATION, "C10", [1, 3], False),
        (Severity.VIOLATION, "C10", [1], True),
        (Severity.WARNING, "C9", [2], False),
        (Severity.INFO, "Q1", [1], False),
    ]


def test_a_finding_says_its_line_and_column_as_far_as_they_are_known() -> None:
    assert finding(12).place == "data/a.ttl:12:3"
    assert finding(12, column=0).place == "data/a.ttl:12"
    assert finding(0, column=0, file="").place == "-"


@pytest.mark.parametrize(
    ("shape", "base", "page"),
    [
        ("https://e.org/shape#C20", "https://e.org/", "https://e.org/rules#C20"),
        ("https://e.org/shapes/C20", "https://e.org/", "https://e.org/rules#C20"),
        ("http://other.org/shape#C20", "https://e.org/", "http://other.org/shape#C20"),
        ("http://other.org/shape#C20", "", "http://other.org/shape#C20"),
        ("urn:rules:C20", "https://e.org/", ""),
        ("javascript:alert(1)", "", ""),
    ],
)
def test_a_rule_of_the_project_has_a_place_on_its_page_of_rules(shape: str, base: str, page: str) -> None:
    assert rule_page(shape, base) == page


# Text ------------------------------------------------------------------------------------------------------------


def test_text_lists_the_findings_of_a_rule_below_what_they_all_say() -> None:
    text = as_text(report(finding(1, value='"x"'), finding(2), finding(3, label="")))
    assert text.splitlines() == [
        "VIOLATION C2 (3 findings): One number, please.",
        '  data/a.ttl:1:3  Thing 1  Found: "x"',
        "  data/a.ttl:2:3  Thing 2",
        "  data/a.ttl:3:3",
        "",
        "Checked 1,234 statements in 1 file: 3 violations.",
    ]


def test_findings_of_one_rule_that_differ_each_say_what_is_wrong() -> None:
    text = as_text(report(finding(1, message="Too many."), finding(2, message="Too few.")))
    assert text.splitlines()[:3] == [
        "VIOLATION C2 (2 findings)",
        "  data/a.ttl:1:3  Thing 1: Too many.",
        "  data/a.ttl:2:3  Thing 2: Too few.",
    ]


def test_text_says_once_what_to_do_and_where_to_read_more() -> None:
    page = "https://e.org/rules#C2"
    rows = as_text(report(*(finding(n, advice=ADVICE * 3, page=page) for n in (1, 2)))).splitlines()
    assert rows[3].startswith("  What to do: Look at the source")
    end = rows.index(f"  Read more: {page}")
    assert all(row.startswith("    ") for row in rows[4:end])
    assert max(map(len, rows)) <= 100
    assert " ".join(" ".join(rows[3:end]).split()) == f"What to do: {(ADVICE * 3).strip()}"


@pytest.mark.parametrize(("number", "more"), [(10, ""), (11, "1"), (1047, "1,037")])
def test_text_lists_ten_findings_of_a_rule_and_counts_the_rest(number: int, more: str) -> None:
    rows = as_text(report(*(finding(n) for n in range(1, number + 1)))).splitlines()
    assert rows[0] == f"VIOLATION C2 ({number:,} findings): One number, please."
    assert sum(row.startswith("  data/") for row in rows) == 10
    told = [row for row in rows if "more" in row]
    assert told == ([f"  … and {more} more; --format json lists all"] if more else [])


def test_nothing_in_the_data_can_move_the_cursor_or_end_a_line() -> None:
    text = as_text(report(finding(label="a\x1b[2Jb\nc", message="d\r\ne", value="f\x9bg")))
    assert text.splitlines()[:2] == ["VIOLATION C2 (1 finding): d e", "  data/a.ttl:1:3  a [2Jb c  Found: f g"]


def test_known_findings_are_counted_and_shown_when_asked_for() -> None:
    known = [finding(n, severity=Severity.INFO, known=f"Ada, 2026-01-0{n}: it is so") for n in (1, 2)]
    short = as_text(report(*known))
    assert short == (
        "known: C2 (2 findings, accepted in data/accepted.toml)\n"
        "Checked 1,234 statements in 1 file: nothing found; known: 2 infos.\n"
    )
    full = as_text(report(*known), show_known=True)
    assert full.count("INFO C2 (1 finding, known): One number, please.") == 2
    assert "  Accepted by: Ada, 2026-01-02: it is so\n" in full
    assert "accepted in" not in full


@pytest.mark.parametrize(
    ("unseen", "end"),
    [
        (0, "1 violation."),
        (1, "1 violation; 1 more thing was suspected and not looked at (--max-findings)."),
        (2500, "1 violation; 2,500 more things were suspected and not looked at (--max-findings)."),
    ],
)
def test_the_summary_says_how_much_was_not_looked_at(unseen: int, end: str) -> None:
    assert summary(report(finding(), unseen=unseen)).endswith(f": {end}")


def test_only_the_word_for_the_severity_is_coloured() -> None:
    text = as_text(report(finding(label="WARNING"), finding(rule="W", severity=Severity.WARNING)))
    assert coloured(text).count("\x1b[") == 4
    assert coloured(text).startswith("\x1b[31mVIOLATION\x1b[0m C2 (")


def test_the_command_shows_the_known_findings_when_asked_to(run_cli: RunCli) -> None:
    run = run_cli("check", "--known")
    assert run.code == 0
    heading = "INFO Q02 (11 findings, known): The source names no creator for this output."
    (block,) = [block for block in run.out.split("\n\n") if block.startswith(heading)]
    assert "\n  … and 1 more; " in block
    assert "\n  Accepted by: Curators of this dataset, 2026-11-22: The page prints these entries" in block


def test_a_rule_of_the_project_says_what_to_do_and_where_it_is_explained(run_cli: RunCli, copy: Path) -> None:
    outputs = copy / "data/page/outputs.ttl"
    edit(outputs, '"Everyday Politics"', '"Everyday Politics."')
    run = run_cli("check", cwd=copy)
    (block,) = [block for block in run.out.split("\n\n") if block.startswith("WARNING C22 (1 finding): ")]
    _, row, advice, *_, page = block.splitlines()
    line = line_of(outputs, '"Everyday Politics."')
    assert row == f'  data/page/outputs.ttl:{line}:17  Everyday Politics.  Found: "Everyday Politics."@en'
    assert advice.startswith("  What to do: A full stop ends the line")
    assert page == "  Read more: https://w3id.org/jam-and-justice/rules#C22"


# JSON and Turtle -------------------------------------------------------------------------------------------------


def test_json_holds_every_part_of_a_finding_and_counts_by_severity_and_rule() -> None:
    findings = finding(1, advice="Do.", page="https://e.org/rules#C2"), finding(2, known="Ada, 2026-01-01: so")
    found = json.loads(as_json(report(*findings, finding(rule="C10"), unseen=7)))
    names = [field.name for field in fields(Finding) if field.name != "nodes"]
    assert [list(part) for part in found["findings"]] == [names] * 3
    assert (found["findings"][0]["advice"], found["findings"][1]["known"]) == ("Do.", "Ada, 2026-01-01: so")
    assert found["counts"]["Violation"] == {"new": 2, "known": 1}
    assert list(found["rules"].items()) == [("C2", {"new": 1, "known": 1}), ("C10", {"new": 1, "known": 0})]
    assert found["unseen"] == 7


def test_a_known_finding_says_who_accepted_it_when_and_why(run_cli: RunCli) -> None:
    found = json.loads(run_cli("check", "-f", "json").out)["findings"]
    assert {f["known"].partition(": ")[0] for f in found} == {"Curators of this dataset, 2026-11-22"}
    assert any(f["known"].endswith("as note:anomaly-pages-reversed explains.") for f in found)


@pytest.mark.parametrize("things", [3, 3000], ids=["few", "too many to be named canonically"])
def test_turtle_is_one_report_and_the_same_every_time(run_cli: RunCli, tmp_path: Path, things: int) -> None:
    (tmp_path / "s.ttl").write_text(SHAPES, "utf-8")
    rows = "".join(f'e:a{n} a e:T ; e:p "a\\n{n}"@en-GB .\n' for n in range(things))
    (tmp_path / "a.ttl").write_text(DATA + rows, "utf-8")
    first, second = (run_cli(*LOOSE, "-f", "turtle", cwd=tmp_path) for _ in range(2))
    assert first == second
    graph = Graph().parse(data=first.out, format="turtle")
    (node,) = graph.subjects(RDF.type, SH.ValidationReport)
    assert [str(value) for value in graph.objects(node, SH.conforms)] == ["false"]
    results = set(graph.objects(node, SH.result))
    assert len(results) == things
    assert all(graph.value(r, SH.focusNode) and graph.value(r, SH.value) for r in results)


def test_turtle_of_no_findings_conforms() -> None:
    graph = Graph().parse(data=as_turtle(report()), format="turtle")
    assert [str(value) for value in graph.objects(None, SH.conforms)] == ["true"]


# HTML ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """A page as what is open around each piece of text, and the attributes of its elements."""

    VOID = ("meta", "br", "link", "img", "hr", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", " ".join(data.split())))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def inside(self, tag: str) -> list[str]:
        return [text for around, text in self.texts if around == tag]


SPOILED = report(
    finding(1, label=SCRIPT, value=f'"{SCRIPT}"', advice=f"Take {SCRIPT} out.", page="https://e.org/rules#C2"),
    finding(2, message=f"It holds {SCRIPT}.", page="https://e.org/rules#C2"),
    finding(3, rule="Q7", severity=Severity.WARNING, file="", line=0, column=0),
    finding(4, rule="Q9", severity=Severity.INFO, known=f"Ada {SCRIPT}, 2026-01-01: it is so"),
    title=f"Bees {SCRIPT}",
)


def test_everything_that_html_shows_is_escaped() -> None:
    page = Page(as_html(SPOILED))
    assert page.all("script") == []
    texts = " ".join(text for _, text in page.texts)
    assert texts.count(SCRIPT) == 7  # title, heading, thing, what was found, advice, message, who accepted
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "iframe", "img", "object", "form"})


def test_html_needs_nothing_beside_it() -> None:
    page = Page(as_html(SPOILED))
    assert page.all("link") == []
    assert [(tag, name) for tag, attributes in page.elements for name in attributes if name in {"src", "srcset"}] == []
    links = [attributes["href"] for attributes in page.all("a")]
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert all(link and (link.startswith("https://e.org/") or link[1:] in ids) for link in links)
    style = " ".join(page.inside("style"))
    assert "url(" not in style
    assert "@import" not in style


def test_html_has_the_structure_that_assistive_software_reads() -> None:
    page = Page(as_html(SPOILED))
    assert page.all("html") == [{"lang": "en"}]
    assert page.inside("title") == page.inside("h1") == [f"Bees {SCRIPT}: check of the data"]
    assert len(page.all("main")) == 1
    assert all(attributes.get("scope") in {"row", "col"} for attributes in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3"}]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    assert {attributes["aria-labelledby"] for attributes in page.all("section")} <= set(names)


def test_html_shows_each_rule_with_its_severity_as_a_word_and_known_findings_folded() -> None:
    text = as_html(SPOILED)
    page = Page(text)
    assert [word for word in page.inside("span") if word in list(Severity)] == [
        *("Violation", "Warning", "Info"),
        *("Violation", "Warning", "Info"),
    ]
    folded = Page(text[text.index("<details>") : text.index("</details>") + len("</details>")])
    assert "Ada" in " ".join(folded.inside("p"))
    assert folded.inside("th")[-1] == "Thing 4"
    assert page.all("details") == [{}]
    assert "data/a.ttl:1:3" in page.inside("td")


def test_html_of_nothing_is_a_page_too() -> None:
    page = Page(as_html(report(title="")))
    assert page.inside("h1") == ["Check of the data"]
    assert page.all("section") == page.all("details") == page.all("nav") == []


def test_html_is_the_same_every_time(run_cli: RunCli) -> None:
    first, second = (run_cli("check", "--format", "html") for _ in range(2))
    assert first == second
    page = Page(first.out)
    assert page.inside("h1") == ["Jam and Justice: check of the data"]
    assert len(page.all("details")) == 1
    assert sum("Curators of this dataset, 2026-11-22" in text for text in page.inside("p")) == 3


# GitHub ----------------------------------------------------------------------------------------------------------


def github(*findings: Finding, root: str = "") -> list[str]:
    *commands, last = as_github(report(*findings), Path(root or Path.cwd())).splitlines()
    assert last.startswith("Checked ")
    return commands


def test_github_is_told_file_line_and_column() -> None:
    assert github(
        finding(1),
        finding(2, severity=Severity.WARNING, value='"x"', advice="Count again.", page="https://e.org/rules#C2"),
        finding(3, severity=Severity.INFO, column=0, label=""),
        finding(0, severity=Severity.INFO, rule="C3", column=0, file=""),
        finding(5, severity=Severity.INFO, known="Ada, 2026-01-01: so"),
    ) == [
        "::error file=data/a.ttl,line=1,col=3,title=C2 Thing 1::One number, please.",
        '::warning file=data/a.ttl,line=2,col=3,title=C2 Thing 2::One number, please. Found: "x"'
        "%0AWhat to do: Count again.%0ARead more: https://e.org/rules#C2",
        "::notice file=data/a.ttl,line=3,title=C2::One number, please.",
        "::notice title=C3 Thing 0::One number, please.",
    ]


def test_what_github_would_misread_is_escaped() -> None:
    (command,) = github(finding(file="a,b:c%.ttl", label="x: 1, 2\n::error::no", message="100%\r\n::error::no, a: b"))
    assert command == (
        "::error file=a%2Cb%3Ac%25.ttl,line=1,col=3,title=C2 x%3A 1%2C 2%0A%3A%3Aerror%3A%3Ano"
        "::100%25%0D%0A::error::no, a: b"
    )


def test_paths_for_github_start_at_the_root_of_the_repository(run_cli: RunCli, loose: Path, tmp_path: Path) -> None:
    below = tmp_path / "deep"
    below.mkdir()
    args = ("check", "--data", "../a.ttl", "--shapes", "../s.ttl", "-f", "github")
    inside = run_cli(*args, cwd=below, env={"GITHUB_WORKSPACE": str(tmp_path)})
    assert inside.out.startswith("::error file=a.ttl,line=4,col=7,title=P ")
    assert inside.code == 1
    at_hand = run_cli(*LOOSE, "-f", "github", cwd=loose, env={"GITHUB_WORKSPACE": ""})
    assert at_hand.out.splitlines()[0] == inside.out.splitlines()[0]
    assert len(at_hand.out.splitlines()) == 13


# Files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("r.json", "{\n"),
        ("r.ttl", "@prefix "),
        ("r.html", "<!doctype html>"),
        ("r.HTM", "<!doctype html>"),
        ("r.txt", "VIOLATION P (12 findings): one number\n"),
        ("report", "VIOLATION P (12 findings): one number\n"),
    ],
)
def test_the_suffix_of_the_file_says_the_format(run_cli: RunCli, loose: Path, name: str, start: str) -> None:
    run = run_cli(*LOOSE, "-o", name, cwd=loose)
    assert (run.code, run.out) == (1, "")
    assert run.err == "Checked 36 statements in 1 file: 12 violations.\n"
    assert (loose / name).read_text("utf-8").startswith(start)


def test_a_format_that_is_named_beats_the_suffix(run_cli: RunCli, loose: Path) -> None:
    run_cli(*LOOSE, "--output", "r.txt", "--format", "json", cwd=loose)
    assert len(json.loads((loose / "r.txt").read_text("utf-8"))["findings"]) == 12


def test_a_hyphen_is_standard_output(run_cli: RunCli, loose: Path) -> None:
    run = run_cli(*LOOSE, "-o", "-", cwd=loose)
    assert (run.out, run.err) == (run_cli(*LOOSE, cwd=loose).out, "")
    assert "  … and 2 more; --format json lists all\n  What to do: Count again.\n" in run.out


def test_a_page_of_findings_that_hold_markup_is_harmless(run_cli: RunCli, loose: Path) -> None:
    run_cli(*LOOSE, "-o", "r.html", cwd=loose)
    page = Page((loose / "r.html").read_text("utf-8"))
    assert page.all("script") == []
    assert f"{SCRIPT} 11" in page.inside("th")
    assert page.inside("td").count(f'"{SCRIPT}"') == 12


@pytest.mark.parametrize("name", ["nowhere/r.html", "."])
def test_a_file_that_cannot_be_written_is_named(run_cli: RunCli, loose: Path, name: str) -> None:
    run = run_cli(*LOOSE, "-o", name, cwd=loose)
    assert (run.code, run.out) == (3, "")
    assert run.err.startswith(f"{name}: ") or run.err.startswith(f"{loose}")
    assert "Traceback" not in run.err


def test_findings_that_say_the_same_are_one(run_cli: RunCli, tmp_path: Path) -> None:
    twice = SHAPES + "e:Again a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property e:P .\n"
    (tmp_path / "s.ttl").write_text(twice, "utf-8")
    (tmp_path / "a.ttl").write_text(DATA + 'e:a a e:T ; e:p "x" .\n', "utf-8")
    assert "VIOLATION P (1 finding)" in run_cli(*LOOSE, cwd=tmp_path).out


def test_a_report_of_some_files_keeps_what_else_it_says() -> None:
    whole = report(finding(1), finding(2, file="data/b.ttl"), unseen=3)
    note = "Findings in other files: 1. To see them: jamjustice check"
    assert whole.only({"data/b.ttl"}) == replace(whole, findings=(finding(2, file="data/b.ttl"),), notes=(note,))


def test_a_turtle_report_holds_what_is_found_beside_the_shapes_and_does_not_conform() -> None:
    problem = unreadable([Problem("data/a.ttl", 3, 5, "This is no Turtle.")], "syntax", "https://e.org/")
    graph = Graph().parse(data=as_turtle(report(*problem)), format="turtle")
    (result,) = graph.objects(None, SH.result)
    assert str(graph.value(result, SH.resultMessage)) == "data/a.ttl:3:5: This is no Turtle."
    assert graph.value(result, SH.sourceConstraintComponent) == URIRef("https://e.org/rules#syntax")
    assert [str(value) for value in graph.objects(None, SH.conforms)] == ["false"]


def test_findings_on_different_blank_nodes_are_different_findings() -> None:
    shapes = "e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property [ sh:path e:p ; sh:minCount 1 ] ."
    prefixes = "@prefix e: <http://e/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    for name, data in {"a.ttl": "[] a e:T . [] a e:T .", "b.nt": TWO_IN_N_TRIPLES}.items():
        given = read_document((prefixes + data if name == "a.ttl" else data).encode(), name)
        assert len(check_documents([given], [document(prefixes + shapes, "s.ttl")]).findings) == 2


TWO_IN_N_TRIPLES = "".join(
    f"_:b{n} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e/T> .\n" for n in range(2)
)


@pytest.mark.parametrize("turn", range(3))
def test_of_messages_in_several_languages_the_english_one_is_shown(turn: int) -> None:
    prefixes = "@prefix e: <http://e/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    messages = ['"Zu lang"@de', '"Too long"@en', '"Trop long"@fr']
    shape = f"sh:path e:p ; sh:maxLength 1 ; sh:message {' , '.join(messages[turn:] + messages[:turn])}"
    shapes = f"{prefixes}e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property [ {shape} ] ."
    found = check_documents([document(prefixes + 'e:a a e:T ; e:p "xx" .', "a.ttl")], [document(shapes, "s.ttl")])
    assert [finding.message for finding in found.findings] == ["Too long"]


def test_a_format_without_places_still_names_the_thing_and_the_file() -> None:
    prefixes = "@prefix e: <http://e/> . @prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    shapes = f"{prefixes}e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property [ sh:path e:p ; sh:maxLength 1 ] ."
    text = '{"@id": "http://e/a", "@type": "http://e/T", "http://e/p": "xx", "http://purl.org/dc/terms/title": "Ann"}'
    found = check_documents([read_document(text.encode(), "a.jsonld")], [document(shapes, "s.ttl")]).findings
    assert [(finding.file, finding.label, finding.value) for finding in found] == [("a.jsonld", "Ann", '"xx"')]
