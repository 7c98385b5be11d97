"""SPARQL text: its form, its variables, and what an engine's complaint about it means."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from jamjustice.errors import Problem
from jamjustice.graph.tokens import Token, place, tokens
from jamjustice.text import split_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def code(text: str) -> list[Token]:
    """The tokens of a query without its comments."""
    return [token for token in tokens(text) if token.kind != "comment"]


def without_comments(text: str) -> str:
    r"""The query without its comments, some of which a client takes for code.

    >>> without_comments("# CREATE\nASK { <#a> ?p 1 } # end")
    '\nASK { <#a> ?p 1 } '
    """
    pieces, at = [], 0
    for token in tokens(text):
        if token.kind == "comment":
            pieces.append(text[at : token.at])
            at = token.at + len(token.text)
    return "".join([*pieces, text[at:]])


def keywords(text: str) -> set[str]:
    """The bare words of a query in capitals, so neither in a string nor in an IRI, a comment or a name.

    >>> sorted(keywords('SELECT * { SERVICE <x> { ?service a "LOAD" } }'))
    ['A', 'SELECT', 'SERVICE']
    """
    return {token.text.upper() for token in tokens(text) if token.kind == "word"}


def replace_variables(text: str, replacement: Callable[[str], str | None]) -> str:
    """The text with whole variables replaced by terms; never inside of a string, an IRI, a comment or a longer name.

    >>> replace_variables("SELECT ?x { ?x ?_p_iri ?_p_iri2 } # ?_p_iri", {"_p_iri": "<http://e/p>"}.get)
    'SELECT ?x { ?x <http://e/p> ?_p_iri2 } # ?_p_iri'
    """
    pieces, at = [], 0
    for token in tokens(text):
        if token.kind == "variable" and (term := replacement(token.text[1:])) is not None:
            pieces += [text[at : token.at], term]
            at = token.at + len(token.text)
    return "".join([*pieces, text[at:]])


def variables(text: str) -> set[str]:
    """The names of all variables in a text, without their mark."""
    return {token.text[1:] for token in tokens(text) if token.kind == "variable"}


def reaches(text: str, prefixes: Mapping[str, str]) -> set[str] | None:
    """The IRIs that a query names, so that its patterns touch no other predicate; None where they may touch any.

    >>> sorted(reaches("SELECT $this { $this e:p ?o . ?o a <http://e/C> }", {"e": "http://e/"}))
    ['http://e/C', 'http://e/p']
    >>> reaches("SELECT $this { $this ?p ?o }", {}), reaches("SELECT $this { $this !<http://e/p> ?o }", {})
    (None, None)
    >>> reaches("PREFIX f: <http://f/> SELECT $this { $this f:p 1 }", {})
    {'http://f/p'}
    """
    found, terms = set[str](), {"variable", "blank", "string", "number"}
    start = text.find("{")
    prefixes = {**prefixes, **_declared(text[:start])}
    for before, token in itertools.pairwise([Token("", "", 0), *code(text[start:])]):
        if token.kind == "variable" and (before.kind in terms or before.text in {";", "]", ")"}):
            return None
        if before.text in {"!", "("} and token.kind in {"iri", "name"} and "!" in text:
            return None
        if token.kind == "iri":
            found.add(token.text[1:-1])
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            found.add(prefixes.get(prefix, "") + local)
    return found


def _declared(prologue: str) -> dict[str, str]:
    """The prefixes that a query declares itself."""
    found = code(prologue)
    return {
        name.text[:-1]: iri.text[1:-1]
        for word, name, iri in zip(found, found[1:], found[2:], strict=False)
        if word.text.upper() == "PREFIX"
    }


def has_empty_path(text: str) -> bool:
    """Whether a query may hold a path of no steps.

    >>> has_empty_path("SELECT * { ?s <p>* ?o }"), has_empty_path("SELECT (COUNT(*) AS ?n) { ?s <p> ?o }")
    (True, False)
    """
    ends = itertools.pairwise(code(text))
    return any(
        token.text in {"*", "?"} and (before.kind in {"iri", "name"} or before.text in {")", "a"})
        for before, token in ends
    )


def asks_whether_bound(text: str, names: Collection[str]) -> bool:
    """Whether a query asks if one of these variables is bound, or renames one.

    Oxigraph answers that without regard to variables that are bound beforehand.

    >>> asks_whether_bound("SELECT $t { FILTER(BOUND ($t)) }", ["t"])
    True
    >>> asks_whether_bound("SELECT $t { OPTIONAL { $t ?p ?o } FILTER(!BOUND(?o)) }", ["t"])
    False
    """
    asking = 0
    for before, token in itertools.pairwise([Token("", "", 0), Token("", "", 0), *code(text)]):
        if token.text == "(":
            asking = asking + 1 if asking or before.text.upper() in {"BOUND", "COALESCE"} else 0
        elif token.text == ")":
            asking = max(asking - 1, 0)
        named = token.kind == "variable" and token.text[1:] in names
        if named and (asking or before.text.upper() == "AS"):
            return True
        if token.text.upper() == "AS" and before.kind == "variable" and before.text[1:] in names:
            return True
    return False


def joinable_body(text: str, variable: str) -> tuple[str, str] | None:
    """The prologue and the body of a SELECT query whose body may be joined with the values of a variable.

    That is so where every group that computes with the variable has it in a triple pattern too, so that scopes make
    no difference, and nothing counts, cuts or unites rows. None for any other query.

    >>> joinable_body("SELECT $t ?v { $t <p> ?v FILTER(?v > 1) }", "t")
    ('', ' $t <p> ?v FILTER(?v > 1) ')
    >>> joinable_body("SELECT $t ?v { ?s <p> ?v { ?s <q> ?w FILTER(?w = $t) } }", "t")
    """
    found = code(text)
    start = next((i for i, token in enumerate(found) if token.text.upper() == "SELECT"), len(found))
    opening = next((i for i, token in enumerate(found) if token.text == "{" and i > start), len(found))
    words = {token.text.upper() for token in found if token.kind == "word"}
    if opening == len(found) or found[-1].text != "}" or words & _NOT_JOINABLE:
        return None
    groups: list[_Group] = [_Group()]
    for before, token in itertools.pairwise(found[opening:-1]):
        if not _walk(groups, before, token, variable):
            return None
    if len(groups) != 1:
        return None
    return text[: found[start].at], text[found[opening].at + 1 : found[-1].at]


_NOT_JOINABLE = {"GROUP", "HAVING", "LIMIT", "OFFSET", "ORDER", "UNION", "GRAPH", "MINUS", "VALUES", "SERVICE", "COUNT"}


@dataclass
class _Group:
    """A group graph pattern while it is read: how many parentheses are open, and where the variable was seen."""

    open: int = 0
    in_pattern: bool = False
    in_expression: bool = False


def _walk(groups: list[_Group], before: Token, token: Token, variable: str) -> bool:
    """Go one token on; whether the query may still be joinable."""
    group, word = groups[-1], token.text.upper()
    if token.text == "{":
        groups.append(_Group())
        return before.text.upper() in {"EXISTS", "OPTIONAL"}
    if token.text == "}":
        groups.pop()
        return bool(groups) and (group.in_pattern or not group.in_expression)
    if token.text == "(":
        group.open += 1
    elif token.text == ")":
        group.open -= 1
    elif token.kind == "variable" and token.text[1:] == variable:
        group.in_expression = group.in_expression or group.open > 0
        group.in_pattern = group.in_pattern or group.open == 0
    return not (word in {"BIND", "SELECT"} and (len(groups) > 1 or word == "SELECT"))


def query_form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; empty for what is none of them.

    >>> query_form("PREFIX e: <http://e/> ASK { ?select e:p 1 }")
    'ASK'
    """
    rest = after_prologue(text)
    return rest[0].text.upper() if rest and rest[0].text.upper() in _FORMS else ""


