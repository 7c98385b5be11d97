"""The server as clients see it, over real HTTP: protocol, negotiation, documents, pages, errors, the end."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import threading
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from conftest import ROOT, Reply, cli_environment, fetch, free_port, running, serving, workers_of

if TYPE_CHECKING:
    from conftest import RunCli
    from jamjustice.publish.published import Published

pytestmark = [
    # rdflib warns of itself when it reads JSON-LD and data sets.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning"),
]
BASE = "https://w3id.org/jam-and-justice/"
READING = {"GET", "HEAD", "OPTIONS"}
COUNT = "SELECT (COUNT(*) AS ?n) { ?x a arc:Output }"
CONSTRUCT = "CONSTRUCT { ?x a arc:Output } WHERE { ?x a arc:Output }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
JSON = "application/sparql-results+json"
PROBLEM = "application/problem+json"
GRAPH_TYPES = {
    "text/turtle": "turtle",
    "application/ld+json": "json-ld",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
}
SUFFIXES = {"ttl": "text/turtle", "jsonld": "application/ld+json", "nt": "application/n-triples"}
SUFFIXES |= {"rdf": "application/rdf+xml", "html": "text/html"}
THING, DOCUMENT = "id/person/beth-perry", "doc/person/beth-perry"


def ask(server: str, query: str, accept: str = "", method: str = "GET", **parameters: str | list[str]) -> Reply:
    """A query by GET."""
    pairs = urlencode({"query": query, **{k.replace("_", "-"): v for k, v in parameters.items()}}, doseq=True)
    return fetch(f"{server}sparql?{pairs}", method, {"Accept": accept} if accept else {})


def send(server: str, body: bytes, kind: str, accept: str = "", path: str = "sparql") -> Reply:
    """A POST to the endpoint."""
    headers = {"Content-Type": kind, "Accept": accept}
    return fetch(server + path, "POST", {name: value for name, value in headers.items() if value}, body)


def values(reply: Reply) -> list[dict[str, str]]:
    """The rows of a SPARQL JSON answer."""
    assert reply.status == 200, reply.text
    rows = json.loads(reply.body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def graph(reply: Reply) -> rdflib.Graph:
    assert reply.status == 200, reply.text
    return rdflib.Graph().parse(data=reply.body, format=GRAPH_TYPES[reply.type])


class Page(HTMLParser):
    """The links, the anchors, the headings and the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.elements: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append(tag)
        self.anchors |= {found["id"] or ""} if "id" in found else set()
        self.links += [found[name] or "" for name in ("href", "src", "action") if name in found]

    def handle_data(self, data: str) -> None:
        self.text += data

    def relative_links(self) -> set[str]:
        return {link for link in self.links if not urlsplit(link).scheme and not link.startswith("#")}


# The SPARQL protocol ---------------------------------------------------------------------------------------------


def test_a_query_is_answered_by_get_and_by_both_forms_of_post(server: str) -> None:
    by_get = ask(server, COUNT)
    by_form = send(server, urlencode({"query": COUNT}).encode(), "application/x-www-form-urlencoded")
    by_text = send(server, COUNT.encode(), "application/sparql-query; charset=utf-8")
    assert values(by_get) == values(by_form) == values(by_text) == [{"n": "21"}]


def test_head_has_the_headers_of_get_and_no_body(server: str) -> None:
    for path in (f"sparql?{urlencode({'query': COUNT})}", DOCUMENT, THING, "", "dump/jam-and-justice.nt", "nothing"):
        head, get = fetch(server + path, "HEAD"), fetch(server + path)
        assert (head.status, head.body) == (get.status, b"")
        assert {**head.headers, "date": ""} == {**get.headers, "date": ""}
        assert int(head.headers["content-length"]) == len(get.body)


