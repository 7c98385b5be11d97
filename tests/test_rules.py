"""The reference page of all rules: complete, true by its own examples, the same in the repository and on the web."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pyoxigraph as ox
import pytest

from conftest import ROOT, append, edit, fetch, free_port, line_of, serving
from jamjustice.errors import InputError
from jamjustice.graph.dataset import declared_prefixes
from jamjustice.graph.read import document, read_ontology
from jamjustice.project import open_project
from jamjustice.quality.findings import BESIDE, Severity, rule_page
from jamjustice.quality.reference import OTHERS, as_json, as_markdown, counted
from jamjustice.quality.rules import Example, Rule, missing, rules
from jamjustice.quality.validate import validate
from jamjustice.web.pages import rules_page
from one_rule import SH, Cutter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conftest import RunCli
    from jamjustice.graph.dataset import Dataset

ONTOLOGY = read_ontology(open_project(ROOT))
RULES = rules(ONTOLOGY, ("en",))
HEADER = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in declared_prefixes(ONTOLOGY).items())
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PAGE = "jamjustice rules -o docs/rules.md"


class Page(HTMLParser):
    """The anchors, the links, the elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.links: list[str] = []
        self.elements: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append(tag)
        self.anchors += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []

    def handle_data(self, data: str) -> None:
        self.text += data


# The rules of the project ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cutter(dataset: Dataset) -> Cutter:
    return Cutter(dataset)


def test_every_rule_has_a_message_a_description_and_both_pieces_of_an_example() -> None:
    assert [str(problem) for problem in missing(RULES)] == []
    assert all(rule.wrong and rule.right and rule.description and rule.message and rule.name for rule in RULES)


def test_every_numbered_shape_and_every_closed_one_is_a_rule(cutter: Cutter) -> None:
    subjects = {t.subject.value.partition("#")[2] for t in cutter.triples if isinstance(t.subject, ox.NamedNode)}
    closed = {t.subject for t in cutter.triples if t.predicate.value == SH + "closed"}
    expected = {name for name in subjects if re.fullmatch("[CQD][0-9]+", name)}
    expected |= {node.value.partition("#")[2] for node in closed if isinstance(node, ox.NamedNode)}
    assert {rule.id for rule in RULES} == expected
    assert len(RULES) == len(expected) == 72 + 48 + 19


def test_rules_stand_in_natural_order_and_where_their_block_starts() -> None:
    numbered = [int(rule.id[1:]) for rule in RULES if rule.id[0] == "C"]
    assert numbered == sorted(numbered)
    for rule in RULES:
        lines = (ROOT / rule.file).read_text("utf-8").splitlines()
        assert lines[rule.line - 1] == f"s:{rule.id}"


def focus_nodes(data: Sequence[ox.Triple], shapes: Iterable[ox.Triple], nodes: Iterable[object]) -> set[object]:
    """The nodes of a graph that some shapes look at."""
    owners, found = set(nodes), set[object]()
    for subject, predicate, target in shapes:
        if subject in owners and predicate.value == SH + "targetNode":
            found.add(target)
        elif subject in owners and predicate.value == SH + "targetClass":
            found |= {t.subject for t in data if (t.predicate.value, t.object) == (TYPE, target)}
        elif subject in owners and predicate.value == SH + "targetSubjectsOf":
            found |= {t.subject for t in data if t.predicate == target}
        elif subject in owners and predicate.value == SH + "targetObjectsOf":
            found |= {t.object for t in data if t.predicate == target}
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_wrong_piece_breaks_its_rule_and_the_right_one_is_looked_at_and_keeps_it(
    cutter: Cutter, rule: Rule
) -> None:
    shapes = cutter.cut(rule.id)

    def broken(piece: Example | None) -> set[tuple[str, str]]:
        assert piece
        triples = document(f"{HEADER}{piece.turtle}\n", f"{rule.id}.ttl").triples
        assert focus_nodes(triples, shapes, cutter.node_shapes(rule.id)), f"{rule.id} looks at nothing in this piece"
        closed = "Closed" if rule.id.endswith("Shape") else ""
        return {
            (v.severity.value, v.message)
            for v in validate(triples, shapes).violations
            if v.shape == ox.NamedNode(rule.iri) and v.component.startswith(closed)
        }

    found = broken(rule.wrong)
    assert found, f"{rule.id} does not find what is wrong"
    assert {severity for severity, _ in found} == {rule.severity}
    if not rule.id.endswith("Shape"):
        assert {message for _, message in found} <= {f"{rule.id}: {message}" for message in rule.messages}
    assert broken(rule.right) == set(), f"{rule.id} finds the right piece wrong"


