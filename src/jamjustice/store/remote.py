"""A SPARQL endpoint elsewhere, asked over the SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/).

Queries go by POST, so that no length limit of an address applies. Tables are asked for as SPARQL JSON and graphs as
N-Triples, which every endpoint has, and turned into the wanted format here.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import json
import math
import queue
import socket
import threading
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pyoxigraph as ox

from jamjustice.errors import EndpointError, QueryError, QueryTimeout, UsageError
from jamjustice.graph.render import Style, graph_bytes, results_bytes
from jamjustice.graph.sparql import code, query_form, without_comments
from jamjustice.store.engine import Answer, Question

if TYPE_CHECKING:
    from collections.abc import Mapping

_GRAPH_TYPES = {
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "text/plain": ox.RdfFormat.N_TRIPLES,
}
_RESULT_TYPES = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/xml": ox.QueryResultsFormat.XML,
}


class RemoteEngine:
    """Answers from the endpoint at `url`; project prefixes may be used without declaring them. Safe for threads."""

    def __init__(self, url: str, style: Style, *, timeout: float = 60.0) -> None:
        try:
            parts = urlsplit(url)
            fits = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:
            fits = False
        if not fits:
            raise UsageError(f'"{url}" is not the address of an endpoint: it must start with http:// or https://.')
        self._url, self._style, self._timeout = url, style, timeout

    def ask(self, question: Question) -> Answer:
        """Answer one query. Raises EndpointError or QueryTimeout."""
        declared = with_prefixes(without_comments(question.text).strip(), self._style.prefixes)
        graph = query_form(question.text) in {"CONSTRUCT", "DESCRIBE"}
        accept = ", ".join(list(_GRAPH_TYPES)[:3] if graph else list(_RESULT_TYPES)[:1])
        kind, body = self._within(declared, accept, question)
        try:
            if graph:
                triples = [quad.triple for quad in ox.parse(body, format=_GRAPH_TYPES[kind])]
                return Answer(question.graph, graph_bytes(triples, question.graph, self._style))
            results = ox.parse_query_results(body, format=_RESULT_TYPES[kind])
            return Answer(question.results, results_bytes(results, question.results))
        except KeyError:
            shown = body[:60].decode("utf-8", "replace").split("\n")[0]
            raise EndpointError(
                f'{self._url} answered with {kind or "no content type"} ("{shown}"), not with SPARQL results. '
                "Is this the address of the endpoint itself, not of its web page?"
            ) from None
        except (SyntaxError, ValueError) as error:
            raise EndpointError(f"{self._url} sent an answer that cannot be read as {kind}: {error}") from None

    def _within(self, text: str, accept: str, question: Question) -> tuple[str, bytes]:
        """What `_send` gives, within the time limit as a whole: a socket's own limit begins anew with every byte."""
        limit = min(self._timeout, question.timeout or self._timeout)
        done: queue.SimpleQueue[tuple[str, bytes] | Exception] = queue.SimpleQueue()

        def work() -> None:
            try:
                done.put(self._send(text, accept, limit))
            except QueryError as error:
                done.put(error)

        threading.Thread(target=work, daemon=True).start()
        try:
            answer = done.get(timeout=limit)
        except queue.Empty:
            raise QueryTimeout(f"{self._url} did not answer within {limit:g} s.") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _send(self, text: str, accept: str, limit: float) -> tuple[str, bytes]:
        from SPARQLWrapper import POST, POSTDIRECTLY, SPARQLWrapper
        from SPARQLWrapper.SPARQLExceptions import EndPointNotFound, SPARQLWrapperException

        wrapper = SPARQLWrapper(self._url)
        wrapper.setMethod(POST)
        wrapper.setRequestMethod(POSTDIRECTLY)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", accept)
        wrapper.setTimeout(math.ceil(limit))
        wrapper.setQuery(text)
        try:
            response = wrapper.query().response
            with response:
                return (response.headers.get_content_type() or ""), response.read()
        except EndPointNotFound as error:
            raise EndpointError(f"{self._url} answered 404 Not Found: {_reason(error)}") from None
        except SPARQLWrapperException as error:
            raise EndpointError(f"{self._url} refused the query: {_reason(error)}") from None
        except HTTPError as error:
            said = _detail(error.read(4000).decode("utf-8", "replace"), error.headers.get_content_type())
            raise EndpointError(
                f"{self._url} answered {error.code} {error.reason}{f': {said}' if said else '.'}"
            ) from None
        except (TimeoutError, socket.timeout) as error:  # noqa: UP041 - urllib raises either
            raise QueryTimeout(f"{self._url} did not answer within {limit:g} s.") from error
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise QueryTimeout(f"{self._url} did not answer within {limit:g} s.") from None
            raise EndpointError(f"{self._url} cannot be reached: {error.reason}.") from None
        except (OSError, HTTPException) as error:
            raise EndpointError(f"{self._url} broke off: {error}.") from None

    def close(self) -> None:
        """Nothing is kept open."""


def with_prefixes(text: str, prefixes: Mapping[str, str]) -> str:
    """The query with a declaration of every prefix that it uses without one and the table knows.

    >>> with_prefixes("ASK { e:a ?p 1 }", {"e": "http://e/"})
    'PREFIX e: <http://e/> ASK { e:a ?p 1 }'
    """
    found = code(text)
    declared = {b.text.rstrip(":") for a, b in itertools.pairwise(found) if a.text.upper() == "PREFIX"}
    used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
    missing = sorted(name for name in used - declared if name in prefixes)
    return "".join(f"PREFIX {name}: <{prefixes[name]}> " for name in missing) + text


def _reason(error: Exception) -> str:
    """What the endpoint itself said: the detail of a problem answer (RFC 9457), else the first lines of its text."""
    body = str(error).partition("Response:")[2].strip()
    try:
        text = ast.literal_eval(body).decode("utf-8", "replace")
    except (SyntaxError, ValueError, AttributeError):
        text = body or str(error)
    return _detail(text)


def _detail(text: str, kind: str = "text/plain") -> str:
    """The detail of a problem answer, else the first lines of a text; nothing of a web page."""
    with contextlib.suppress(json.JSONDecodeError, KeyError, TypeError):
        text = json.loads(text)["detail"]
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "" if kind == "text/html" or text.lstrip()[:1] == "<" else "\n    ".join(lines[:6])
