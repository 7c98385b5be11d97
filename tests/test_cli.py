"""The command line as a person and a pipe see it: help, exit codes, what goes to which stream, terminals."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, cli_environment, running, workers_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import RunCli
    from jamjustice.publish.published import Published

COMMANDS = ("check", "rules", "format", "query", "export", "serve")
CO_INVESTIGATORS = "name\r\nAlexander Whinnom\r\nCatherine Durose\r\nElizabeth Richardson\r\n"
"""CSV has the line ends of RFC 4180, as the SPARQL 1.1 CSV format wants them."""
ESCAPE = "\x1b"


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "jamjustice", *args]


def on_a_terminal(*args: str, env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """The exit code of a command and what it shows on a terminal of 100 columns."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS", "FORCE_COLOR"}}
    process = subprocess.Popen(
        command(*args),
        cwd=ROOT,
        env={**clean, "TERM": "xterm-256color", "PYTHONUTF8": "1", **(env or {})},
        stdin=follower,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    try:
        while piece := os.read(leader, 65536):
            shown += piece
    except OSError:
        pass  # Linux says so when the last program has closed the terminal
    finally:
        os.close(leader)
    return process.wait(timeout=30), shown.decode().replace("\r", "")


@pytest.mark.parametrize("args", [(), *((name,) for name in COMMANDS)], ids=lambda args: " ".join(args) or "group")
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_opens_with_an_example(run_cli: RunCli, args: tuple[str, ...], option: str) -> None:
    done = run_cli(*args, option)
    assert (done.code, done.err) == (0, "")
    opening = done.out.splitlines()[:2]
    assert opening[0].startswith("Example")
    assert opening[1].startswith(" ".join(["  jamjustice", *args]))


def test_the_help_of_the_group_names_every_command_and_what_it_does(run_cli: RunCli) -> None:
    listed = run_cli("--help").out.partition("Commands:")[2].split("\n")
    described = {line.split()[0]: line.split()[1:] for line in listed if line.strip()}
    assert tuple(described) == COMMANDS
    assert all(described.values())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_of_a_help_names_only_options_that_there_are(run_cli: RunCli, name: str) -> None:
    text = run_cli(name, "--help").out
    examples, _, rest = text.partition("Usage:")
    options = {word for line in examples.splitlines() for word in line.split() if word.startswith("-") and word != "-"}
    assert all(option in rest for option in options)


def test_the_version_is_that_of_the_package(run_cli: RunCli) -> None:
    import jamjustice

    done = run_cli("--version")
    assert (done.code, done.out, done.err) == (0, f"jamjustice {jamjustice.__version__}\n", "")


@pytest.mark.parametrize(
    ("args", "nearest"),
    [
        (("chekc",), '"check"'),
        (("querry", "x"), '"query"'),
        (("--projct", "x", "check"), "--project"),
        (("check", "--fail-om", "info"), "--fail-on"),
        (("check", "--fail-on", "warnings"), "warning"),
        (("check", "--format", "jsn"), "json"),
        (("format", "--chek"), "--check"),
        (("query", "--endpont", "http://127.0.0.1/"), "--endpoint"),
        (("query", "--lisst"), "--list"),
        (("export", "--grph", "page"), "--graph"),
        (("serve", "--prt", "1"), "--port"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_word_that_nothing_bears_is_wrong_usage_and_the_nearest_is_named(
    run_cli: RunCli, args: tuple[str, ...], nearest: str
) -> None:
    done = run_cli(*args)
    assert (done.code, done.out) == (2, "")
    assert nearest in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("query",),
        ("query", "project-team", "--timeout", "0"),
        ("query", "project-team", "--timeout", "long"),
        ("serve", "--port", "70000"),
        ("export", "page"),
    ],
    ids=lambda args: " ".join(args) or "nothing",
)
def test_what_cannot_be_meant_is_wrong_usage_with_a_reason_on_standard_error(
    run_cli: RunCli, args: tuple[str, ...]
) -> None:
    done = run_cli(*args)
    assert (done.code, done.out) == (2, "")
    assert len(done.err.strip()) > 10
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "args",
    [
        ("query", "co-investigators"),
        ("query", "co-investigators", "--format", "table"),
        ("query", "--list"),
        ("check", "--data", "data/vocabulary/status.ttl", "--shapes", "ontology/shapes/core.ttl"),
        ("export", "--graph", "page"),
        ("--help",),
    ],
    ids=" ".join,
)
def test_a_pipe_gets_the_data_alone_and_no_colour(run_cli: RunCli, args: tuple[str, ...]) -> None:
    # Even where the environment asks for a fine terminal.
    done = run_cli(*args, env={"NO_COLOR": "", "TERM": "xterm-256color", "COLORTERM": "truecolor"})
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\n")
    assert ESCAPE not in done.out


def test_what_format_did_is_said_on_standard_error(run_cli: RunCli, copy: Path) -> None:
    done = run_cli("format", "--check", cwd=copy)
    assert (done.code, done.out) == (0, "")
    assert done.err == "33 files, 0 would be changed.\n"


def test_a_query_is_read_from_standard_input(run_cli: RunCli) -> None:
    done = run_cli("query", "-", stdin="SELECT ?n { person:beth-perry foaf:name ?n }")
    assert (done.code, done.out, done.err) == (0, "n\r\nBeth Perry\r\n", "")


def test_turtle_is_formatted_from_standard_input_to_standard_output(run_cli: RunCli) -> None:
    text = "# A note.\n@prefix e: <http://e/> .\n<http://e/b> e:name 'B'.<http://e/a> e:name 'A'."
    done = run_cli("format", "-", stdin=text)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("# A note.\n")
    assert done.out.index("e:a\n") < done.out.index("e:b\n")
    assert run_cli("format", "-", stdin=done.out).out == done.out


@pytest.mark.parametrize("args", [("export", "--graph", "page"), ("query", "co-investigators")], ids=" ".join)
def test_minus_as_output_is_standard_output(run_cli: RunCli, args: tuple[str, ...]) -> None:
    explicit = run_cli(*args, "-o", "-")
    assert explicit == run_cli(*args)
    assert explicit.out


@pytest.mark.parametrize(
    "args",
    [("export", "--format", "nquads"), ("query", "SELECT * { GRAPH ?g { ?s ?p ?o } }"), ("query", "--list")],
    ids=lambda args: args[0] + args[1][:8],
)
def test_a_reader_that_stops_early_ends_the_command_in_silence(args: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        command(*args), cwd=ROOT, env=cli_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(1)  # a single byte, then the reader goes away, as `head` does
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=30) in {0, 141}
    assert err == b""


def test_head_in_a_shell_sees_one_line_and_no_complaint(tmp_path: Path) -> None:
    line = f'set -o pipefail; "{sys.executable}" -m jamjustice export --format nt | head -n 1'
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env=cli_environment(), capture_output=True, timeout=60, check=False
    )
    assert done.stdout.count(b"\n") == 1
    assert (done.returncode in {0, 141}, done.stderr) == (True, b"")


