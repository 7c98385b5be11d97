"""RDF of any format is loaded as it was written, and what is wrong in it is said with its place."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from jamjustice.errors import InputError, UsageError
from jamjustice.graph.load import load, read_document
from jamjustice.graph.locate import LARGE, Locator
from jamjustice.graph.read import document
from jamjustice.graph.sparql import joinable_body
from jamjustice.graph.terms import to_rdflib

if TYPE_CHECKING:
    from jamjustice.graph.exact import ExactStore

TURTLE = """@prefix e: <http://e/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:a e:p "01"^^xsd:integer , "5"^^xsd:int , "1.10"^^xsd:decimal , "colour"@EN , "x"@en , "true"^^xsd:boolean , 7 .
"""


def written(store: ExactStore) -> set[str]:
    return {to_rdflib(triple.object).n3() for triple in store.triples()}


def test_literals_are_kept_as_they_were_written() -> None:
    loaded = load([("a.ttl", TURTLE.encode())])
    assert written(loaded.store) == {to_rdflib(t.object).n3() for t in document(TURTLE, "a.ttl").triples}
    assert len(loaded.store) == 7
    assert not loaded.store.ambiguous


@pytest.mark.parametrize("tags", ['"x"@en , "x"@EN', '"x"@En , "x"@EN'])
def test_tags_that_differ_in_capitals_only_are_noticed(tags: str) -> None:
    assert load([("a.ttl", f"<http://a> <http://p> {tags} .".encode())]).store.ambiguous


def test_a_store_finds_what_engines_take_for_the_same_term() -> None:
    store = load([("a.ttl", TURTLE.encode())]).store
    colour = store.stored(ox.Literal("colour", language="en"))
    assert next(store.store.quads_for_pattern(None, None, colour, None), None) is not None
    assert store.stored(ox.Literal("7", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))) in {
        quad.object for quad in store.store
    }


FORMATS = {
    "a.nt": "<http://a> <http://p> <http://b> .",
    "a.nq": "<http://a> <http://p> <http://b> <http://graph> .",
    "a.trig": "<http://graph> { <http://a> <http://p> <http://b> }",
    "a.jsonld": '{"@id": "http://a", "http://p": {"@id": "http://b"}}',
    "a.rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:h="http:">'
    '<rdf:Description rdf:about="http://a"><p xmlns="http://" rdf:resource="http://b"/></rdf:Description></rdf:RDF>',
    "-": "<http://a> <http://p> <http://b> .",
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read_packed_or_not(name: str, *, packed: bool) -> None:
    data = gzip.compress(FORMATS[name].encode()) if packed else FORMATS[name].encode()
    expected = [ox.Triple(ox.NamedNode("http://a"), ox.NamedNode("http://p"), ox.NamedNode("http://b"))]
    assert list(load([(name, data)]).store.triples()) == expected
    assert list(read_document(data, name).triples) == expected


def test_blank_nodes_of_two_files_stay_apart() -> None:
    loaded = load([("a.ttl", b"_:x <http://p> 1 ."), ("b.ttl", b"_:x <http://p> 1 .")])
    assert len({triple.subject for triple in loaded.store.triples()}) == 2


def test_every_file_is_looked_at_before_anything_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        load([("a.ttl", b"<http://a> <http://p> ."), ("b.nt", b"nonsense"), ("c.gz", gzip.compress(b"x")[:12])])
    assert [problem.file for problem in caught.value.problems] == ["a.ttl", "b.nt", "c.gz"]


@pytest.mark.parametrize("name", ["a.docx", "folder.ttl/a.pdf", "a.csv.gz"])
def test_a_suffix_that_says_nothing_is_refused_with_those_that_do(name: str) -> None:
    with pytest.raises(UsageError, match=r"\.ttl, \.nt, "):
        load([(name, b"")])


def test_rdf_1_2_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match=r"a\.ttl:2:.*RDF 1\.2"):
        load([("a.ttl", b'<http://a> <http://p> "x" .\n<http://a> <http://p> <<( <http://a> <http://p> 1 )>> .')])


def test_a_context_elsewhere_is_not_fetched() -> None:
    with pytest.raises(InputError, match=r"a\.jsonld"):
        load([("a.jsonld", b'{"@context": "https://example.org/context", "@id": "http://a", "name": "x"}')])


def test_places_in_a_large_text_are_those_of_the_whole_scan() -> None:
    blocks = [
        f'e:t{n} a e:T ;  # "a comment. <\n  e:p "it\'s {n}. " , """two\nlines. """ ; e:q {n}.5 .' for n in range(9000)
    ]
    text = "@prefix e: <http://e/> .\n" + "\n".join(blocks) + "\n<http://e/last> e:p 'x' .\n"
    found = document(text, "large.ttl")
    assert len(text) > LARGE
    subjects = [ox.NamedNode(f"http://e/{name}") for name in ("t0", "t17", "t8999", "last")]
    quick, whole = Locator([found], subjects), Locator([found])
    for subject in subjects:
        assert quick.block(subject) == whole.block(subject) is not None
    half = ox.Literal("17.5", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
    statement = (ox.NamedNode("http://e/t17"), ox.NamedNode("http://e/q"), half)
    assert quick.statement(*statement) == whole.statement(*statement) is not None


def test_a_block_in_an_unusual_form_is_found_all_the_same() -> None:
    text = (
        "@base <http://e/> .\n@prefix e: <http://e/> .\n" + "e:a e:p 1 .\n" * 20_000 + "<b> e:p 2 .\ne:c\\'d e:p 3 .\n"
    )
    for name in ("b", "c'd"):
        subject = ox.NamedNode(f"http://e/{name}")
        assert Locator([document(text, "a.ttl")], [subject]).block(subject) is not None


NOT_JOINABLE = [
    "SELECT $this { { FILTER($this = <http://a>) } }",
    "SELECT $this { ?s ?p ?o { ?s ?p ?o FILTER(?s = $this) } }",
    "SELECT $this { OPTIONAL { ?s ?p ?o FILTER(?s = $this) } }",
    "SELECT $this { $this ?p ?o } LIMIT 1",
    "SELECT $this (COUNT(?o) AS ?n) { $this ?p ?o } GROUP BY $this",
    "SELECT $this { { $this ?p 1 } UNION { $this ?p 2 } }",
    "SELECT $this { $this ?p ?o OPTIONAL { BIND(STR($this) AS ?x) } }",
    "ASK { $this ?p ?o }",
]


@pytest.mark.parametrize("query", NOT_JOINABLE)
def test_a_query_in_which_scopes_matter_is_asked_node_by_node(query: str) -> None:
    assert joinable_body(query, "this") is None


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this ?value { $this <p> ?value FILTER(?value > 1) }",
        "PREFIX a: <http://a/> SELECT $this { FILTER NOT EXISTS { $this a:p ?x } }",
        "SELECT $this { FILTER EXISTS { $this <p> ?x FILTER(?x != $this) } OPTIONAL { ?x <q> $this } }",
    ],
)
def test_a_query_in_which_scopes_do_not_matter_is_asked_once(query: str) -> None:
    assert joinable_body(query, "this") is not None
