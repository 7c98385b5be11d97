"""A parameter is one term of its type, whatever its value holds."""

from __future__ import annotations

import datetime
import re

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamjustice.errors import UnknownName, UsageError
from jamjustice.queries.library import ad_hoc
from jamjustice.queries.parameters import TYPES, Parameter, fill, parameter_variables, term

PREFIXES = {"e": "http://e/", "": "http://empty/"}


def evaluated(text: str) -> object:
    """The term that the engine reads."""
    (value,) = values(f"SELECT ?x {{ BIND({text} AS ?x) }}")
    return value


def values(query: str) -> list[object]:
    """What a query binds to ?x."""
    found = ox.Store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    return [row["x"] for row in found]


@given(st.text())
def test_any_text_is_one_string(text: str) -> None:
    assert evaluated(term(text, "string", {})) == ox.Literal(text)


@given(st.text())
def test_no_value_reaches_beyond_its_place(text: str) -> None:
    query = "SELECT ?x { BIND(?_v_string AS ?x) }"
    filled = fill(query, {"v": Parameter("v", "string", "", None, "")}, {"v": text}, {})
    assert values(filled) == [ox.Literal(text)]


@given(st.text(alphabet='<>"{}|\\^` \n\t:/#?ae.', max_size=20), st.sampled_from(sorted(set(TYPES) - {"string"})))
def test_an_odd_value_is_one_term_or_refused(text: str, type_: str) -> None:
    try:
        written = term(text, type_, PREFIXES)
    except UsageError:
        return
    assert evaluated(written) is not None


@pytest.mark.parametrize(
    ("value", "type_", "written"),
    [
        ("e:a/b", "iri", "<http://e/a/b>"),
        (":a", "iri", "<http://empty/a>"),
        ("http://f/#x", "iri", "<http://f/#x>"),
        ("<http://f/>", "iri", "<http://f/>"),
        ("<e:a>", "iri", None),
        ("urn:isbn:1", "iri", "<urn:isbn:1>"),
        ("mailto:a@b", "iri", "<mailto:a@b>"),
        ("http://f/ x", "iri", None),
        ("http://f/>", "iri", None),
        ("http://f/\n", "iri", None),
        ("a", "iri", None),
        ("", "iri", None),
        ("e:a> . ?x ?y <http://f/", "iri", None),
        (83, "integer", "83"),
        ("-1", "integer", "-1"),
        ("+01", "integer", "+01"),
        ("1.0", "integer", None),
        ("1 ", "integer", None),
        ("1\n", "integer", None),
        ("٣", "integer", None),
        ("", "integer", None),
        (2.5, "decimal", '"2.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("3", "decimal", '"3"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        (".5", "decimal", '".5"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("1e5", "decimal", None),
        ("1.5\n", "decimal", None),
        (True, "boolean", "true"),
        ("false", "boolean", "false"),
        ("True", "boolean", None),
        ("1", "boolean", None),
        (datetime.date(2019, 1, 31), "date", '"2019-01-31"^^<http://www.w3.org/2001/XMLSchema#date>'),
        ("2019-02-30", "date", None),
        ("20190131", "date", None),
        ("2019-01", "date", None),
        ("2019-W05-4", "date", None),
    ],
)
def test_a_value_is_written_as_its_type_or_refused(value: str, type_: str, written: str | None) -> None:
    if written is None:
        with pytest.raises(UsageError):
            term(value, type_, PREFIXES)
    else:
        assert term(value, type_, PREFIXES) == written


def test_an_unknown_prefix_proposes_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r'There is no prefix "persn"\. Did you mean "person"\?'):
        term("persn:tim-may", "iri", {"person": "http://e/"})


def test_what_a_type_looks_like_is_said() -> None:
    with pytest.raises(UsageError, match=re.escape('"eighty" is not a whole number such as 83.')):
        term("eighty", "integer", {})


def test_parameters_are_the_variables_that_follow_the_convention() -> None:
    text = 'SELECT ?_a_iri ?_b_c_integer ?_d ?e_iri ?_f_word { ?x ?y "?_g_iri" } # ?_h_iri'
    assert parameter_variables(text) == {"a": "iri", "b_c": "integer"}


PARAMETERS = {
    "a": Parameter("a", "integer", "", "1", "2"),
    "b": Parameter("b", "string", "", None, "x"),
}


def test_a_default_fills_what_is_not_given() -> None:
    assert (
        fill("?_a_integer ?_b_string ?_a_integers", PARAMETERS, {"b": "?_a_integer"}, {})
        == '1 "?_a_integer" ?_a_integers'
    )


def test_a_parameter_without_a_default_needs_a_value() -> None:
    with pytest.raises(UsageError, match="Parameter b needs a value: text"):
        fill("", PARAMETERS, {}, {})
    with pytest.raises(UsageError, match="Parameter x needs a value: a day"):
        ad_hoc("ASK { ?s ?p ?_x_date }").filled({}, {})


def test_a_value_of_no_parameter_is_refused() -> None:
    with pytest.raises(UnknownName, match='There is no parameter "c"'):
        fill("", PARAMETERS, {"c": 1}, {})


def test_the_parameter_with_the_wrong_value_is_named() -> None:
    with pytest.raises(UsageError, match='Parameter a: "x" is not a whole number'):
        fill("", PARAMETERS, {"a": "x", "b": ""}, {})
