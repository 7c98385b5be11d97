"""The embedded engine: Oxigraph in worker processes, each query with a deadline.

Evaluation cannot be interrupted inside of a process (not even by Ctrl-C), and a deeply nested query overflows its
stack; so it happens in a process that can be killed. A worker past its deadline is ended and replaced.
Safe for threads.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from jamjustice import formats
from jamjustice.errors import EngineFailed, QueryError, QuerySyntaxError, QueryTimeout, UsageError
from jamjustice.store import guard
from jamjustice.store.engine import Answer, Question
from jamjustice.store.worker import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jamjustice.graph.render import Style


class EmbeddedEngine:
    """Answers from a dataset in memory with a fixed number of worker processes; `timeout` is in seconds."""

    def __init__(self, quads: Iterable[ox.Quad], style: Style, *, workers: int = 1, timeout: float = 60.0) -> None:
        self._data = ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b""
        self._header = {"prefixes": dict(style.prefixes), "own": style.own, "context": dict(style.context)}
        self._timeout = timeout
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._free.put(None)

    def ask(self, question: Question) -> Answer:
        """Answer one query.

        Raises QuerySyntaxError, QueryRefused, QueryTimeout, or EngineFailed when the worker died of it.
        """
        guard.refuse(question.text)
        limit = min(self._timeout, question.timeout or self._timeout)
        try:
            worker = self._free.get(timeout=limit)
        except queue.Empty:
            raise EngineFailed("Every worker is busy with other queries. Try again in a few seconds.") from None
        try:
            if worker is None or not worker.alive:
                worker = _Worker(self._header, self._data)
            return _read(question, worker.ask(question, limit))
        finally:
            if worker is not None and not worker.alive:
                worker.kill()
                worker = None
            self._free.put(worker)

    def close(self) -> None:
        """End every worker."""
        for worker in [self._free.get() for _ in range(self._free.qsize())]:
            if worker is not None:
                worker.kill()
            self._free.put(None)

    def __enter__(self) -> EmbeddedEngine:
        """The engine itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End every worker."""
        self.close()


class _Worker:
    """One worker process."""

    def __init__(self, header: dict[str, Any], data: bytes) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "jamjustice.store.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.alive = True
        self._send(header, data)
        if read_frame(self._stream("stdout")) is None:
            reason = self._stream("stderr").read().decode("utf-8", "replace").strip().splitlines()
            self.kill()
            raise EngineFailed(f"The engine could not start: {reason[-1] if reason else 'it ended at once'}")

    def ask(self, question: Question, limit: float) -> tuple[dict[str, Any], bytes]:
        late = threading.Event()
        timer = threading.Timer(limit, self._end, [late])
        timer.start()
        header = {
            "results": question.results.name,
            "graph": question.graph.name,
            "default_graphs": list(question.default_graphs),
            "named_graphs": list(question.named_graphs),
        }
        frame = None
        try:
            self._send(header, question.text.encode())
            frame = read_frame(self._stream("stdout"))
        finally:
            timer.cancel()
            self.alive = frame is not None
        if frame is not None and not late.is_set():
            return frame
        self.alive = False
        if late.is_set():
            raise QueryTimeout(
                f"The query took longer than {limit:g} s and was ended. "
                "Ask for less: add a LIMIT, name a class or a property, or count in steps."
            )
        raise EngineFailed("The engine died of this query: it is nested too deeply or needs too much memory.")

    def _end(self, late: threading.Event) -> None:
        late.set()
        self.process.kill()

    def _send(self, header: dict[str, Any], body: bytes) -> None:
        try:
            write_frame(self._stream("stdin"), header, body)
        except BrokenPipeError:
            self.alive = False

    def _stream(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.process, name)

    def kill(self) -> None:
        self.alive = False
        self.process.kill()
        self.process.wait()
        for name in ("stdin", "stdout", "stderr"):
            try:
                self._stream(name).close()
            except BrokenPipeError:
                continue


def _read(question: Question, frame: tuple[dict[str, Any], bytes]) -> Answer:
    header, body = frame
    match header.get("error"):
        case "syntax":
            raise QuerySyntaxError(question.text, header["line"], header["column"], body.decode())
        case "usage":
            raise UsageError(body.decode())
        case "failed":
            raise QueryError(f"The query failed: {body.decode()}")
    among = formats.DUMP_FORMATS if header["graph"] else formats.RESULT_FORMATS
    return Answer(formats.named(header["format"], among), body)
