"""One canonical form: nothing is lost, nothing changes the second time, and comments are kept or spoken of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT, append, edit
from jamjustice.graph.dataset import rdflib_graph
from jamjustice.graph.read import document
from jamjustice.graph.terms import TAGGED, tag
from jamjustice.graph.write import canonical, turtle

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from conftest import RunCli

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {"e": "http://e/", "ex": "http://e/x/", "xsd": XSD, "rdf": RDF, "": "http://empty/", "urn": "urn:"}
FILES = sorted(
    path.relative_to(ROOT).as_posix() for folder in ("ontology", "data") for path in (ROOT / folder).rglob("*.ttl")
)

LOCALS = ["a", "b10", "b9", "x/y", "x/", "", "a.b", "a.", "-a", "é", "a%20b", "a#b", "a'b", "1", "a:b", "~a", "x/1.2"]
iris = st.one_of(
    st.sampled_from(["http://e/", "http://empty/", "urn:"]).flatmap(
        lambda start: st.sampled_from([local for local in LOCALS if local or start != "urn:"]).map(
            lambda local: ox.NamedNode(start + local)
        )
    ),
    st.sampled_from([ox.NamedNode(RDF + name) for name in ("type", "nil", "value")]),
    st.just(ox.NamedNode(XSD + "string")),
)
texts = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="\"\\\n\r\t\x00\x01\x08\x0b\x0c\x1f\x7f\x85\u2028\ufeff'@^#a é\U0001f600", max_size=10),
    st.sampled_from(['"""', '"', '\n"', '\n""', 'a\n"""b', "\\", "\n\\", "line\nfeed", "\r\n", "# no comment", ""]),
)
tagged = st.builds(
    lambda text, tag: (
        ox.Literal(text, language=tag) if tag == tag.lower() else ox.Literal(text, datatype=ox.NamedNode(TAGGED + tag))
    ),
    texts,
    st.sampled_from(["en", "en-GB", "EN", "de-1996", "zh-Hant-TW", "de-at"]),
)
numbers = st.builds(
    lambda text, kind: ox.Literal(text, datatype=ox.NamedNode(XSD + kind)),
    st.sampled_from(
        [
            *("1", "01", "+1", "-0", "1.", ".5", "1.0", "-1.50", "1e5", "1.E5", ".5e-3", "+1.0E+05"),
            *("INF", "NaN", "true", "false", "0", "TRUE", "", " 1", "one", "1e", "0x1"),
        ]
    ),
    st.sampled_from(["integer", "decimal", "double", "boolean", "float", "date"]),
)
literals = st.one_of(
    texts.map(ox.Literal),
    tagged,
    numbers,
    st.builds(lambda text, iri: ox.Literal(text, datatype=iri), texts, st.just(ox.NamedNode("http://e/type"))),
)
blanks = st.integers(0, 6).map(lambda number: ox.BlankNode(f"b{number}"))
subjects = st.one_of(iris, blanks)
objects: Any = st.one_of(iris, blanks, literals)
loose = st.lists(st.builds(ox.Triple, subjects, iris, objects), min_size=1, max_size=12)


@st.composite
def trees(  # noqa: C901 - the kinds of nodes draw from each other
    draw: st.DrawFn,
) -> list[ox.Triple]:
    """Blank nodes in trees, lists and circles, with a broken list now and then."""
    made: list[ox.Triple] = []
    count = 0

    def blank() -> ox.BlankNode:
        nonlocal count
        count += 1
        return ox.BlankNode(f"t{count}")

    def node(depth: int) -> Any:
        kind = draw(st.sampled_from(["iri", "literal", "tree", "list"] if depth else ["iri", "literal"]))
        if kind == "tree":
            return tree(depth - 1)
        if kind == "list":
            return chain([node(depth - 1) for _ in range(draw(st.integers(0, 3)))])
        return draw(iris if kind == "iri" else literals)

    def tree(depth: int) -> ox.BlankNode:
        here = blank()
        for _ in range(draw(st.integers(0, 3))):
            made.append(ox.Triple(here, draw(iris), node(depth)))
        return here

    def chain(items: list[Any]) -> ox.NamedNode | ox.BlankNode:
        rest: ox.NamedNode | ox.BlankNode = ox.NamedNode(RDF + "nil")
        for item in reversed(items):
            cell = blank()
            made.append(ox.Triple(cell, ox.NamedNode(RDF + "first"), item))
            made.append(ox.Triple(cell, ox.NamedNode(RDF + "rest"), rest))
            if draw(st.integers(0, 9)) == 0:
                made.append(ox.Triple(cell, draw(iris), draw(literals)))
            rest = cell
        return rest

    for _ in range(draw(st.integers(1, 3))):
        object_ = node(3)
        made.append(ox.Triple(draw(iris), draw(iris), object_))
    if draw(st.booleans()):
        ring = [blank() for _ in range(draw(st.integers(1, 3)))]
        predicate = draw(iris)
        made += [ox.Triple(a, predicate, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    return made


graphs = st.one_of(loose, trees())


def spelled(term: Any) -> Any:
    """A language tag without capitals as a language tag, however it travels."""
    written = tag(term) if isinstance(term, ox.Literal) else ""
    return ox.Literal(term.value, language=written) if written and written == written.lower() else term


def same(triples: list[ox.Triple]) -> set[str]:
    """A graph with its blank nodes named canonically, by the engine itself."""
    data = ox.Dataset(ox.Quad(t.subject, t.predicate, spelled(t.object)) for t in triples)
    data.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in data}


@given(graphs)
def test_any_graph_survives_writing_and_reading(triples: list[ox.Triple]) -> None:
    text = turtle(triples, PREFIXES, own="http://e/x/")
    assert same(list(document(text, "made-up.ttl").triples)) == same(triples)


@given(graphs)
def test_formatting_twice_changes_nothing(triples: list[ox.Triple]) -> None:
    once = turtle(triples, PREFIXES, own="http://e/x/")
    assert turtle(document(once, "made-up.ttl").triples, PREFIXES, own="http://e/x/") == once


@given(graphs, st.randoms(use_true_random=False))
def test_the_order_of_the_statements_does_not_matter(triples: list[ox.Triple], shuffled: random.Random) -> None:
    other = list(triples)
    shuffled.shuffle(other)
    assert turtle(other, PREFIXES) == turtle(triples, PREFIXES)


@given(graphs)
def test_the_names_of_blank_nodes_do_not_matter(triples: list[ox.Triple]) -> None:
    def renamed(term: Any) -> Any:
        return ox.BlankNode(f"z{term.value[::-1]}") if isinstance(term, ox.BlankNode) else term

    other = [ox.Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in triples]
    assert turtle(other, PREFIXES) == turtle(triples, PREFIXES)


@given(graphs)
def test_a_statement_is_written_once_however_often_it_is_given(triples: list[ox.Triple]) -> None:
    assert turtle([*triples, *triples], PREFIXES) == turtle(triples, PREFIXES)
    assert len(canonical(ox.Quad(*t) for t in [*triples, *triples])) == len(set(map(str, triples)))


simple = st.one_of(texts, st.sampled_from(["1", "-0", "01"])).map(ox.Literal) | st.sampled_from(
    [ox.Literal(text, datatype=ox.NamedNode(XSD + "integer")) for text in ("1", "01", "+1")]
    + [ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal")) for text in ("1.0", ".50", "-1.50", "1")]
    + [ox.Literal(text, datatype=ox.NamedNode(XSD + "double")) for text in ("1e5", "1.E5", ".5e-3", "1.0")]
    + [ox.Literal(text, datatype=ox.NamedNode(XSD + "boolean")) for text in ("true", "1")]
)


@given(st.lists(st.builds(ox.Triple, iris, iris, st.one_of(iris, simple, tagged)), min_size=1, max_size=8))
def test_another_reader_reads_the_same(triples: list[ox.Triple]) -> None:
    before = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    try:
        read = rdflib.Graph().parse(data=turtle(triples, PREFIXES), format="turtle")
    finally:
        rdflib.NORMALIZE_LITERALS = before
    assert {row(triple) for triple in read} == {row(triple) for triple in rdflib_graph(triples, {})}


def row(triple: tuple[Any, ...]) -> tuple[tuple[str, ...], ...]:
    """The terms with all that belongs to them; numbers by value, because rdflib reads a bare 01 as 1."""
    return tuple(
        (
            type(term).__name__,
            str(term.toPython() if getattr(term, "datatype", None) else term),
            str(getattr(term, "datatype", "")),
            str(getattr(term, "language", "")).lower(),
        )
        for term in triple
    )


@pytest.mark.parametrize("text", ["²", "x²", "٣", "a٣1", "①"])
def test_digits_that_are_no_ascii_digits_can_be_sorted(text: str) -> None:
    written = turtle(document(f'<http://e/a> <http://e/p> "{text}", "1", "b2" .', "x").triples, {})
    assert f'"{text}"' in written


@pytest.mark.parametrize("depth", [5, 12, 13, 40])
def test_a_deep_tree_and_a_long_list_survive(depth: int) -> None:
    deep = [
        ox.Triple(ox.BlankNode(f"b{n}"), ox.NamedNode("http://e/p"), ox.BlankNode(f"b{n + 1}")) for n in range(depth)
    ]
    long_list = document(f"<http://e/a> <http://e/p> ( {' '.join(map(str, range(50 * depth)))} ) .", "list.ttl").triples
    for triples in (deep, list(long_list)):
        assert same(list(document(turtle(triples, PREFIXES), "x.ttl").triples)) == same(list(triples))


def test_blocks_stand_in_natural_order_with_the_type_first() -> None:
    text = (
        "@prefix e: <http://e/> .\ne:l10 e:b 1 ; e:a 2 ; a e:T .\n"
        'e:l9 <http://www.w3.org/2000/01/rdf-schema#label> "x" ; a e:T , e:S .'
    )
    assert turtle(document(text, "x").triples, {"e": "http://e/"}) == (
        "@prefix e: <http://e/> .\n\n"
        'e:l9\n  a e:S , e:T ;\n  <http://www.w3.org/2000/01/rdf-schema#label> "x" .\n\n'
        "e:l10\n  a e:T ;\n  e:a 2 ;\n  e:b 1 .\n"
    )


def test_own_terms_come_last() -> None:
    text = "<http://e/s> <http://own/a> 1 ; <http://zoo/a> 2 ."
    written = turtle(document(text, "x").triples, {}, own="http://own/")
    assert written == "<http://e/s>\n  <http://zoo/a> 2 ;\n  <http://own/a> 1 .\n"


def test_only_prefixes_that_are_used_are_declared() -> None:
    assert turtle(document("<http://e/s> <http://e/p> 1 .", "x").triples, PREFIXES).count("@prefix") == 1


def test_every_file_of_the_project_is_in_its_canonical_form(run_cli: RunCli) -> None:
    run = run_cli("format", "--check")
    assert (run.code, run.out) == (0, "")
    assert run.err == f"{len(FILES)} files, 0 would be changed.\n"


def test_a_project_in_disorder_is_brought_back_to_the_same_bytes(run_cli: RunCli, copy: Path) -> None:
    path = copy / "data/page/people.ttl"
    before = path.read_bytes()
    edit(path, '  foaf:name "Tim May" ;\n', "")
    append(path, 'person:tim-may\n\tfoaf:name   """Tim May""" .')
    checked = run_cli("format", "--check", cwd=copy)
    assert (checked.code, checked.err.splitlines()[0]) == (1, "data/page/people.ttl would be changed.")
    assert path.read_bytes() != before
    done = run_cli("format", cwd=copy)
    assert (done.code, done.err.splitlines()[0]) == (0, "data/page/people.ttl formatted.")
    assert path.read_bytes() == before


def test_comments_at_the_head_are_kept(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("# One.\n\n  # Two: é\n@prefix e: <http://e/> .\ne:a e:b e:c.")
    assert run_cli("format", "a.ttl", cwd=tmp_path).code == 0
    assert path.read_text("utf-8") == "# One.\n\n# Two: é\n\n@prefix e: <http://e/> .\n\ne:a\n  e:b e:c .\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("@prefix e: <http://e/> . # here\ne:a e:b e:c .", [1]),
        ("# head\n@prefix e: <http://e/> .\n# inside\ne:a e:b 1 ; # and\n e:c '#' .\n#end", [3, 4, 6]),
    ],
)
def test_a_comment_inside_is_refused_and_the_file_left_alone(
    run_cli: RunCli, tmp_path: Path, text: str, lines: list[int]
) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text)
    run = run_cli("format", "a.ttl", cwd=tmp_path)
    assert run.code == 3
    assert [int(row.split(":")[1]) for row in run.err.splitlines() if row.startswith("a.ttl:")] == lines
    assert path.read_text() == text


def test_nothing_is_written_when_one_of_the_files_is_wrong(run_cli: RunCli, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.ttl", tmp_path / "bad.ttl"
    good.write_text("<http://e/a>   <http://e/b> 1 .")
    bad.write_text("<http://e/a> <http://e/b> .")
    run = run_cli("format", "good.ttl", "bad.ttl", cwd=tmp_path)
    assert run.code == 3
    assert "bad.ttl:1:" in run.err
    assert good.read_text() == "<http://e/a>   <http://e/b> 1 ."


def test_standard_input_is_formatted_to_standard_output(run_cli: RunCli, tmp_path: Path) -> None:
    run = run_cli("format", "-", cwd=tmp_path, stdin='<http://e/a> <http://e/b> "é"@en-GB,1 .')
    assert run.code == 0
    assert run.out == '<http://e/a>\n  <http://e/b> 1 , "é"@en-GB .\n'


def test_the_mode_of_a_file_is_kept(run_cli: RunCli, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<http://e/a>   <http://e/b> 1 .")
    path.chmod(0o640)
    assert run_cli("format", str(path)).code == 0
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["a.ttl"]
