"""The scanner sees what the parser sees, and says truly where it stands."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from conftest import ROOT, shared
from jamjustice.errors import InputError
from jamjustice.graph.locate import Locator
from jamjustice.graph.read import Document, document
from jamjustice.graph.scan import Statement, head, inner_comments, statements
from jamjustice.graph.terms import plain
from jamjustice.graph.tokens import tokens
from jamjustice.graph.write import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jamjustice.graph.scan import Term

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LIST = {RDF + "first", RDF + "rest"}
FILES = sorted(
    path.relative_to(ROOT).as_posix() for folder in ("ontology", "data") for path in (ROOT / folder).rglob("*.ttl")
)
Row = tuple[str, str, str]


def name(term: Term | ox.Triple) -> str:
    """A term as text; a blank node and a list, whatever their names, as an underscore."""
    if term is None or isinstance(term, ox.BlankNode) or term == ox.NamedNode(RDF + "nil"):
        return "_"
    if isinstance(term, ox.Triple):
        raise TypeError("a triple term")
    return str(plain(term))


def parsed(triples: Iterable[ox.Triple]) -> Counter[Row]:
    return Counter(
        (name(t.subject), t.predicate.value, name(t.object)) for t in triples if t.predicate.value not in LIST
    )


def scanned(found: Iterable[Statement]) -> Counter[Row]:
    rows = [(name(s.subject), s.predicate, name(s.object)) for s in found]
    return Counter((s, p.value, o) for s, p, o in rows if isinstance(p, ox.NamedNode) and p.value not in LIST)


def agree(read: Document) -> bool:
    """The same statements; the parser says one that is written twice twice, as the scanner does."""
    return parsed(read.triples) == scanned(statements(read.text))


@pytest.mark.parametrize("file", FILES)
def test_the_scanner_sees_what_the_parser_sees(file: str) -> None:
    read = document((ROOT / file).read_text("utf-8"), file)
    assert agree(read)
    assert all(statement.predicate is not None for statement in statements(read.text))


def test_the_scanner_sees_what_the_parser_sees_in_the_files_of_others() -> None:
    folder = shared("conformance-suites")
    read, differing = 0, []
    for path in sorted(folder.rglob("*.ttl")):
        try:
            found = document(path.read_text("utf-8"), path.relative_to(folder).as_posix())
        except (InputError, UnicodeDecodeError):
            continue  # The scanner is only used on what the parser accepts.
        if any(isinstance(t.object, ox.Triple) or getattr(t.object, "direction", None) for t in found.triples):
            continue  # RDF 1.2
        read += 1
        if not agree(found):
            differing.append(found.path)
    assert differing == []
    assert read > 200


TRICKY = {
    "names": "@prefix : <http://e/> .\n@prefix a.b: <http://f/> .\n:a.b a.b:c.d :e.",
    "escaped names": "PREFIX e: <http://e/>\ne:a\\.b e:%20c e:d\\,e ,e:f\\; .",
    "numbers": "<http://e/a> <http://e/b> 1,-1.5,+1e5 , .5, 1.E3, 1.",
    "booleans": "<http://e/a> <http://e/b> true, false.",
    "strings": '<http://e/a> <http://e/b> \'a # "b"\', """c\n"d" # \\" """, \'\'\'e\'f\'\'\', "".',
    "typed and tagged": "<http://e/a> <http://e/b> \"1\"^^<http://e/t>, 'x'@en-gb , '''y'''@en .",
    "unicode": '<http://e/caf\\u00e9> <http://e/b> "\\U0001F600\\t" .',
    "brackets": "[] <http://e/b> [ <http://e/c> [ a <http://e/d> ] ; <http://e/e> 1 ] .",
    "subject in brackets": "[ <http://e/c> 1 ] <http://e/d> 2 .\n[ <http://e/c> 3 ] .",
    "lists": "<http://e/a> <http://e/b> ( 1 ( 2 ) [ <http://e/c> 3 ] ), () .\n( 1 ) <http://e/d> 4 .",
    "blank nodes": "_:a.b <http://e/b> _:c-d .\n_:1 <http://e/b> _:a.b.",
    "semicolons": "<http://e/a> <http://e/b> 1 ;; <http://e/c> 2 ; .",
    "base": "@base <http://e/f/> .\n<a> <../b> <#c> .\nBASE <http://g/>\n<a> <b> <> .",
    "a as verb and name": "@prefix a: <http://e/> .\na:a a a:a .",
    "comments": "# one <a> .\n<http://e/a#x> <http://e/b> # two\n 'x#y' . # three",
    "prefix again": "@prefix e: <http://e/> .\ne:a e:a e:a .\n@prefix e: <http://f/> .\ne:a e:a e:a .",
    "signs in names": "@prefix e: <http://e/> .\ne:a-1 e:b e:1-.\ne:10 e:é e:a:b .",
}