def after_prologue(text: str) -> list[Token]:
    """The tokens that follow the PREFIX and BASE declarations."""
    return _after_prologue(code(text))


def _after_prologue(found: list[Token]) -> list[Token]:
    at = 0
    while at < len(found) and found[at].text.upper() in {"PREFIX", "BASE"}:
        at += 3 if found[at].text.upper() == "PREFIX" else 2
    return found[at:]


def understand(text: str, error: str, known: Collection[str] = ()) -> tuple[int, int, str]:
    """Line, column and a sentence of our own for a query that an engine cannot parse.

    An engine reports how far its parser came, which is often the end of the text. So the common mistakes are looked for
    first, then rdflib is asked which clause it cannot read. `known` are prefixes that need no declaration.

    >>> understand("SELECT * { ?s foo:p ?o }", "")
    (1, 15, 'the prefix foo: is not declared. Add a line at the top: PREFIX foo: <the namespace it stands for>')
    """
    found = code(text)
    for look in (_first_word, lambda t: _undeclared(t, known), _unclosed):
        if problem := look(found):
            at, message = problem
            return *place(text, at), message
    reason = _POSITION.match(error)
    said = re.search(r"(?:The|Duplicated) [a-zA-Z ]+[a-zA-Z](?=, |$)", reason[3].split("\n")[0]) if reason else None
    if clause := _clause(text):
        return *clause, f"{said[0]}." if said else "what starts here cannot be read as SPARQL."
    if reason:
        return int(reason[1]), int(reason[2]), f"{said[0]}." if said else "this cannot be read as SPARQL."
    return 1, 1, error.split("\n", maxsplit=1)[0] or "this cannot be read as SPARQL."