def test_the_page_in_the_repository_is_what_the_command_writes(run_cli: RunCli) -> None:
    done = run_cli("rules")
    assert (done.code, done.err) == (0, "")
    assert (ROOT / "docs/rules.md").read_text("utf-8") == done.out, f"the shapes have changed; run: {PAGE}"


def test_the_page_of_a_rule_that_a_finding_names_is_its_section() -> None:
    anchors = re.findall(r'^<a id="([^"]+)"></a>$', (ROOT / "docs/rules.md").read_text("utf-8"), re.MULTILINE)
    base = open_project(ROOT).base
    pages = [*(rule_page(rule.iri, base) for rule in RULES), *(f"{base}rules#{name}" for name in BESIDE)]
    assert sorted(pages) == sorted(f"{base}rules#{anchor}" for anchor in anchors)


# The command -----------------------------------------------------------------------------------------------------


def test_the_format_is_that_of_the_option_else_of_the_file(run_cli: RunCli, tmp_path: Path) -> None:
    beginnings = {"rules.html": "<!doctype html>", "rules.json": "[\n", "rules.txt": "# The rules of"}
    for command, start in {**beginnings, "rules.md --format json": "[\n"}.items():
        name, *more = command.split()
        done = run_cli("rules", "-o", str(tmp_path / name), *more)
        assert (done.code, done.out, done.err) == (0, "", "")
        assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_the_page_does_not_depend_on_the_folder_that_one_stands_in(run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("--project", str(ROOT), "rules", cwd=tmp_path)
    assert done.out == (ROOT / "docs/rules.md").read_text("utf-8")


def test_json_lists_every_part_of_every_rule(run_cli: RunCli) -> None:
    found = json.loads(run_cli("rules", "-f", "json").out)
    assert [rule["id"] for rule in found] == [rule.id for rule in RULES]
    title = next(rule for rule in found if rule["id"] == "C20")
    assert title["severity"] == "Violation"
    assert title["messages"] == ["An output must have exactly one title."]
    assert (title["path"], title["checks"]) == ("dcterms:title", "dcterms:title: exactly 1")
    assert title["applies_to"] == ["outputs: every arc:Output"]
    assert title["file"] == "ontology/shapes/core.ttl"
    assert title["line"] == (ROOT / title["file"]).read_text("utf-8").splitlines().index("s:C20") + 1
    assert title["right"]["turtle"].splitlines()[0] == "output:everyday-politics"
    query = next(rule for rule in found if rule["id"] == "Q01")
    assert query["queries"][0].startswith("SELECT $this\nWHERE {\n    FILTER NOT EXISTS")
    assert next(rule for rule in found if rule["id"] == "Q40")["applies_to"] == ["the whole graph"]


def test_rules_that_are_complete_are_so_by_the_command_too(run_cli: RunCli) -> None:
    done = run_cli("rules", "--check")
    assert (done.code, done.out, done.err) == (0, "", f"{len(RULES)} rules, 0 with something missing.\n")


def test_a_rule_that_lacks_something_is_named_with_file_line_and_what_to_add(run_cli: RunCli, copy: Path) -> None:
    shapes = copy / "ontology/shapes/core.ttl"
    append(shapes, "s:C69\n  a sh:PropertyShape ;\n  sh:minCount 1 ;\n  sh:path foaf:name .")
    edit(shapes, "sh:property s:C57 , s:C58 ;", "sh:property s:C57 , s:C58 , s:C70 ;")
    append(shapes, 's:C70 sh:path foaf:name ; sh:maxCount 1 ; sh:message "C70: One." ; sh:description "Why." ;')
    append(shapes, "  skos:example '''\n# wrong\n<http://e.org/> a arc:Aim .\n''' .")
    done = run_cli("rules", "--check", cwd=copy)
    assert (done.code, done.out) == (1, "")
    bare, half = line_of(shapes, "s:C69"), line_of(shapes, "s:C70 sh:path")
    lines = done.err.splitlines()
    assert [line.partition(" Add")[0].partition(" Name")[0] for line in lines[:-1]] == [
        f"ontology/shapes/core.ttl:{bare}: rule C69 checks nothing.",
        f"ontology/shapes/core.ttl:{bare}: rule C69 has no description.",
        f"ontology/shapes/core.ttl:{bare}: rule C69 has no example.",
        f"ontology/shapes/core.ttl:{bare}: rule C69 has no message.",
        f"ontology/shapes/core.ttl:{half}: rule C70 has half an example.",
    ]
    advice = {"sh:property", "sh:description", "skos:example", "# wrong", "# right", 'sh:message "C69: …"'}
    assert all(word in done.err for word in advice)
    assert lines[-1] == f"{len(RULES) + 2} rules, 2 with something missing."
    assert "## C69" in run_cli("rules", cwd=copy).out, "the page is there all the same"


def test_shapes_that_are_no_shapes_are_told_with_their_place(run_cli: RunCli, copy: Path) -> None:
    append(copy / "ontology/shapes/core.ttl", "s:C69 a sh:PropertyShape ; sh:minCount 1 .")
    done = run_cli("rules", cwd=copy)
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("ontology/shapes/core.ttl:")


def test_a_check_writes_nothing_so_it_takes_no_file(run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("rules", "--check", "-o", str(tmp_path / "x.md"))
    assert (done.code, done.out) == (2, "")
    assert "--check writes nothing" in done.err
    assert list(tmp_path.iterdir()) == []


# Any shapes ------------------------------------------------------------------------------------------------------

PREFIXES = f"""
@prefix sh: <{SH}> . @prefix e: <http://e.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def read(text: str, *languages: str) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules([document(PREFIXES + text, "shapes.ttl")], languages)}


CHECKS = {
    "sh:minCount 2 ; sh:maxCount 5": "2 to 5",
    "sh:minCount 1": "at least 1",
    "sh:maxCount 0": "none",
    "sh:nodeKind sh:BlankNodeOrIRI": "an IRI or a blank node",
    "sh:datatype xsd:date": "datatype xsd:date",
    "sh:class e:A , e:B": "class e:A, class e:B",
    "sh:minInclusive 1 ; sh:maxExclusive 2.5": "1 or more, less than 2.5",
    "sh:minLength 2 ; sh:maxLength 3": "at least 2 characters, at most 3 characters",
    r'sh:pattern "^\\d$" ; sh:flags "i"': r'pattern "^\d$" with the flags i',
    'sh:in ( e:a "b" "c"@en true <urn:x> "2018"^^xsd:gYear )': (
        'one of e:a, "b", "c"@en, true, <urn:x>, "2018"^^xsd:gYear'
    ),
    'sh:languageIn ( "en" "de" ) ; sh:uniqueLang true': "language tag en or de, one in each language",
    "sh:equals e:q": "the same values as e:q",
    "sh:disjoint e:q": "no value in common with e:q",
    "sh:lessThan e:q": "less than e:q",
    "sh:lessThanOrEquals e:q": "not more than e:q",
    "sh:hasValue e:a": "e:a is one of the values",
    "sh:not [ sh:class e:A ]": "not (class e:A)",
    "sh:node e:N": "e:N (e:q: at least 1)",
    "sh:or ( [ sh:class e:A ] [ sh:nodeKind sh:Literal ] )": "(class e:A) or (a literal)",
    "sh:xone ( [ sh:class e:A ] [ sh:class e:B ] )": "(class e:A) or else (class e:B)",
    "sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:class e:A ]": "at least 1 with (class e:A)",
}
PATHS = {
    "e:p": ("e:p", "e:p"),
    "[ sh:inversePath e:p ]": ("^e:p", "what points to it with e:p"),
    "( e:p [ sh:zeroOrMorePath e:q ] )": ("e:p / e:q*", "e:p / e:q*"),
    "[ sh:alternativePath ( e:p ( e:q [ sh:inversePath e:r ] ) ) ]": ("e:p | (e:q / ^e:r)", "e:p | (e:q / ^e:r)"),
}
TARGET = "e:T a sh:NodeShape ; sh:targetClass e:C ; sh:property e:R . e:N sh:property [ sh:path e:q ; sh:minCount 1 ] ."


@pytest.mark.parametrize(("constraint", "words"), CHECKS.items())
def test_what_a_shape_checks_is_said_in_one_line(constraint: str, words: str) -> None:
    found = read(f"{TARGET} e:R a sh:PropertyShape ; sh:path e:p ; {constraint} .")
    assert {id_: rule.checks for id_, rule in found.items()} == {"R": f"e:p: {words}"}


@pytest.mark.parametrize(("path", "shown"), PATHS.items())
def test_a_path_is_shown_as_sparql_writes_it(path: str, shown: tuple[str, str]) -> None:
    rule = read(f"{TARGET} e:R a sh:PropertyShape ; sh:path {path} ; sh:minCount 1 .")["R"]
    assert (rule.path, rule.checks) == (shown[0], f"{shown[1]}: at least 1")


def test_a_closed_shape_lists_what_it_allows() -> None:
    closed = "e:T rdfs:label 'teas' ; sh:closed true ; sh:ignoredProperties ( e:q ) ."
    rule = read(f"{TARGET} {closed} e:R sh:path e:p .")["T"]
    assert rule.checks == "only these properties: e:p, e:q"
    assert rule.message == "Teas may have no other properties than this rule lists."
    assert rule.severity is Severity.VIOLATION


def test_a_shape_that_cannot_be_the_source_of_a_result_is_no_rule() -> None:
    text = """
      e:T a sh:NodeShape ; sh:targetClass e:C ; sh:property e:R , e:Off ; sh:node e:Helper ; sh:closed false .
      e:Helper sh:property e:Part ; sh:nodeKind sh:IRI .
      e:Part sh:path e:p ; sh:minCount 1 .
      e:R sh:path e:p ; sh:not e:Other ; sh:property e:Deep .
      e:Other sh:class e:C .
      e:Deep sh:path e:q ; sh:minCount 1 .
      e:Off sh:path e:p ; sh:maxCount 1 ; sh:deactivated true .
      e:Plain a sh:NodeShape ; sh:targetNode e:x ; sh:property [ sh:path e:p ; sh:maxCount 1 ] .
    """
    found = read(text)
    assert set(found) == {"Deep", "R", "T"}
    assert found["Deep"].applies_to == ("every e:C",)


def test_every_kind_of_target_has_its_words() -> None:
    text = """
      e:T rdfs:label "teas" ; sh:targetClass e:B , e:A ; sh:targetNode e:x ; sh:property e:R .
      e:U sh:targetSubjectsOf e:p ; sh:targetObjectsOf e:q ; sh:property e:R .
      e:V a sh:NodeShape , rdfs:Class ; sh:property e:R .
      e:R sh:path e:p ; sh:minCount 1 .
    """
    assert read(text)["R"].applies_to == (
        "teas: every e:A, e:B; e:x alone",
        "everything that has e:p; everything that is a value of e:q",
        "every e:V",
    )


def test_texts_are_in_the_first_language_that_they_have_one_in() -> None:
    text = f"""{TARGET}
      e:R sh:path e:p ; sh:minCount 1 ; sh:name "colonies"@en , "Völker"@de ; sh:severity sh:Info ;
        sh:message "R: too few", "R: zu wenige"@de ; sh:description "In order to count."@en-GB .
    """
    german, other = read(text, "de", "en")["R"], read(text, "fr")["R"]
    assert (german.name, german.message, german.description) == ("Völker", "zu wenige", "In order to count.")
    assert (other.name, other.message, other.severity) == ("Völker", "too few", Severity.INFO)


def test_two_rules_of_one_name_are_told_apart() -> None:
    text = "e:T sh:targetClass e:C ; sh:property e:R , <http://f.org/R> . e:R sh:path e:p ; sh:minCount 1 ."
    found = rules([document(f"{PREFIXES}{text} <http://f.org/R> sh:path e:p ; sh:maxCount 1 .", "shapes.ttl")])
    shared = [problem for problem in missing(found) if "shares its name" in problem.message]
    assert len(shared) == len(found) == 2


def test_shapes_that_cannot_be_read_are_an_error_of_their_file() -> None:
    with pytest.raises(InputError, match=r"^shapes\.ttl: these shapes cannot be read"):
        read(f"{TARGET} e:R sh:path e:p ; sh:in e:noList .")


EXAMPLE = """
    # wrong: not <b>bold</b>
    e:a
      e:p "<script>`x`</script>" .

    # right
    e:a e:p 1 . # right or wrong
"""


def odd_rules() -> tuple[Rule, ...]:
    text = f"""{TARGET}
      e:R sh:path e:p ; sh:minCount 1 ; rdfs:label "a | b" ; sh:message "R: <i>*not*</i> `code` [x](y) &amp; _so_" ;
        sh:description "one\\n   two" ; skos:example '''{EXAMPLE}''' .
    """
    return tuple(read(text).values())


def test_an_example_is_two_pieces_with_remarks_and_without_shared_indentation() -> None:
    (rule,) = odd_rules()
    assert rule.wrong == Example('e:a\n  e:p "<script>`x`</script>" .', "not <b>bold</b>")
    assert rule.right == Example("e:a e:p 1 . # right or wrong")
    assert rule.description == "one two"
    assert missing([rule]) == []


def test_markup_in_a_rule_is_text_in_html() -> None:
    text = rules_page(odd_rules(), "<u>Odd</u>")
    page = Page(text)
    assert not {"script", "i", "b", "u"} & set(page.elements)
    assert '"<script>`x`</script>"' in page.text
    assert "<i>*not*</i> `code` [x](y) &amp; _so_" in page.text
    assert "R" in page.anchors
    assert "nav" not in page.elements, "it stands by itself"
    assert [link for link in page.links if not link.startswith("#")] == ["http://e.org/R"]


def test_markup_in_a_rule_is_text_in_markdown() -> None:
    text = as_markdown(odd_rules(), "Odd")
    assert r"\<i\>\*not\*\</i\> \`code\` \[x\](y) \&amp; \_so\_" in text
    assert r"## R: a \| b" in text
    assert '```turtle\ne:a\n  e:p "<script>`x`</script>" .\n```' in text


def test_a_project_without_rules_has_a_page_that_says_so() -> None:
    assert "There are no rules" in as_markdown((), "Nothing")
    assert "There are no rules" in rules_page((), "Nothing")
    assert as_json(()) == "[]\n"


# On the web ------------------------------------------------------------------------------------------------------


@cache
def served(address: str) -> str:
    reply = fetch(address, headers={"Accept": "text/html"})
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return reply.text


def test_the_served_page_has_an_anchor_for_every_rule_and_says_all_of_it(server: str) -> None:
    text = served(f"{server}rules")
    page = Page(text)
    assert page.anchors == [*(rule.id for rule in RULES), *(name for name, _, _ in OTHERS)]
    for rule in RULES:
        assert rule.wrong
        assert rule.right
        said = (rule.message, rule.description, rule.checks, rule.wrong.turtle, rule.right.turtle, *rule.queries)
        assert all(part in page.text for part in said), rule.id
        assert f"{rule.file}, line {rule.line}" in page.text
    for severity, number, meaning in counted(RULES):
        assert f"<td>{severity}</td><td>{number}</td><td>{meaning}</td>" in text
    assert "&lt;https://w3id.org/jam-and-justice/id/" in text
    assert "<https:" not in text


def test_the_served_page_links_to_every_shape_and_is_linked_from_the_home_page(server: str) -> None:
    page = Page(served(f"{server}rules"))
    targets = {urljoin(f"{server}rules", link) for link in page.links if urlsplit(link).path.endswith("shape")}
    assert targets == {f"{server}shape#{rule.id}" for rule in RULES}
    assert {rule.id for rule in RULES} <= set(Page(served(f"{server}shape")).anchors)
    assert f"{server}rules" in {urljoin(server, link) for link in Page(served(server)).links}


def test_the_page_is_fetched_again_only_when_it_has_changed(server: str) -> None:
    first = fetch(f"{server}rules")
    again = fetch(f"{server}rules", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")
    assert first.headers["vary"] == "Accept"
    head = fetch(f"{server}rules", "HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(first.body)))


def test_the_page_comes_as_html_only_and_cannot_be_changed(server: str) -> None:
    refused = fetch(f"{server}rules", headers={"Accept": "text/turtle"})
    assert (refused.status, "text/html" in refused.text) == (406, True)
    posted = fetch(f"{server}rules", "POST", body=b"x")
    assert (posted.status, posted.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_the_address_in_a_finding_leads_to_the_rule_under_a_base_with_a_path() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}/graphs/jam/"
    with serving("serve", "--port", str(port), "--base", base):
        for iri in (f"{base}shape#C20", f"{base}shape#Q44", f"{base}shape#PeriodShape"):
            address, _, anchor = rule_page(iri, base).partition("#")
            assert anchor in Page(served(address)).anchors


def test_a_project_without_shapes_is_served_with_a_page_that_says_so(tmp_path: Path) -> None:
    for folder in ("ontology", "data", "queries"):
        (tmp_path / folder).mkdir()
    (tmp_path / "jamjustice.toml").write_text('name = "bare"\nbase = "https://example.org/bare/"\n', "utf-8")
    with serving(cwd=tmp_path) as server:
        assert "There are no rules" in served(f"{server}rules")


def test_shapes_that_cannot_be_read_leave_the_rest_of_the_site_alone(copy: Path) -> None:
    append(copy / "ontology/shapes/core.ttl", "s:C69 a sh:PropertyShape ; sh:path foaf:name ; sh:in s:C01 .")
    with serving(cwd=copy) as server:
        assert fetch(server, headers={"Accept": "text/html"}).status == 200
        reply = fetch(f"{server}rules")
        assert (reply.status, "these shapes cannot be read" in reply.text) == (500, True)
