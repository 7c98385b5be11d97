"""The SPARQL endpoint: the query part of the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/).

A query comes by GET, by POST of a form, or by POST of itself. The default graph is the union of all graphs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from jamjustice import formats
from jamjustice.errors import QueryError, UsageError
from jamjustice.formats import GRAPH_FORMATS, HTML, N_QUADS, RESULT_FORMATS, RESULTS_JSON, TRIG
from jamjustice.graph.sparql import query_form
from jamjustice.queries.result import read_result
from jamjustice.store.engine import Question
from jamjustice.web.message import Answer, Request, problem
from jamjustice.web.negotiate import choose

if TYPE_CHECKING:
    from jamjustice.store.engine import Engine
    from jamjustice.web.pages import Pages

_PARAMETERS = {"query", "default-graph-uri", "named-graph-uri", "format", "timeout"}


class _Refused(Exception):  # noqa: N818 - it carries the answer
    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class _Asked:
    """The parameters of one request."""

    query: str = ""
    default_graphs: list[str] = field(default_factory=list)
    named_graphs: list[str] = field(default_factory=list)
    formats: list[str] = field(default_factory=list)
    timeout: float | None = None


@dataclass(frozen=True)
class Endpoint:
    """`/sparql`."""

    engine: Engine
    pages: Pages

    def answer(self, request: Request) -> Answer:
        """Answer one request; every error is a problem answer."""
        try:
            asked = _asked(request)
            if not asked.query and request.method != "POST" and choose(request.accept, (RESULTS_JSON, HTML)) is HTML:
                return self.pages.editor(request)
            if not asked.query.strip():
                detail = "Give a query: GET /sparql?query=…, or POST it as application/sparql-query."
                return problem(request, 400, detail)
            return self._answered(request, asked)
        except _Refused as error:
            return problem(request, error.status, str(error))
        except (QueryError, UsageError) as error:
            headers = {"Retry-After": "5"} if error.status == 503 else None
            return problem(request, error.status, str(error), headers)

    def _answered(self, request: Request, asked: _Asked) -> Answer:
        is_graph = query_form(asked.query) in {"CONSTRUCT", "DESCRIBE"}
        offered = (*GRAPH_FORMATS, TRIG, N_QUADS) if is_graph else (*RESULT_FORMATS, HTML)
        if asked.formats:  # some clients send several, for endpoints that know other names
            wanted = next((f for name in asked.formats for f in offered if f.is_called(name)), None)
        else:
            wanted = choose(request.accept, offered)
        if wanted is None:
            raise _Refused(406, "There is: " + ", ".join(f.media_type for f in offered) + ".")
        page = wanted is HTML
        question = Question(
            asked.query,
            results=RESULTS_JSON if page or is_graph else wanted,
            graph=wanted if is_graph else formats.TURTLE,
            timeout=asked.timeout,
            default_graphs=asked.default_graphs,
            named_graphs=asked.named_graphs,
        )
        found = self.engine.ask(question)
        if page:
            return self.pages.results(request, asked.query, read_result(found, self.pages.prefixes))
        return Answer(200, found.body, wanted.content_type, {"Vary": "Accept"})


def _asked(request: Request) -> _Asked:
    """The parameters by the three ways of the protocol, section 2.1. Raises _Refused."""
    try:
        pairs = request.parameters()
        if request.method == "POST":
            kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind == "application/x-www-form-urlencoded":
                pairs += parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict")
            elif kind == "application/sparql-query":
                pairs.append(("query", request.body.decode()))
            elif kind == "application/sparql-update":
                raise _Refused(403, "Updates are refused: the data change in their files only.")
            else:
                detail = "POST application/sparql-query or application/x-www-form-urlencoded"
                raise _Refused(415, f"{detail}, not {kind or 'a body without a content type'}.")
    except UnicodeDecodeError:
        raise _Refused(400, "The query is not UTF-8.") from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise _Refused(403, "Updates are refused: the data change in their files only.")
    for name in ("query", "timeout"):
        if len(values.get(name, [])) > 1:
            raise _Refused(400, f"There may be only one {name}.")
    return _Asked(
        values.get("query", [""])[0],
        values.get("default-graph-uri", []),
        values.get("named-graph-uri", []),
        [name for name in values.get("format", []) if name],
        _seconds(values.get("timeout", [""])[0]),
    )


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 86400:
        raise _Refused(400, "timeout is a number of seconds, such as 2.5.")
    return seconds