@pytest.mark.parametrize(
    ("path", "methods"),
    [("sparql", {"GET", "HEAD", "OPTIONS", "POST"}), (DOCUMENT, READING), (THING, READING), ("", READING)],
)
def test_options_tell_what_is_possible(server: str, path: str, methods: set[str]) -> None:
    reply = fetch(server + path, "OPTIONS", {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"})
    assert (reply.status, reply.body) == (204, b"")
    assert set(reply.headers["allow"].split(", ")) == methods
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert "Content-Type" in reply.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("path", "method"),
    [("sparql", "PUT"), ("sparql", "DELETE"), (DOCUMENT, "POST"), (THING, "PUT"), ("dump/jam-and-justice.ttl", "POST")],
)
def test_another_method_is_405_and_says_which_are_possible(server: str, path: str, method: str) -> None:
    reply = fetch(server + path, method, body=b"")
    assert reply.status == 405
    assert method not in reply.headers["allow"].split(", ")
    assert "GET" in reply.headers["allow"].split(", ")


def test_results_come_in_four_formats_with_the_same_answer(server: str) -> None:
    query = "SELECT ?name { ?x a foaf:Person ; foaf:name ?name } ORDER BY ?name LIMIT 3"
    expected = [row["name"] for row in values(ask(server, query, JSON))]
    assert len(expected) == 3
    as_csv = ask(server, query, "text/csv")
    assert list(csv.reader(io.StringIO(as_csv.text))) == [["name"], *([name] for name in expected)]
    as_tsv = ask(server, query, "text/tab-separated-values")
    assert as_tsv.text.splitlines() == ["?name", *(f'"{name}"' for name in expected)]
    as_xml = ask(server, query, "application/sparql-results+xml")
    found = rdflib.query.Result.parse(io.BytesIO(as_xml.body), format="xml")
    assert [str(row[0]) for row in found] == expected  # type: ignore[index]
    types = [reply.headers["content-type"] for reply in (as_csv, as_tsv, as_xml)]
    assert types == [
        "text/csv; charset=utf-8",
        "text/tab-separated-values; charset=utf-8",
        "application/sparql-results+xml",
    ]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "text/turtle"),
        ("application/x-turtle", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/ld+json", "application/ld+json"),
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/trig", "application/trig"),
        ("application/n-quads", "application/n-quads"),
        ("", "text/turtle"),
    ],
)
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE person:beth-perry"])
def test_graphs_come_in_every_rdf_format(server: str, accept: str, kind: str, query: str) -> None:
    reply = ask(server, query, accept)
    assert (reply.status, reply.type) == (200, kind)
    formats = {**GRAPH_TYPES, "application/trig": "trig", "application/n-quads": "nquads"}
    found = rdflib.Dataset(default_union=True)
    found.parse(data=reply.body, format=formats[kind])
    outputs = set(found.subjects(rdflib.RDF.type, rdflib.URIRef(f"{BASE}def#Output")))
    name = rdflib.Literal("Beth Perry")
    assert len(outputs) == 21 if query == CONSTRUCT else (rdflib.URIRef(BASE + THING), None, name) in found


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("text/*", "text/csv"),
        ("application/json", JSON),
        ("text/xml", "application/sparql-results+xml"),
        ("text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("text/csv;q=0.5, */*;q=0.1", "text/csv"),
        ("text/csv; q=0, */*", JSON),
        ("image/png, text/csv;q=0.001", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("application/sparql-results+json;q=0.2,text/html", "text/html"),
        (f"{JSON}, text/csv", JSON),
    ],
)
def test_the_accept_header_chooses_the_format_of_results(server: str, accept: str, kind: str) -> None:
    reply = ask(server, COUNT, accept)
    assert (reply.status, reply.type) == (200, kind)
    assert "Accept" in reply.headers["vary"]


@pytest.mark.parametrize(
    ("query", "accept", "offered"),
    [
        (COUNT, "image/png", "text/csv"),
        (COUNT, "text/turtle", "text/csv"),
        (COUNT, "text/csv;q=0", JSON),
        (CONSTRUCT, "text/csv", "text/turtle"),
    ],
)
def test_what_cannot_be_had_is_406_with_a_list_of_what_can(server: str, query: str, accept: str, offered: str) -> None:
    reply = ask(server, query, accept)
    assert reply.status == 406
    assert offered in reply.text


@pytest.mark.parametrize(
    ("name", "kind"), [("csv", "text/csv"), ("srx", "application/sparql-results+xml"), (JSON, JSON)]
)
def test_the_format_parameter_counts_more_than_the_accept_header(server: str, name: str, kind: str) -> None:
    assert ask(server, COUNT, "text/html", format=name).type == kind
    assert ask(server, COUNT, "image/png", format="word").status == 406


