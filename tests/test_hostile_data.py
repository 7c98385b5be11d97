"""Data and shapes from anywhere: huge, deep, circular, packed, interrupted."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from conftest import cli_environment
from jamjustice.cli import console
from jamjustice.errors import InputError
from jamjustice.graph import load

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix e: <http://e/> .\n"
SHAPES = PREFIXES + "e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property e:P .\n"
SHAPES += 'e:P a sh:PropertyShape ; sh:path e:p ; sh:maxLength 5 ; sh:message "Too long."@en .\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "s.ttl").write_text(SHAPES)
    return tmp_path


def nodes(number: int, failing: int = 0) -> str:
    return PREFIXES + "".join(
        f'e:n{i} a e:T ; e:p "{"too long" if i < failing else "ok"}" ; e:q "{i}" .\n' for i in range(number)
    )


def test_a_literal_of_ten_megabytes_is_checked_and_shown_in_part(folder: Path, run_cli: RunCli) -> None:
    (folder / "d.ttl").write_text(f'{PREFIXES}e:a a e:T ;\n  e:p "{"x" * 10_000_000}" .\n')
    run = run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", cwd=folder)
    assert run.code == 1
    assert "d.ttl:4:7  e:a" in run.out
    assert len(run.out) < 2000


def test_chains_of_blank_nodes_and_lists_in_a_circle_are_data_like_others(folder: Path, run_cli: RunCli) -> None:
    chain = "".join(f"_:b{i} e:next _:b{i + 1} .\n" for i in range(30_000))
    ring = "e:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> e:l .\n"
    (folder / "d.ttl").write_text(f'{PREFIXES}_:b0 a e:T ; e:p "too long" .\n{chain}{ring}')
    path = "sh:path ( [ sh:zeroOrMorePath e:next ] e:p ) ; sh:maxLength 5"
    (folder / "s.ttl").write_text(f"{PREFIXES}e:S a sh:NodeShape ; sh:targetClass e:T ; sh:property [ {path} ] .\n")
    run = run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", "-f", "json", cwd=folder)
    assert run.code == 1, run.err
    assert [f["value"] for f in json.loads(run.out)["findings"]] == ['"too long"']


def test_a_list_of_shapes_in_a_circle_is_refused(folder: Path, run_cli: RunCli) -> None:
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    (folder / "s.ttl").write_text(f"{SHAPES}e:S sh:or e:L .\ne:L <{rdf}first> e:S2 ; <{rdf}rest> e:L .\n")
    (folder / "d.ttl").write_text(nodes(1))
    run = run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", cwd=folder)
    assert run.code == 3
    assert "s.ttl:" in run.out
    assert "Traceback" not in run.err


def test_a_shape_that_refers_to_itself_is_refused_with_its_line(folder: Path, run_cli: RunCli) -> None:
    (folder / "s.ttl").write_text(SHAPES + "e:P sh:node e:S .\n")
    (folder / "d.ttl").write_text(nodes(1))
    run = run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", cwd=folder)
    assert run.code == 3
    assert "s.ttl:4:1: the shape e:P refers to itself" in run.out


def test_files_come_by_pattern_packed_and_from_standard_input(folder: Path, run_cli: RunCli) -> None:
    (folder / "deep").mkdir()
    (folder / "deep/a.nt.gz").write_bytes(gzip.compress(b'<http://e/a> <http://e/p> "too long" .\n'))
    (folder / "deep/b.ttl").write_text(PREFIXES + "e:a a e:T .\n")
    run = run_cli("check", "--data", "**/[ab].*", "--data", "-", "--shapes", "s.ttl", cwd=folder, stdin=nodes(2, 1))
    assert run.code == 1
    assert "VIOLATION P (2 findings): Too long." in run.out
    assert "deep/a.nt.gz:1:27" in run.out
    assert "-:3:18" in run.out
    assert "in 3 files" in run.out


@pytest.mark.parametrize(
    ("data", "shapes", "says"),
    [
        ("s.ttl", "s.ttl", "Nothing was checked: none of the targets of the shapes occurs in the data."),
        ("s.ttl", "d.ttl", "Are data and shapes the wrong way round?"),
    ],
)
def test_a_shapes_file_given_as_data_is_noticed(
    folder: Path, run_cli: RunCli, data: str, shapes: str, says: str
) -> None:
    (folder / "d.ttl").write_text(nodes(1))
    run = run_cli("check", "--data", data, "--shapes", shapes, cwd=folder)
    assert says in run.out + run.err


def test_imports_are_named_and_not_fetched(folder: Path, run_cli: RunCli) -> None:
    (folder / "s.ttl").write_text(SHAPES + "e: <http://www.w3.org/2002/07/owl#imports> <http://127.0.0.1:9/x> .\n")
    (folder / "d.ttl").write_text(nodes(1))
    run = run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", cwd=folder)
    assert run.code == 0
    assert "owl:imports <http://127.0.0.1:9/x> is not followed" in run.err


def test_no_more_findings_than_asked_for_and_the_rest_is_counted(folder: Path, run_cli: RunCli) -> None:
    (folder / "d.ttl").write_text(nodes(9000, 8500))
    run = run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", "--max-findings", "20", cwd=folder)
    assert run.code == 1
    assert "VIOLATION P (20 findings)" in run.out
    assert "8,480 more things were suspected and not looked at (--max-findings)" in run.out


@pytest.mark.parametrize("large", [False, True], ids=["small", "straight into the store"])
def test_both_engines_find_the_same_at_the_same_places(folder: Path, run_cli: RunCli, *, large: bool) -> None:
    filler = "".join(f'e:filler{i} e:q "{"x" * 100}" .\n' for i in range(20_000 if large else 1))
    (folder / "d.ttl").write_text(nodes(50, 7) + filler)
    found = [
        json.loads(
            run_cli("check", "--data", "d.ttl", "--shapes", "s.ttl", "-f", "json", "--engine", name, cwd=folder).out
        )
        for name in ("oxigraph", "pyshacl")
    ]
    assert found[0] == found[1]
    assert [f["line"] for f in found[0]["findings"]] == [*range(3, 10)]


def test_data_that_do_not_fit_into_memory_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_free_memory", lambda: 100_000_000)
    load.require_memory([("a.ttl", b"x" * 1000)])
    packed = gzip.compress(b"x" * 90_000_000)
    with pytest.raises(InputError, match=r"0\.1 GB of data take up to 1\.1 GB of memory, and 0\.1 GB are free"):
        load.require_memory([("a.ttl", b"x" * 1000), ("b.ttl.gz", packed)])


def test_free_memory_is_known_here() -> None:
    free = load._free_memory()
    assert free is None or free > 1_000_000


def test_ctrl_c_ends_a_check_at_once(folder: Path) -> None:
    (folder / "d.ttl").write_text(nodes(400_000, 200_000))
    command = [sys.executable, "-m", "jamjustice", "check", "--data", "d.ttl", "--shapes", "s.ttl"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=folder, env=cli_environment(), stdout=pipe, stderr=pipe)
    time.sleep(1.5)
    assert process.poll() is None
    started = time.monotonic()
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, b"", b"Interrupted.")
    assert time.monotonic() - started < 10


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("seconds", "shown"), [(0.0, False), (0.6, True)])
def test_a_bar_is_shown_on_a_terminal_when_it_lasts(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *, shown: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(console, "PATIENCE", 0.2)
    monkeypatch.setenv("TERM", "xterm")

    def work(progress: console.Step) -> str:
        progress("Screening", 3, 12)
        time.sleep(seconds)
        return "done"

    assert console.watched(work) == "done"
    assert ("Screening" in terminal.getvalue()) is shown
    assert ("25%" in terminal.getvalue()) is shown


def test_what_goes_wrong_in_the_thread_is_raised_outside() -> None:
    def work(_: console.Step) -> None:
        raise InputError

    with pytest.raises(InputError):
        console.watched(work)
