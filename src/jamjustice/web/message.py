"""A request and an answer as values, so that everything but the server itself is tried without a socket."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from jamjustice.web.negotiate import accepts

if TYPE_CHECKING:
    from collections.abc import Mapping

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location",
}


@dataclass(frozen=True)
class Request:
    """What was asked: the path without the query, decoded; header names in lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def accept(self) -> str:
        """The Accept header."""
        return self.headers.get("accept", "")

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the query part, in order. Raises ValueError for broken percent-encoding."""
        return parse_qsl(self.query, keep_blank_values=True, errors="strict")


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    status: int = 200
    body: bytes = b""
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def finished(self, request: Request) -> Answer:
        """The answer with what every answer has: length, CORS, a strong ETag for content; 304 where it matches."""
        headers = {**CORS, "X-Content-Type-Options": "nosniff", **self.headers}
        if self.status == HTTPStatus.OK:
            etag = f'"{hashlib.sha256(self.body + self.content_type.encode()).hexdigest()[:32]}"'
            headers["ETag"] = etag
            if request.method in {"GET", "HEAD"} and _matches(request.headers.get("if-none-match", ""), etag):
                return replace(self, status=304, body=b"", content_type="", headers=headers)
        if self.content_type:
            headers["Content-Type"] = self.content_type
        headers["Content-Length"] = str(len(self.body))
        return replace(self, headers=headers, body=b"" if request.method == "HEAD" else self.body)


def _matches(condition: str, etag: str) -> bool:
    candidates = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return "*" in candidates or etag in candidates


def problem(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Answer:
    """An error in one shape everywhere: RFC 9457 problem details as JSON, or as text where that is preferred."""
    title = HTTPStatus(status).phrase
    sent = {"Vary": "Accept", **(headers or {})}
    kinds = ("text/plain", "text/html", "application/problem+json", "application/json")
    if accepts(request.accept, kinds) in kinds[:2]:
        return Answer(status, f"{status} {title}\n\n{detail}\n".encode(), "text/plain; charset=utf-8", sent)
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}, ensure_ascii=False)
    return Answer(status, body.encode() + b"\n", "application/problem+json", sent)


def redirect(location: str, status: int = 303) -> Answer:
    """A redirection; `location` may be relative (RFC 9110, section 10.2.2)."""
    return Answer(status, f"{location}\n".encode(), "text/plain; charset=utf-8", {"Location": location})


def relative(source: str, target: str) -> str:
    """The way from one path to another without naming where the site is mounted.

    >>> relative("/id/person/ada", "/doc/person/ada")
    '../../doc/person/ada'
    >>> relative("/", "/sparql")
    'sparql'
    """
    up = "../" * (source.count("/") - 1)
    return (up + target.lstrip("/")) or "./"