def test_the_dataset_of_a_query_can_be_chosen(server: str, published: Published) -> None:
    page, source = f"{BASE}graph/page", f"{BASE}graph/source"
    sizes = {name: len(set(published.dataset.triples(name))) for name in ("page", "source")}
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    assert values(ask(server, count, default_graph_uri=page)) == [{"n": str(sizes["page"])}]
    both = values(ask(server, count, default_graph_uri=[page, source]))
    assert both == [{"n": str(sizes["page"] + sizes["source"])}]
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert values(ask(server, graphs, named_graph_uri=page)) == [{"g": page}]
    assert values(ask(server, count, named_graph_uri=page)) == [{"n": "0"}]
    assert values(ask(server, graphs, default_graph_uri=page)) == []
    form = urlencode({"query": count, "default-graph-uri": source}).encode()
    assert values(send(server, form, "application/x-www-form-urlencoded")) == [{"n": str(sizes["source"])}]
    direct = send(server, count.encode(), "application/sparql-query", path=f"sparql?default-graph-uri={quote(source)}")
    assert values(direct) == [{"n": str(sizes["source"])}]


def test_without_a_choice_the_default_graph_is_the_union_of_all(server: str, published: Published) -> None:
    triples = {quad.triple for quad in published.quads()}
    assert values(ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")) == [{"n": str(len(triples))}]
    graphs = values(ask(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"))
    assert {row["g"].rpartition("/")[2] for row in graphs} == set(published.graph_names) - {"links"}


@pytest.mark.parametrize("iri", ["x", "a b", "http://e/ a", ""])
@pytest.mark.parametrize("name", ["default_graph_uri", "named_graph_uri"])
def test_a_graph_that_is_no_iri_is_400_and_no_harm_is_done(server: str, name: str, iri: str) -> None:
    reply = ask(server, "ASK {}", **{name: iri})
    assert reply.status == 400
    assert "IRI" in reply.text
    assert values(ask(server, COUNT)) == [{"n": "21"}]


@pytest.mark.parametrize(
    ("body", "kind", "status", "says"),
    [
        (b"", "application/sparql-query", 400, "Give a query"),
        (b" \n", "application/sparql-query", 400, "Give a query"),
        (b"", "application/x-www-form-urlencoded", 400, "Give a query"),
        (b"query=ASK%7B%7D&query=ASK%7B%7D", "application/x-www-form-urlencoded", 400, "only one query"),
        (b"query=ASK%20%7B%20%E9%20%7D", "application/x-www-form-urlencoded", 400, "not UTF-8"),
        (b"ASK { ?s ?p 'caf\xe9' }", "application/sparql-query", 400, "not UTF-8"),
        (b"query=ASK%7B%7D&timeout=soon", "application/x-www-form-urlencoded", 400, "seconds"),
        (b"query=ASK%7B%7D&timeout=nan", "application/x-www-form-urlencoded", 400, "seconds"),
        (b"query=ASK%7B%7D&timeout=-1", "application/x-www-form-urlencoded", 400, "seconds"),
        (b"update=DROP%20ALL", "application/x-www-form-urlencoded", 403, "refused"),
        (b"DROP ALL", "application/sparql-update", 403, "refused"),
        (b"DROP ALL", "application/sparql-query", 403, "refused"),
        (b"INSERT DATA { <http://e/a> a <http://e/b> }", "application/sparql-query", 403, "refused"),
        (b"SELECT * { SERVICE <http://127.0.0.1:1/> { } }", "application/sparql-query", 403, "SERVICE"),
        (b"SELECT * { service SILENT <http://127.0.0.1:1/> { } }", "application/sparql-query", 403, "SERVICE"),
        (b"ASK {}", "text/plain", 415, "application/sparql-query"),
        (b"ASK {}", "application/json", 415, "application/sparql-query"),
        (b"ASK {}", "", 415, "application/sparql-query"),
        (b"#" * 1_000_001, "application/sparql-query", 413, "1,000,000"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_request_that_cannot_be_answered_gets_its_status_and_a_reason(
    server: str, body: bytes, kind: str, status: int, says: str
) -> None:
    reply = send(server, body, kind, "application/json")
    assert (reply.status, reply.type) == (status, PROBLEM)
    problem = json.loads(reply.body)
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert says in problem["detail"]
    assert problem["title"]
    plain = send(server, body, kind)
    assert (plain.status, plain.type) == (status, "text/plain")
    assert plain.text == f"{status} {problem['title']}\n\n{problem['detail']}\n"


def test_no_query_and_two_queries_by_get_are_400(server: str) -> None:
    assert fetch(f"{server}sparql").status == 400
    assert fetch(f"{server}sparql?query=").status == 400
    assert fetch(f"{server}sparql?query=ASK%7B%7D&query=ASK%7B%7D").status == 400
    assert fetch(f"{server}sparql?query=ASK%7B%E9%7D").status == 400


def test_a_word_in_a_string_or_a_comment_is_no_call_and_no_update(server: str) -> None:
    assert values(ask(server, "SELECT ('SERVICE DROP' AS ?x) {} # SERVICE <x> INSERT")) == [{"x": "SERVICE DROP"}]


def test_a_syntax_error_is_400_with_line_column_and_caret(server: str) -> None:
    for accept in ("", "text/html", "*/*"):
        reply = ask(server, "SELECT ?x\n{ ?x zorg:p 1 }", accept)
        assert (reply.status, reply.type) == (400, "text/plain")
        assert "line 2, column 6: the prefix zorg: is not declared" in reply.text
        assert "\n    { ?x zorg:p 1 }\n         ^\n" in reply.text
    detail = json.loads(ask(server, "SELECT ?x\n{ ?x zorg:p 1 }", "application/json").body)["detail"]
    assert detail.endswith("\n    { ?x zorg:p 1 }\n         ^")


def test_a_runaway_query_ends_at_its_limit_while_others_are_answered(server: str) -> None:
    found: list[Reply] = []
    thread = threading.Thread(target=lambda: found.append(ask(server, RUNAWAY, timeout="1")))
    start = time.monotonic()
    thread.start()
    answered = 0
    while thread.is_alive():
        assert values(ask(server, COUNT)) == [{"n": "21"}]
        answered += 1
    thread.join()
    assert time.monotonic() - start < 8
    assert answered >= 1
    assert (found[0].status, "took longer than 1 s" in found[0].text) == (504, True)
    assert values(ask(server, COUNT)) == [{"n": "21"}]


@pytest.mark.parametrize(
    "query",
    [f"SELECT * {'{' * 5000}{'}' * 5000}", f"SELECT * {{ FILTER({'(' * 5000}1{')' * 5000}) }}"],
    ids=["groups", "brackets"],
)
def test_a_query_nested_5000_deep_is_503_and_the_next_one_is_answered(server: str, query: str) -> None:
    reply = send(server, urlencode({"query": query}).encode(), "application/x-www-form-urlencoded")
    assert reply.status == 503
    assert "nested too deeply" in reply.text
    assert int(reply.headers["retry-after"]) > 0
    assert values(ask(server, COUNT)) == [{"n": "21"}]


def test_many_clients_at_once_all_get_the_right_answer(server: str) -> None:
    found: list[list[dict[str, str]]] = []

    def work(number: int) -> None:
        found.extend(values(ask(server, f"SELECT ({number} AS ?n) {{}}")) for _ in range(5))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row["n"] for rows in found for row in rows) == sorted(str(n) for n in range(12) for _ in range(5))


def test_a_browser_gets_a_form_and_a_table(server: str) -> None:
    form = Page(fetch(f"{server}sparql", headers={"Accept": "text/html"}).text)
    assert {"form", "textarea"} <= set(form.elements)
    table = ask(server, "SELECT ?x ('<b>&' AS ?y) { BIND(person:beth-perry AS ?x) }", "text/html")
    assert (table.status, table.type) == (200, "text/html")
    page = Page(table.text)
    assert "Beth Perry" in page.text
    assert "<b>&" in page.text
    assert "b" not in page.elements
    assert "yes" in Page(ask(server, "ASK { ?s ?p ?o }", "text/html").text).text


def test_sparqlwrapper_gets_right_answers(server: str) -> None:
    from SPARQLWrapper import JSON as AS_JSON
    from SPARQLWrapper import JSONLD, N3, POST, RDFXML, TURTLE, XML, SPARQLWrapper

    def client(query: str, form: str, method: str = "GET") -> Any:
        wrapper = SPARQLWrapper(f"{server}sparql")
        wrapper.setReturnFormat(form)
        wrapper.setMethod(method)
        wrapper.setQuery(query)
        return wrapper.queryAndConvert()

    for method in ("GET", POST):
        rows = client(COUNT, AS_JSON, method)["results"]["bindings"]
        assert [row["n"]["value"] for row in rows] == ["21"]
        assert client("ASK { person:beth-perry a foaf:Person }", AS_JSON, method)["boolean"] is True
        assert client("ASK { person:beth-perry a foaf:Group }", AS_JSON, method)["boolean"] is False
    assert ">21<" in client(COUNT, XML).toxml()
    for form in (TURTLE, N3):
        text = client(CONSTRUCT, form)
        assert len(rdflib.Graph().parse(data=text, format="turtle")) == 21
    for form in (RDFXML, JSONLD):
        assert len(client(CONSTRUCT, form)) == 21


# Things and documents --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def things(published: Published) -> list[str]:
    """The paths of every thing, without the base."""
    subjects = {quad.subject.value for quad in published.quads() if isinstance(quad.subject, ox.NamedNode)}
    return sorted(iri.removeprefix(BASE) for iri in subjects if iri.startswith(f"{BASE}id/"))


def test_every_thing_leads_to_a_document_in_turtle_and_html(server: str, things: list[str]) -> None:
    assert len(things) == 331
    for path in things:
        answer = fetch(server + path)
        assert answer.status == 303, path
        document = urljoin(server + path, answer.headers["location"])
        assert document == server + path.replace("id/", "doc/", 1)
        turtle = fetch(document)
        assert (turtle.status, turtle.type) == (200, "text/turtle")
        subjects = {quad.subject for quad in ox.parse(turtle.body, format=ox.RdfFormat.TURTLE)}
        assert ox.NamedNode(BASE + path) in subjects, path
        page = fetch(document, headers={"Accept": "text/html"})
        assert (page.status, page.type) == (200, "text/html")
        assert BASE + path in page.text


def test_everything_else_that_is_described_answers_at_its_own_address(server: str, published: Published) -> None:
    subjects = {quad.subject.value for quad in published.quads() if isinstance(quad.subject, ox.NamedNode)}
    others = {iri.removeprefix(BASE).partition("#")[0] for iri in subjects if iri.startswith(BASE)}
    others = {path for path in others if not path.startswith("id/")}
    assert {"graph/page", "queries/project-team", "dataset/jam-and-justice"} <= others
    for path in others:
        reply = fetch(server + path)
        assert (reply.status, reply.type) == (200, "text/turtle"), path
        assert rdflib.URIRef(BASE + path) in set(graph(reply).subjects()), path
        assert fetch(server + path, headers={"Accept": "text/html"}).type == "text/html"


@pytest.mark.parametrize("document", [DOCUMENT, "doc/output/life-lessons", "doc/project/jam-and-justice", "def", ""])
def test_all_rdf_formats_of_a_document_hold_the_same_graph(server: str, document: str) -> None:
    turtle = graph(fetch(server + document, headers={"Accept": "text/turtle"}))
    assert len(turtle) > 10
    for kind in GRAPH_TYPES:
        other = fetch(server + document, headers={"Accept": kind})
        assert other.type == kind
        assert isomorphic(graph(other), turtle), kind


def test_a_document_holds_what_is_said_of_the_thing_what_points_at_it_and_labels(
    server: str, published: Published
) -> None:
    found = graph(fetch(server + DOCUMENT))
    thing = rdflib.URIRef(BASE + THING)
    node = ox.NamedNode(BASE + THING)
    about = {quad.triple for quad in published.quads() if quad.subject == node}
    pointing = {quad.triple for quad in published.quads() if quad.object == node}
    assert len(list(found.predicate_objects(thing))) == len(about) > 5
    assert len(list(found.subject_predicates(thing))) == len(pointing) + 1 > 5  # and foaf:primaryTopic
    assert (rdflib.URIRef(BASE + DOCUMENT), rdflib.FOAF.primaryTopic, thing) in found


@pytest.mark.parametrize(("suffix", "kind"), SUFFIXES.items())
def test_the_suffix_of_a_document_counts_more_than_the_accept_header(server: str, suffix: str, kind: str) -> None:
    for document in (DOCUMENT, "def", "shape", "graph/page"):
        reply = fetch(f"{server}{document}.{suffix}", headers={"Accept": "image/png"})
        assert (reply.status, reply.type) == (200, kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("ttl", "text/turtle"), ("turtle", "text/turtle"), ("nt", "application/n-triples"), ("html", "text/html"),
     ("jsonld", "application/ld+json"), ("application%2Frdf%2Bxml", "application/rdf+xml")],
)  # fmt: skip
def test_the_format_parameter_of_a_document_counts_more_than_the_accept_header(
    server: str, name: str, kind: str
) -> None:
    reply = fetch(f"{server}{DOCUMENT}?format={name}", headers={"Accept": "text/html;q=0.5, application/ld+json"})
    assert (reply.status, reply.type) == (200, kind)


def test_a_format_that_there_is_not_is_406_with_a_list(server: str) -> None:
    for reply in (fetch(f"{server}{DOCUMENT}?format=word"), fetch(server + DOCUMENT, headers={"Accept": "image/png"})):
        assert reply.status == 406
        assert all(kind in reply.text for kind in SUFFIXES.values())


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/turtle"),
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle;q=0.3, application/n-triples;q=0.7", "application/n-triples"),
        ("application/*", "application/ld+json"),
        ("text/turtle;q=0, */*;q=0.1", "application/ld+json"),
        ("application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"", "application/ld+json"),
    ],
)  # fmt: skip
def test_a_browser_gets_html_and_curl_gets_turtle(server: str, accept: str, kind: str) -> None:
    reply = fetch(server + THING, headers={"Accept": accept} if accept else {}, follow=True)
    assert (reply.status, reply.type) == (200, kind)
    assert "Accept" in reply.headers["vary"]
    assert reply.headers["content-type"].endswith("; charset=utf-8") == kind.startswith("text/")


def test_the_other_forms_of_a_document_are_linked_in_its_headers(server: str) -> None:
    links = fetch(server + DOCUMENT).headers["link"].split(", ")
    assert len(links) == 4
    for link in links:
        target, relation, kind = (part.strip() for part in link.split(";"))
        reply = fetch(urljoin(server + DOCUMENT, target.strip("<>")))
        assert relation == 'rel="alternate"'
        assert (reply.status, f'type="{reply.type}"') == (200, kind)


@pytest.mark.parametrize("path", ["id/person/beth-pery", "doc/person/beth-pery", "doc/person/beth-pery.ttl"])
def test_a_thing_that_there_is_not_is_404_and_the_nearest_is_named(server: str, path: str) -> None:
    reply = fetch(server + path)
    assert reply.status == 404
    assert f"{BASE}id/person/beth-perry" in reply.text


@pytest.mark.parametrize(
    "path",
    ["zzzz", "id/", "doc/", "id", "doc", "id/person", "id/../../etc/passwd", "%2e%2e/data", "dump/",
     "dump/x.ttl", "doc/person/beth-perry.exe", "doc//person/beth-perry", "id/person/Beth-Perry"],
)  # fmt: skip
def test_a_path_to_nothing_is_404_with_a_way_on(server: str, path: str) -> None:
    reply = fetch(server + path, headers={"Accept": PROBLEM})
    assert (reply.status, reply.type) == (404, PROBLEM)
    assert json.loads(reply.body)["detail"].endswith(("?", "."))


@pytest.mark.parametrize("path", ["id/%00", "id/%FF", "a%20b", "id/%22%3E", "doc/%3Cscript%3E", "id/%zz", "id/%0d%0a"])
def test_a_path_that_is_no_iri_is_refused_politely(server: str, path: str) -> None:
    reply = fetch(server + path)
    assert reply.status in {400, 404}
    assert reply.type == "text/plain"


@pytest.mark.parametrize(("path", "size"), [("def", 15), ("shape", 100)])
def test_the_vocabulary_and_the_shapes_answer_at_their_iris_with_an_anchor_for_each_term(
    server: str, published: Published, path: str, size: int
) -> None:
    triples = [triple for document in published.dataset.ontology for triple in document.triples]
    subjects = {triple.subject.value for triple in triples if isinstance(triple.subject, ox.NamedNode)}
    terms = {iri for iri in subjects if iri.startswith(f"{BASE}{path}#")}
    assert len(terms) >= size
    assert terms <= {str(subject) for subject in graph(fetch(server + path)).subjects()}
    page = Page(fetch(server + path, headers={"Accept": "text/html"}).text)
    assert {iri.partition("#")[2] for iri in terms} <= page.anchors


def test_the_turtle_of_the_vocabulary_is_all_that_the_ontology_says_of_it(server: str, published: Published) -> None:
    triples = [triple for document in published.dataset.ontology for triple in document.triples]
    expected = {t for t in triples if str(t.subject).strip("<>").partition("#")[0] in {f"{BASE}def", f"{BASE}shape"}}
    assert len(expected) > 500
    found = {
        quad.triple
        for path in ("def", "shape")
        for quad in ox.parse(fetch(server + path).body, format=ox.RdfFormat.TURTLE)
    }
    plain = {triple for triple in expected if not isinstance(triple.object, ox.BlankNode)}
    assert plain <= found


@pytest.mark.parametrize("suffix", ["ttl", "nt", "nq", "trig", "jsonld", "rdf"])
def test_a_dump_is_what_export_writes(server: str, run_cli: RunCli, suffix: str) -> None:
    reply = fetch(f"{server}dump/jam-and-justice.{suffix}")
    assert reply.status == 200
    assert reply.text == run_cli("export", "--format", suffix).out


def test_the_home_page_describes_the_dataset(server: str) -> None:
    found = graph(fetch(server))
    dataset = rdflib.URIRef(f"{BASE}dataset/jam-and-justice")
    assert (dataset, rdflib.RDF.type, rdflib.DCAT.Dataset) in found
    page = Page(fetch(server, headers={"Accept": "text/html"}).text)
    assert "Beth Perry" in page.text


def test_the_context_is_json_ld(server: str) -> None:
    reply = fetch(f"{server}context.jsonld")
    assert (reply.status, reply.type) == (200, "application/ld+json")
    assert json.loads(reply.body)["@context"]["arc"] == f"{BASE}def#"


def test_an_unchanged_document_is_304_by_its_etag(server: str) -> None:
    query = f"sparql?{urlencode({'query': COUNT})}"
    for path in (DOCUMENT, "", "def", "dump/jam-and-justice.nt", query):
        first = fetch(server + path)
        tag = first.headers["etag"]
        assert tag == fetch(server + path).headers["etag"]
        for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = fetch(server + path, headers={"If-None-Match": condition})
            assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert fetch(server + path, headers={"If-None-Match": '"other"'}).status == 200
    tags = {fetch(server + DOCUMENT, headers={"Accept": kind}).headers["etag"] for kind in (*GRAPH_TYPES, "text/html")}
    assert len(tags) == 5


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [(DOCUMENT, "GET", 200), (THING, "GET", 303), ("nothing", "GET", 404), ("sparql", "GET", 400),
     ("sparql", "PUT", 405), ("sparql", "POST", 415), ("sparql", "OPTIONS", 204),
     ("dump/jam-and-justice.ttl", "HEAD", 200),
     ("sparql?query=SELECT", "GET", 400), (f"{DOCUMENT}?format=x", "GET", 406), ("context.jsonld", "GET", 200)],
)  # fmt: skip
def test_a_script_of_another_site_may_read_every_answer_errors_included(
    server: str, path: str, method: str, status: int
) -> None:
    reply = fetch(server + path, method, {"Origin": "https://example.org"}, b"" if method in {"POST", "PUT"} else None)
    assert reply.status == status
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "Location" in reply.headers["access-control-expose-headers"]


# Pages -----------------------------------------------------------------------------------------------------------

PAGES = [
    "",
    "rules",
    "sparql",
    "def",
    "shape",
    "doc/person/beth-perry",
    "doc/project/jam-and-justice",
    "doc/output/life-lessons",
    "doc/output/co-producing-the-city",
    "doc/topic/co-production",
    "doc/place/sheffield",
    "doc/source/project-page/line/13",
    "doc/event/learn-and-do",
    "doc/periodical/nature",
    "doc/note/reading-season",
    "graph/page",
    "queries/project-team",
]


def broken_links(server: str, pages: list[str]) -> tuple[set[str], int]:
    """Relative links of pages that do not lead to a page, and how many there are that do."""
    found: dict[str, int] = {}
    for path in pages:
        reply = fetch(server + path, headers={"Accept": "text/html"})
        assert (reply.status, reply.type) == (200, "text/html"), path
        for link in Page(reply.text).relative_links():
            target = urljoin(server + path, link).partition("#")[0]
            if target not in found:
                found[target] = fetch(target, headers={"Accept": "text/html, */*;q=0.1"}, follow=True).status
    return {target for target, status in found.items() if status != 200}, len(found)


def test_every_relative_link_of_a_page_leads_to_a_page(server: str) -> None:
    broken, number = broken_links(server, PAGES)
    assert broken == set()
    assert number > 331


def test_every_link_to_a_term_has_its_anchor(server: str) -> None:
    for path in ("doc/output/life-lessons", "def"):
        for link in Page(fetch(server + path, headers={"Accept": "text/html"}).text).relative_links():
            target, _, anchor = urljoin(server + path, link).partition("#")
            if anchor:
                assert anchor in Page(fetch(target, headers={"Accept": "text/html"}, follow=True).text).anchors, link


def test_pages_are_html_that_closes_what_it_opens(server: str) -> None:
    class Balance(HTMLParser):
        open_ones: list[str] = []  # noqa: RUF012 - set anew for each page

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag not in {"meta", "link", "br", "input", "img", "hr"}:
                self.open_ones.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert self.open_ones.pop() == tag

    for path in PAGES:
        parser = Balance()
        parser.open_ones = []
        text = fetch(server + path, headers={"Accept": "text/html"}).text
        parser.feed(text)
        parser.close()
        assert parser.open_ones == [], path
        assert text.startswith("<!doctype html>\n<html lang=")
        assert "<title></title>" not in text


def test_markup_in_a_label_is_text_on_every_page(copy: Path) -> None:
    evil = "<script>alert(1)</script>\"&' <b>x"
    (copy / "data/page/zz.ttl").write_text(
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        f"<{BASE}id/output/evil> a <{BASE}def#Output> ; dcterms:title '''{evil}'''@en ;\n"
        f"  dcterms:references <{BASE}id/output/evil> , <http://example.org/?a=1&b=%22onload=x> .\n",
        "utf-8",
    )
    with serving(cwd=copy) as server:
        for path in ("", "doc/output/evil", f"sparql?{urlencode({'query': 'SELECT * { ?x dcterms:title ?t }'})}"):
            reply = fetch(server + path, headers={"Accept": "text/html"})
            assert reply.status == 200
            page = Page(reply.text)
            assert "script" not in page.elements
            assert evil in page.text, path
        query = f"sparql?{urlencode({'query': 'SELECT (1 AS ?x) {} # </textarea><script>'})}"
        assert "script" not in Page(fetch(server + query, headers={"Accept": "text/html"}).text).elements
        missing = fetch(f"{server}id/%3Cscript%3E", headers={"Accept": "text/html"})
        assert (missing.status in {400, 404}, missing.type) == (True, "text/plain")
        assert missing.headers["x-content-type-options"] == "nosniff"


# Another base, and the end ---------------------------------------------------------------------------------------


def test_under_a_base_with_a_path_everything_answers_with_and_without_that_path() -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}/sub/path/"
    with serving("serve", "--port", str(port), "--base", base) as server:
        for root in (server, base):
            answer = fetch(root + THING)
            assert answer.status == 303
            assert urljoin(root + THING, answer.headers["location"]) == root + DOCUMENT
            found = graph(fetch(root + THING, follow=True))
            assert rdflib.URIRef(base + THING) in set(found.subjects())
            assert not any(BASE in str(term) for triple in found for term in triple)
            assert values(ask(root, COUNT)) == [{"n": "21"}]
            for path in ("", "def", "shape", "context.jsonld", "dump/jam-and-justice.nq", "doc/person/tim-may.jsonld"):
                reply = fetch(root + path)
                assert reply.status == 200, path
                assert BASE.encode() not in reply.body, path
            pages = ["", "sparql", "def", "doc/person/beth-perry", "doc/output/life-lessons", "queries/project-team"]
            broken, number = broken_links(root, pages)
            assert broken == set()
            assert number > 331


def test_the_server_says_where_it_is_and_three_things_to_try_that_work() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "jamjustice", "serve", "--port", "0"],
        cwd=ROOT,
        env=cli_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        lines = [process.stderr.readline() for _ in range(4)]
        try:
            assert "Ctrl-C stops it" in lines[0]
            assert all(line.startswith("  curl ") for line in lines[1:])
            for line in lines[1:]:
                url = next(word for word in line.split() if word.startswith("http://"))
                data = line.partition("'")[2].rpartition("'")[0]
                query = "?" + urlencode([tuple(data.split("=", 1))]) if data else ""  # type: ignore[list-item]
                assert fetch(url + query, follow=True).status == 200
        finally:
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
    assert (process.returncode in {0, 130}, out) == (True, "")
    assert "Traceback" not in err


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_ctrl_c_ends_the_server_and_its_workers_while_a_query_runs() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "jamjustice", "serve", "--port", "0"],
        cwd=ROOT,
        env=cli_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    server = process.stderr.readline().partition("published at ")[2].split()[0]
    thread = threading.Thread(target=lambda: ask(server, RUNAWAY, timeout="2"), daemon=True)
    thread.start()
    workers = workers_of(process.pid)
    time.sleep(0.5)
    start = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 8
    assert process.returncode in {0, 130}
    assert "Traceback" not in err
    thread.join(5)
    time.sleep(0.3)
    assert [pid for pid in workers if running(pid)] == []
