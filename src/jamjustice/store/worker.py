"""The process in which queries are evaluated, so that one that runs away can be killed.

Started by `embedded`; talks over standard input and output in frames: a length, a JSON header, a body. When its parent
is gone, standard input ends and so does the process, whatever it is evaluating.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import struct
import sys
import threading
from typing import IO, Any

import pyoxigraph as ox

from jamjustice import formats
from jamjustice.errors import UsageError
from jamjustice.graph.render import Style, graph_bytes, results_bytes
from jamjustice.graph.sparql import keywords, understand

_LENGTHS = struct.Struct(">II")


def write_frame(stream: IO[bytes], header: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame."""
    head = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(head), len(body)) + head + body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Receive one frame, or None at the end of the stream."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack(lengths)
    header, content = stream.read(head), stream.read(body)
    return (json.loads(header), content) if len(header) == head and len(content) == body else None


def main() -> None:
    """Load the dataset of the first frame, then answer every frame that follows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    frames: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(frames,), daemon=True).start()
    header, body = frames.get()
    style = Style(header["prefixes"], header["own"], header["context"])
    store = ox.Store()
    store.bulk_load(body, format=ox.RdfFormat.N_QUADS)
    write_frame(sys.stdout.buffer, {"ready": True})
    while True:
        header, body = frames.get()
        write_frame(sys.stdout.buffer, *_answer(store, style, header, body.decode()))


def _receive(frames: queue.SimpleQueue[tuple[dict[str, Any], bytes]]) -> None:
    while frame := read_frame(sys.stdin.buffer):
        frames.put(frame)
    os._exit(0)


def _answer(store: ox.Store, style: Style, header: dict[str, Any], text: str) -> tuple[dict[str, Any], bytes]:
    try:
        found = store.query(text, prefixes=dict(style.prefixes), **_dataset(header, text))
        if isinstance(found, ox.QueryTriples):
            wanted = formats.named(header["graph"], formats.DUMP_FORMATS)
            return {"format": wanted.name, "graph": True}, graph_bytes(found, wanted, style)
        wanted = formats.named(header["results"], formats.RESULT_FORMATS)
        return {"format": wanted.name, "graph": False}, results_bytes(found, wanted)
    except SyntaxError as error:
        line, column, message = understand(text, str(error), style.prefixes)
        return {"error": "syntax", "line": line, "column": column}, message.encode()
    except UsageError as error:
        return {"error": "usage"}, str(error).encode()
    except (OSError, ValueError, RuntimeError) as error:
        return {"error": "failed"}, str(error).encode()


def _dataset(header: dict[str, Any], text: str) -> dict[str, Any]:
    """The dataset of a query: the one that the request names, else its own FROM, else the union of all graphs.

    Raises UsageError for a graph that is no IRI.
    """
    default = [_graph(iri) for iri in header["default_graphs"]]
    named = [_graph(iri) for iri in header["named_graphs"]]
    if default or named:
        return {"default_graph": default, "named_graphs": named}
    return {"use_default_graph_as_union": "FROM" not in keywords(text)}


def _graph(iri: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise UsageError(f'"{iri}" cannot name a graph: it must be an absolute IRI.') from None


if __name__ == "__main__":
    main()