@pytest.mark.parametrize("text", TRICKY.values(), ids=TRICKY)
def test_tricky_turtle_is_scanned_as_it_is_parsed(text: str) -> None:
    read = document(text, "tricky.ttl")
    assert agree(read)
    assert read.triples


@pytest.mark.parametrize("file", FILES)
def test_a_position_points_at_the_text_of_the_object(file: str) -> None:
    read = document((ROOT / file).read_text("utf-8"), file)
    lines = read.text.splitlines()
    for statement in statements(read.text):
        rest = lines[statement.line - 1][statement.column - 1 :]
        if isinstance(statement.object, ox.NamedNode):
            iri = statement.object.value
            names = {f"<{iri}>"} | {
                f"{prefix}:{iri.removeprefix(start)}"
                for prefix, start in read.prefixes.items()
                if iri.startswith(start)
            }
            assert rest.split()[0] in names
        elif isinstance(statement.object, ox.Literal):
            value = statement.object.value
            starts = (quoted(value), '"""' + value.split("\n")[0].replace("\\", "\\\\"), value)
            assert rest.startswith(starts)
        else:
            assert rest[0] in "[("


@pytest.mark.parametrize("file", FILES)
def test_a_block_points_at_the_text_of_its_subject(file: str) -> None:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    for statement in statements("\n".join(lines)):
        line, column = statement.block
        assert column == 1
        assert lines[line - 1][0] not in " #@"
        assert line < statement.line


def test_lines_and_columns_count_from_one_and_in_characters() -> None:
    text = '@prefix e: <http://e/> .\n\ne:a e:b "é😀" , [ e:c 1 ;\n    e:d ( 2 ) ] ;\n  a e:T .'
    assert [(s.line, s.column) for s in statements(text)] == [(3, 9), (3, 16), (3, 22), (4, 9), (5, 5)]


def test_the_head_is_what_stands_before_the_first_statement() -> None:
    assert head("# a\n\n #b\n@prefix e: <http://e/> .\n# c\n") == "# a\n\n#b\n"
    assert head("<a> <b> <c> . # d") == ""
    assert inner_comments("# a\n<a#b> <c> '# d' .\n# e\n") == [3]


def test_every_character_belongs_to_a_token_or_is_space() -> None:
    for file in FILES:
        text = (ROOT / file).read_text("utf-8")
        covered = "".join(token.text for token in tokens(text))
        assert "".join(covered.split()) == "".join(text.split())


def test_a_block_that_gives_the_type_is_where_a_thing_stands() -> None:
    one = document("<http://e/a> <http://e/p> 1 .", "one.ttl")
    two = document("\n<http://e/a> a <http://e/T> .", "two.ttl")
    thing, type_ = ox.NamedNode("http://e/a"), ox.NamedNode(RDF + "type")
    locator = Locator([one, two])
    assert locator.block(thing) == ("two.ttl", 2, 1)
    assert locator.statement(thing, type_, ox.NamedNode("http://e/T")) == ("two.ttl", 2, 16)
    assert locator.mention(ox.NamedNode("http://e/p")) == ("one.ttl", 1, 27)
    assert locator.block(ox.NamedNode("http://e/b")) is None
