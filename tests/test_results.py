"""Answers for programs, notebooks and data frames: values have types, and nothing in them is markup."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from jamjustice.formats import RESULTS_JSON, TURTLE
from jamjustice.queries.result import Result, Value, read_result
from jamjustice.store.embedded import EmbeddedEngine
from jamjustice.store.engine import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jamjustice.publish.published import Published

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.fixture(scope="module")
def engine(published: Published) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(published.quads(), published.style) as engine:
        yield engine


def answered(engine: EmbeddedEngine, text: str, published: Published) -> Result:
    return read_result(engine.ask(Question(text)), published.style.prefixes)


def table(*literals: tuple[str, str]) -> Result:
    """One row with a cell for each literal."""
    names = [f"c{n}" for n in range(len(literals))]
    row = {
        name: {"type": "literal", "value": value, **({"datatype": XSD + type_} if type_ else {})}
        for name, (value, type_) in zip(names, literals, strict=True)
    }
    document = {"head": {"vars": names}, "results": {"bindings": [row]}}
    return read_result(Answer(RESULTS_JSON, json.dumps(document).encode()), {})


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("7", "integer", 7),
        ("-7", "nonPositiveInteger", -7),
        ("007", "unsignedByte", 7),
        ("1.50", "decimal", Decimal("1.50")),
        ("1.5e1", "double", 15.0),
        ("true", "boolean", True),
        ("0", "boolean", False),
        ("2019-01-31", "date", datetime.date(2019, 1, 31)),
        ("2019-01-31T10:00:00Z", "dateTime", datetime.datetime(2019, 1, 31, 10, tzinfo=datetime.UTC)),
        ("2018-12", "gYearMonth", "2018-12"),
        ("2018", "gYear", "2018"),
        ("07", "", "07"),
        ("seven", "integer", "seven"),
        ("2019-02-30", "date", "2019-02-30"),
        ("1,5", "decimal", "1,5"),
    ],
)
def test_a_value_has_the_type_of_its_datatype_and_else_stays_text(text: str, type_: str, value: object) -> None:
    (found,) = table((text, type_)).rows[0].values()
    assert found == value
    assert type(found) is type(value)


def test_the_engine_and_the_reader_agree(engine: EmbeddedEngine, published: Published) -> None:
    text = 'SELECT ?i ?d ?b ?t ?n ?u { VALUES (?i ?d ?b ?t ?n) { (1 2.5 true "x"@en person:tim-may) } }'
    result = answered(engine, text, published)
    assert result.columns == ("i", "d", "b", "t", "n", "u")
    assert result.rows == (
        {
            "i": 1,
            "d": Decimal("2.5"),
            "b": True,
            "t": "x",
            "n": f"{published.project.base}id/person/tim-may",
            "u": None,
        },
    )


def test_a_result_is_its_rows(engine: EmbeddedEngine, published: Published) -> None:
    result = answered(engine, "SELECT ?n { ?p a foaf:Person ; foaf:name ?n } ORDER BY ?n", published)
    assert len(result) == 36
    assert next(iter(result)) == {"n": "Aba Graham"}
    assert result
    assert not answered(engine, "SELECT ?n { ?n a foaf:Nothing }", published)


def test_yes_and_no_are_true_and_false(engine: EmbeddedEngine, published: Published) -> None:
    yes, no = (answered(engine, f"ASK {{ person:{who} a foaf:Person }}", published) for who in ("tim-may", "nobody"))
    assert (bool(yes), bool(no)) == (True, False)
    assert (repr(yes), repr(no)) == ("true", "false")


def test_a_graph_is_an_rdflib_graph(engine: EmbeddedEngine, published: Published) -> None:
    result = answered(engine, "CONSTRUCT WHERE { person:tim-may foaf:name ?n }", published)
    assert result.graph is not None
    assert len(result) == 1
    assert 'person:tim-may foaf:name "Tim May"' in repr(result)


def test_iris_are_shortened_where_that_can_be_read_back() -> None:
    prefixes = {"e": "http://e/", "x": "http://e/x/", "": "http://empty/"}
    iris = ["http://e/a", "http://e/x/b", "http://e/y/b", "http://f/", "http://empty/c"]
    result = Result(("i",), tuple({"i": iri} for iri in iris), prefixes=prefixes)
    assert [row[0] for row in result.shown()] == ["e:a", "x:b", "http://e/y/b", "http://f/", ":c"]


def test_a_table_is_aligned_text() -> None:
    rows: tuple[dict[str, Value], ...] = ({"a": "x", "long": None}, {"a": "long text", "long": True})
    assert (
        repr(Result(("a", "long"), rows))
        == "a         | long\n----------+-----\nx         |\nlong text | true\n(2 rows)"
    )
    assert repr(Result(("a",), ())).endswith("(0 rows)")


def test_a_notebook_shows_text_and_never_markup() -> None:
    evil = '<script>alert("x")</script> & </td>'
    shown = Result((f"c{evil}",), ({f"c{evil}": evil},))._repr_html_()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") == 2
    assert shown.count("</td>") == 1
    graph = read_result(Answer(TURTLE, b'<http://e/a> <http://e/b> "<b>" .'), {})
    assert "<b>" not in graph._repr_html_()


def test_a_data_frame_has_typed_columns() -> None:
    today = datetime.date(2019, 1, 31)
    rows: tuple[dict[str, Value], ...] = (
        {"i": 1, "n": Decimal("1.5"), "m": 1, "b": True, "d": today, "t": "x", "mixed": "x", "none": None},
        {"i": None, "n": None, "m": 2.5, "b": None, "d": None, "t": None, "mixed": 1, "none": None},
    )
    frame = Result(tuple(rows[0]), rows).to_pandas()
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds.pop("d").startswith("datetime64")
    assert kinds == {
        "i": "Int64",
        "n": "Float64",
        "m": "Float64",
        "b": "boolean",
        "t": "string",
        "mixed": "string",
        "none": "string",
    }
    assert frame["i"].tolist()[0] == 1
    assert [bool(pd.isna(frame[column].iloc[1])) for column in frame.columns] == [
        True,
        True,
        False,
        True,
        True,
        True,
        False,
        True,
    ]
    assert frame["d"].iloc[0] == pd.Timestamp(today)


def test_a_data_frame_of_no_rows_has_its_columns() -> None:
    frame = Result(("a", "b"), ()).to_pandas()
    assert list(frame.columns) == ["a", "b"]
    assert len(frame) == 0