def _first_word(found: list[Token]) -> tuple[int, str] | None:
    if not found:
        return 0, "the query is empty."
    rest = _after_prologue(found)
    if not rest or rest[0].text.upper() in _FORMS:
        return None
    return rest[0].at, f'a query starts with SELECT, ASK, CONSTRUCT or DESCRIBE, not with "{rest[0].text[:30]}".'


def _undeclared(found: list[Token], known: Collection[str]) -> tuple[int, str] | None:
    declared = set(known)
    for before, token in itertools.pairwise([Token("", "", 0), *found]):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if before.text == "<" and before.at + 1 == token.at:
            return before.at, "the IRI that starts here is not closed, or holds a space or a quotation mark."
        if before.text.upper() == "PREFIX":
            declared.add(prefix)
        elif prefix not in declared:
            advice = f"Add a line at the top: PREFIX {prefix}: <the namespace it stands for>"
            return token.at, f"the prefix {prefix}: is not declared. {advice}"
    return None


def _unclosed(found: list[Token]) -> tuple[int, str] | None:
    open_ones: list[Token] = []
    for token in found:
        if token.kind != "mark":
            continue
        if token.text in "\"'":
            return token.at, "the string that starts here is not closed."
        if token.text in "{([":
            open_ones.append(token)
        elif token.text in "})]":
            if not open_ones:
                return token.at, f'this "{token.text}" closes nothing.'
            if open_ones[-1].text + token.text not in {"{}", "()", "[]"}:
                return open_ones[-1].at, f'the "{open_ones[-1].text}" that starts here is not closed.'
            open_ones.pop()
    return (open_ones[-1].at, f'the "{open_ones[-1].text}" that starts here is not closed.') if open_ones else None


def _clause(text: str) -> tuple[int, int] | None:
    from pyparsing import ParseException
    from rdflib.plugins.sparql.parser import parseQuery

    try:
        parseQuery(text)
    except ParseException as error:
        return error.lineno, error.column
    except RecursionError:
        return None
    return None


def parse_error(text: str, prefixes: Mapping[str, str]) -> str:
    """What the engine says of a query that it cannot parse; empty for one that it can. For trusted text only."""
    try:
        ox.Store().query(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        return str(error)
    return ""


def syntax_problem(file: str, text: str, error: str, known: Collection[str] = ()) -> Problem:
    """The problem that an engine's error is, in a query that stands in a file."""
    line, column, message = understand(text, error, known)
    lines = split_lines(text)
    return Problem(file, line, column, message, lines[line - 1] if 0 < line <= len(lines) else "")
