"""The answer to a query, for a person, a program, a notebook or a data frame."""

from __future__ import annotations

import datetime
import html
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from jamjustice.errors import UsageError
from jamjustice.graph.dataset import rdflib_graph
from jamjustice.graph.read import parse_triples
from jamjustice.graph.terms import short
from jamjustice.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame
    from rdflib import Graph

    from jamjustice.store.engine import Answer

Value = str | int | float | Decimal | bool | datetime.date | None
"""What a cell holds: a number, a day and so on by its datatype; text for all else; None where nothing is bound."""

_INTEGERS = {
    XSD + kind + name
    for kind, names in {
        "": "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger",
        "unsigned": "Long Int Short Byte",
    }.items()
    for name in names.split()
}


@dataclass(frozen=True)
class Result:
    """A table (`columns`, `rows`), a yes or no (`boolean`), or a `graph`.

    >>> Result(("name", "n"), ({"name": "Ada", "n": 2},))
    name | n
    -----+--
    Ada  | 2
    (1 row)
    """

    columns: tuple[str, ...] = ()
    rows: tuple[dict[str, Value], ...] = ()
    boolean: bool | None = None
    graph: Graph | None = field(default=None, compare=False)
    prefixes: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __iter__(self) -> Any:  # noqa: ANN401 - an iterator of rows
        """The rows, one after the other."""
        return iter(self.rows)

    def __len__(self) -> int:
        """The number of rows, or of statements of a graph."""
        return len(self.rows) if self.graph is None else len(self.graph)

    def __bool__(self) -> bool:
        """The answer itself where it is yes or no; else whether there is any row or statement."""
        return self.boolean if self.boolean is not None else len(self) > 0

    def shown(self) -> list[list[str]]:
        """The rows as text, IRIs shortened by the project's prefixes."""
        return [[self._cell(row[column]) for column in self.columns] for row in self.rows]

    def _cell(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        text = str(value)
        return short(text, self.prefixes)

    def __repr__(self) -> str:
        """The answer as a plain text table."""
        if self.boolean is not None:
            return str(self.boolean).lower()
        if self.graph is not None:
            return self.graph.serialize(format="turtle")
        table = [list(self.columns), *self.shown()]
        widths = [max(len(row[i]) for row in table) for i in range(len(self.columns))]
        lines = [
            " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
        ]
        lines.insert(1, "-+-".join("-" * width for width in widths))
        return "\n".join([*lines, f"({len(self.rows)} {'row' if len(self.rows) == 1 else 'rows'})"])

    def _repr_html_(self) -> str:
        """The same table for a notebook."""
        if self.boolean is not None or self.graph is not None:
            return f"<pre>{html.escape(repr(self))}</pre>"
        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in self.shown()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def to_pandas(self) -> DataFrame:
        """The table as a pandas data frame with typed columns; needs the extra `pandas`.

        Whole numbers become Int64, other numbers Float64, days datetime64, text string; what is unbound is missing.
        """
        try:
            import pandas as pd
        except ModuleNotFoundError:
            raise UsageError("This needs pandas: pip install 'jamjustice[pandas]'.") from None

        frame = pd.DataFrame({column: [row[column] for row in self.rows] for column in self.columns}, dtype=object)
        for column in self.columns:
            frame[column] = _typed(pd, frame[column])
        return frame


def _typed(pd: Any, series: Any) -> Any:  # noqa: ANN401 - pandas is an extra
    kinds = {type(value) for value in series if value is not None}
    if kinds == {bool}:
        return series.astype("boolean")
    if kinds == {int}:
        fits = all(value is None or -(2**63) <= value < 2**63 for value in series)
        return series.astype("Int64") if fits else series
    if kinds and kinds <= {int, float, Decimal}:
        return series.map(lambda value: None if value is None else float(value)).astype("Float64")
    if kinds and kinds <= {datetime.date, datetime.datetime}:
        zones = {getattr(value, "tzinfo", None) is not None for value in series if value is not None}
        return pd.to_datetime(series, utc=True) if zones == {True, False} else pd.to_datetime(series)
    return series.map(lambda value: None if value is None else str(value)).astype("string")


def read_result(answer: Answer, prefixes: Mapping[str, str]) -> Result:
    """The answer of an engine in SPARQL JSON (SPARQL 1.1 Query Results JSON Format) or Turtle as a Result."""
    if answer.format.name != "json":
        return Result(graph=rdflib_graph(parse_triples(answer.body, answer.format), prefixes), prefixes=prefixes)
    document = json.loads(answer.body)
    if "boolean" in document:
        return Result(boolean=document["boolean"], prefixes=prefixes)
    columns = tuple(document["head"]["vars"])
    rows = tuple(
        {column: _value(row[column]) if column in row else None for column in columns}
        for row in document["results"]["bindings"]
    )
    return Result(columns, rows, prefixes=prefixes)


def _value(term: Mapping[str, str]) -> Value:
    text, datatype = term["value"], term.get("datatype", "")
    try:
        if datatype in _INTEGERS:
            return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else text
        match datatype.removeprefix(XSD):
            case "decimal":
                return Decimal(text)
            case "double" | "float":
                return float(text)
            case "boolean":
                return text in {"true", "1"}
            case "date":
                return datetime.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else text
            case "dateTime":
                return datetime.datetime.fromisoformat(text)
    except (ValueError, InvalidOperation):
        pass
    return text
