"""The HTTP server: a socket, uvicorn, and one function from request to answer."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import uvicorn

from jamjustice.errors import UsageError
from jamjustice.web.message import Answer, Request, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from jamjustice.web.site import Site

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 1_000_000
"""The longest request body in bytes."""

THREADS = 32
"""So many requests are worked on at once; those for queries wait for a worker process."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one. Raises UsageError that says why it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        why = error.strerror or str(error)
        raise UsageError(f"Cannot listen on {host} port {port}: {why}. Choose another one with --port.") from None
    listener.listen(128)
    return listener


def serve(site: Site, listener: socket.socket) -> None:
    """Answer requests until the process is told to stop."""
    config = uvicorn.Config(
        application(site), log_level="warning", access_log=False, lifespan="off", server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])


def application(site: Site) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """The site as an ASGI application."""
    threads = ThreadPoolExecutor(THREADS)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = await _request(scope, receive)
        if request is None:
            return
        if len(request.body) > BODY_LIMIT:
            answer = problem(request, 413, f"The body is longer than {BODY_LIMIT:,} bytes.").finished(request)
        else:
            answer = await asyncio.get_running_loop().run_in_executor(threads, _answer, site, request)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    return app


def _answer(site: Site, request: Request) -> Answer:
    try:
        return site.answer(request)
    except (UnicodeError, ValueError) as error:
        return problem(request, 400, f"The request cannot be read: {error}.").finished(request)


async def _request(scope: Scope, receive: Receive) -> Request | None:
    """The request with its body, cut just above the limit; None when the client went away."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if len(body) <= BODY_LIMIT:
            body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    path = unquote(scope.get("raw_path", b"").decode("ascii", "replace") or scope["path"], errors="replace")
    return Request(scope["method"], path, scope["query_string"].decode("ascii", "replace"), headers, body)
