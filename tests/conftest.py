"""What every test may ask for: the project, its graph as read and as published, the command line, a copy to spoil."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urljoin, urlsplit

import hypothesis
import pytest

from jamjustice.graph.dataset import Dataset, rdflib_graph, read_dataset
from jamjustice.project import Project, open_project
from jamjustice.publish.published import Published, read_published

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rdflib import Graph

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background by a shell: what the tests start and interrupt would ignore it too.
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("ontology", "data", "queries")
COUNTED = ("source", "page", "curation", "vocabulary", "links", "derived")
"""The graphs that make up the statements about the project; the dataset's own description is not among them."""

# Under a second name, because the processes that share the tests inherit an environment that is already cleared.
SOURCE_DIR = os.environ.setdefault("TESTS_SOURCE_DIR", os.environ.get("JAMJUSTICE_SOURCE_DIR", ""))
# No setting of the person who runs the tests may change what they see.
for name in [name for name in os.environ if name.startswith("JAMJUSTICE_")]:
    del os.environ[name]

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, max_examples=60)
hypothesis.settings.register_profile("searching", deadline=None, database=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def missing(what: str) -> None:
    """Skip with the reason, but fail where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def shared(path: str) -> Path:
    """A file or folder of the material that lies beside the repository and is no part of it."""
    found = ROOT.parent / "shared" / path
    if not found.exists():
        missing(f"{path} is not beside the repository (in shared/)")
    return found


@pytest.fixture(scope="session")
def source_folder() -> Path:
    """The folder of the source document."""
    if SOURCE_DIR:
        folder = Path(SOURCE_DIR)
        assert folder.is_dir(), f"JAMJUSTICE_SOURCE_DIR names no folder: {folder}"
        return folder
    return shared("source")


@pytest.fixture(scope="session")
def project() -> Project:
    return open_project(ROOT)


@pytest.fixture(scope="session")
def dataset(project: Project) -> Dataset:
    return read_dataset(project)


@pytest.fixture(scope="session")
def published(project: Project) -> Published:
    return read_published(project)


@pytest.fixture(scope="session")
def union(dataset: Dataset) -> Graph:
    """The graphs about the project, as one rdflib graph; not to be changed."""
    return rdflib_graph((t for name in COUNTED for t in dataset.triples(name)), dataset.prefixes)


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str


class RunCli(Protocol):
    def __call__(self, *args: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None, stdin: str = "") -> Run: ...


def cli_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command: as here, without colours, and with what is added."""
    return {**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1", **(extra or {})}


@pytest.fixture(scope="session")
def run_cli() -> RunCli:
    def run(*args: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "jamjustice", *args],
            cwd=cwd,
            env=cli_environment(env),
            input=stdin.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project that a test may spoil."""
    folder = tmp_path / "project"
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "jamjustice.toml", folder)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands exactly once in a file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), "utf-8")


def append(path: Path, text: str) -> None:
    """Add text to the end of a file."""
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")


def line_of(path: Path, text: str) -> int:
    """The number of the one line that holds a text."""
    found = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if text in line]
    assert len(found) == 1, f"{text!r} stands on the lines {found} of {path.name}"
    return found[0]


# The server and its client ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]


def fetch(
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    *,
    follow: bool = False,
) -> Reply:
    """One request, with exactly the headers given; with `follow` also where redirections lead."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request(method, target, body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        reply = Reply(response.status, found, response.read())
    finally:
        connection.close()
    if follow and reply.status in {301, 302, 303, 307, 308}:
        return fetch(urljoin(url, reply.headers["location"]), method, headers, body, follow=True)
    return reply


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(*args: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a real server, which has to end at Ctrl-C without a word of Python."""
    process = subprocess.Popen(
        [sys.executable, "-m", "jamjustice", *(() if "serve" in args else ("serve", "--port", "0")), *args],
        cwd=cwd,
        env=cli_environment(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    first = process.stderr.readline()
    address = re.search(r"http://\S+", first)
    try:
        assert address, first + process.stderr.read()
        yield address[0]
    finally:
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
    assert process.returncode in {0, 130}, err
    assert "Traceback" not in err
    assert out == ""


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a server of this project; it ends in a slash."""
    with serving() as address:
        yield address


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> set[int]:
    """The processes that a process started."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.add(int(stat.parent.name))
    return found


def workers_of(pid: int) -> set[int]:
    """The processes that a process started, as soon as there is one."""
    deadline = time.monotonic() + 20
    while not (found := children(pid)):
        assert time.monotonic() < deadline, "it started no process"
        time.sleep(0.02)
    return found
