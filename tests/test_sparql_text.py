"""SPARQL text is read as the grammar says, and what is wrong with a query is said where it is wrong."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from jamjustice.errors import QueryRefused
from jamjustice.graph.sparql import keywords, query_form, replace_variables, syntax_problem, understand, variables
from jamjustice.graph.tokens import tokens
from jamjustice.store.guard import refuse

NESTED = (
    'SELECT * { ?s ?p "SERVICE { ?x }", \'LOAD\', """DROP\n"INSERT" """ ; <http://e/SERVICE#?y> e:SERVICE } # CLEAR ?z'
)


def test_words_in_strings_iris_names_and_comments_are_no_keywords() -> None:
    assert keywords(NESTED) == {"SELECT"}


def test_variables_in_strings_iris_and_comments_are_no_variables() -> None:
    assert variables(NESTED) == {"s", "p"}
    assert variables("SELECT $a ?a_1 { $a ?é ?a_1 }") == {"a", "a_1", "é"}


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("# SELECT\nPREFIX ask: <http://e/ask> BASE <http://e/> prefix : <x>\nconstruct {} {}", "CONSTRUCT"),
        ("DESCRIBE <http://e/>", "DESCRIBE"),
        ("INSERT DATA {}", ""),
        ("PREFIX e: <http://e/>", ""),
        ("", ""),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text: str, form: str) -> None:
    assert query_form(text) == form


def test_a_variable_is_replaced_as_a_whole_and_only_where_it_is_one() -> None:
    text = 'SELECT ?v { ?v ?p "?v" ; e:v <http://e/?v> ; ?p $v , ?vv , ?v. } # ?v'
    replaced = 'SELECT 1 { 1 ?p "?v" ; e:v <http://e/?v> ; ?p 1 , ?vv , 1. } # ?v'
    assert replace_variables(text, {"v": "1"}.get) == replaced
    assert replace_variables(text, lambda _: None) == text


def test_a_comparison_is_no_iri() -> None:
    text = "SELECT * { FILTER(?a<?b && ?c>?d) }"
    assert variables(text) == {"a", "b", "c", "d"}
    assert replace_variables(text, {"b": "2"}.get) == "SELECT * { FILTER(?a<2 && ?c>?d) }"


def test_tokens_cover_the_text_but_for_its_spaces() -> None:
    assert "".join("".join(t.text for t in tokens(NESTED)).split()) == "".join(NESTED.split())
    assert [(t.text, t.at) for t in tokens("a\tb\n# c d\n?e")] == [("a", 0), ("b", 2), ("# c d", 4), ("?e", 10)]


def complaint_about(text: str, prefixes: dict[str, str] | None = None) -> str:
    """What the engine says of a query."""
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text, prefixes=prefixes or {})
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the query is empty"),
        ("# only this", 1, 1, "the query is empty"),
        ("SELCT * { ?s ?p ?o }", 1, 1, 'not with "SELCT"'),
        ("PREFIX e: <http://e/>\n  FIND ?s", 2, 3, 'not with "FIND"'),
        ("SELECT * {\n  ?s e:p ?o }", 2, 6, "the prefix e: is not declared"),
        ("SELECT * {\n ?s ?p ?o", 1, 10, 'the "{" that starts here is not closed'),
        ("SELECT * { ?s ?p ?o } }", 1, 23, 'this "}" closes nothing'),
        ("SELECT * { FILTER(?x = 1 }", 1, 18, 'the "(" that starts here is not closed'),
        ('SELECT * { ?s ?p "open }', 1, 18, "the string that starts here is not closed"),
    ],
)
def test_a_common_mistake_is_named_where_it_is(text: str, line: int, column: int, message: str) -> None:
    complaint = complaint_about(text)
    assert complaint
    found = understand(text, complaint)
    assert found[:2] == (line, column)
    assert message in found[2]


def test_a_prefix_of_the_project_needs_no_declaration() -> None:
    text = "SELECT * { ?s e:p ?o } }"
    assert "closes nothing" in understand(text, complaint_about(text, {"e": "http://e/"}), {"e": "http://e/"})[2]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE { ?s ?p }",
        "SELECT ?s WHERE { ?s ?p ?o } ORDER ?s",
        "SELECT ?s WHERE { ?s ?p ?o } LIMIT many",
        "ASK { FILTER(?x ==== 1) }",
        "SELECT ?a ?b GROUP BY ?a { ?a ?p ?b }",
        "SELECT * { BIND(1 AS ?x) BIND(2 AS ?x) }",
    ],
)
def test_whatever_is_wrong_gets_a_place_inside_of_the_text_and_a_sentence(text: str) -> None:
    line, column, message = understand(text, complaint_about(text))
    assert line == 1
    assert 1 <= column <= len(text) + 1
    assert message.endswith(".")
    assert "expected one of" not in message


def test_a_query_in_a_file_is_shown_with_its_line() -> None:
    text = "SELECT *\nWHERE { ?s ?p }"
    problem = syntax_problem("a.rq", text, complaint_about(text))
    assert str(problem).startswith("a.rq:2:")
    assert problem.source == "WHERE { ?s ?p }"


@pytest.mark.parametrize("text", [NESTED.replace("e:SERVICE", "?o"), "ASK {}", 'SELECT ("DROP" AS ?insert) {}'])
def test_an_ordinary_query_is_not_refused(text: str) -> None:
    refuse(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e/> { ?s ?p ?o } }",
        "SELECT * { service silent ?where { ?s ?p ?o } }",
        "ASK { { FILTER EXISTS { SERVICE<http://e/>{} } } }",
        "INSERT DATA { <a> <b> <c> }",
        "# x\nPREFIX e: <http://e/>\ndelete where { ?s ?p ?o }",
        "LOAD <http://e/>",
        "CLEAR ALL",
        "WITH <http://e/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_an_update_and_a_call_elsewhere_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused):
        refuse(text)


def test_every_update_that_the_engine_knows_is_refused() -> None:
    for text in ("COPY <a:a> TO <a:b>", "MOVE <a:a> TO <a:b>", "ADD <a:a> TO <a:b>", "CREATE GRAPH <a:a>", "DROP ALL"):
        ox.Store().update("CREATE GRAPH <a:a>; " + text if not text.startswith("CREATE") else text)
        with pytest.raises(QueryRefused):
            refuse(text)