@pytest.mark.parametrize("option", ["", "--format csv", "--list", "--help"])
def test_closed_standard_output_is_no_traceback(option: str) -> None:
    line = f'"{sys.executable}" -m jamjustice query co-investigators {option} >&-'
    done = subprocess.run(
        ["bash", "-c", line], cwd=ROOT, env=cli_environment(), capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr
    assert done.returncode in {0, 3}


def test_on_a_terminal_the_table_is_drawn() -> None:
    code, shown = on_a_terminal("query", "co-investigators")
    assert code == 0
    assert "Elizabeth Richardson" in shown
    assert "3 rows" in shown
    assert "━" in shown or "─" in shown
    assert "name\n" not in shown


def test_a_terminal_gets_colour_unless_no_color_is_set() -> None:
    _, coloured = on_a_terminal("query", "co-investigators")
    _, plain = on_a_terminal("query", "co-investigators", env={"NO_COLOR": "1"})
    assert ESCAPE + "[" in coloured
    assert not any(f"{ESCAPE}[{code}" in plain for code in range(30, 50))


def test_a_terminal_that_asks_for_csv_gets_csv() -> None:
    assert on_a_terminal("query", "co-investigators", "--format", "csv") == (0, CO_INVESTIGATORS.replace("\r", ""))


def test_markup_in_a_value_is_shown_as_it_is_on_a_terminal() -> None:
    _, shown = on_a_terminal("query", "SELECT ?x { BIND('[bold]no[/bold] [link=http://e/]x' AS ?x) }")
    assert "[bold]no[/bold] [link=http://e/]x" in shown


def test_without_a_terminal_the_table_is_csv(run_cli: RunCli) -> None:
    assert run_cli("query", "co-investigators").out == CO_INVESTIGATORS


@pytest.mark.parametrize(
    ("name", "opening"),
    [
        ("a.csv", b"name\r\n"),
        ("a.tsv", b"?name\n"),
        ("a.srj", b"{"),
        ("a.json", b"{"),
        ("a.srx", b"<?xml"),
        ("a.xml", b"<?xml"),
        ("a", b"name\r\n"),
        ("a.b.tsv", b"?name\n"),
    ],
)
def test_the_suffix_of_the_output_chooses_the_format_of_a_table(
    run_cli: RunCli, tmp_path: Path, name: str, opening: bytes
) -> None:
    done = run_cli("query", "co-investigators", "-o", str(tmp_path / name))
    assert (done.code, done.out, done.err) == (0, "", "")
    written = (tmp_path / name).read_bytes()
    assert written.startswith(opening)
    assert b"Catherine Durose" in written


@pytest.mark.parametrize("suffix", ["ttl", "nt", "nq", "trig", "jsonld", "rdf"])
def test_the_suffix_of_the_output_chooses_the_format_of_an_export(run_cli: RunCli, tmp_path: Path, suffix: str) -> None:
    done = run_cli("export", "--graph", "vocabulary", "-o", str(tmp_path / f"one.{suffix}"))
    assert (done.code, done.out, done.err) == (0, "", "")
    written = (tmp_path / f"one.{suffix}").read_text("utf-8")
    assert written == run_cli("export", "--graph", "vocabulary", "-f", suffix).out


def test_the_format_that_is_named_counts_more_than_the_suffix(run_cli: RunCli, tmp_path: Path) -> None:
    run_cli("export", "--graph", "source", "-f", "nt", "-o", str(tmp_path / "source.ttl"))
    assert (tmp_path / "source.ttl").read_text("utf-8") == run_cli("export", "--graph", "source", "-f", "nt").out


def test_an_output_file_keeps_its_permissions_and_leaves_nothing_beside_it(run_cli: RunCli, tmp_path: Path) -> None:
    target = tmp_path / "page.nt"
    target.write_text("old")
    target.chmod(0o640)
    assert run_cli("export", "--graph", "links", "-o", str(target)).code == 0
    assert target.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["page.nt"]


def test_the_list_of_queries_names_each_with_its_question_and_its_parameters(
    run_cli: RunCli, published: Published
) -> None:
    listed = run_cli("query", "--list").out
    assert len(published.library) == 32
    for name, query in published.library.items():
        assert f"\n{name} " in f"\n{listed}"
        assert query.summary in listed
        assert all(f"-p {parameter}=" in listed for parameter in query.parameters)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_interrupting_a_query_that_runs_away_ends_it_at_once() -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    process = subprocess.Popen(
        command("query", runaway), cwd=ROOT, env=cli_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    workers = workers_of(process.pid)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert not any(running(pid) for pid in workers)
    assert (process.returncode, out, err.strip()) == (130, b"", b"Interrupted.")


def test_a_query_that_runs_away_ends_at_its_time_limit(run_cli: RunCli) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    done = run_cli("query", runaway, "--timeout", "1")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("The query took longer than 1 s")
