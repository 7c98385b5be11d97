"""The README says what happens: its commands are run, and what they show is what it shows."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from conftest import PARTS, ROOT, cli_environment, edit, fetch, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import RunCli

README = (ROOT / "README.md").read_text("utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(README) if kind == language]


class Step(NamedTuple):
    """A command and the lines that the README shows below it."""

    command: str
    shown: list[str]


def steps(block: str) -> list[Step]:
    found: list[Step] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], []))
        else:
            found[-1].shown.append(line)
    return found


def like(shown: list[str], lines: list[str]) -> bool:
    """Whether lines are what is shown; a line of three dots stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else f"{re.escape(line)}\n" for line in shown)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in lines)) is not None


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the checkout that the examples need."""
    folder = tmp_path_factory.mktemp("readme")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "jamjustice.toml", folder)
    return folder


@pytest.fixture(scope="module")
def port() -> int:
    """The port that stands for 8000."""
    return free_port()


def environment() -> dict[str, str]:
    """The environment with the command `jamjustice` of this Python on the path."""
    return cli_environment({"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])})


@pytest.fixture(scope="module")
def served(checkout: Path, port: int) -> Iterator[None]:
    """`jamjustice serve &`, on another port."""
    process = subprocess.Popen(
        ["bash", "-c", f"exec jamjustice serve --port {port}"],
        cwd=checkout,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                assert fetch(f"http://127.0.0.1:{port}/sparql?query=ASK%7B%7D").status == 200
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode in {0, 130}
    assert b"Traceback" not in err


ALL = [step for block in blocks("console") for step in steps(block)]


def test_the_readme_has_commands_for_every_kind_of_user() -> None:
    kinds = re.findall(r"^### … (.+)$", README, re.MULTILINE)
    assert kinds == ["a researcher", "a repository", "a harvester", "a curator", "an operator, or another project"]
    assert len(ALL) >= 10


@pytest.mark.parametrize("step", ALL, ids=lambda step: step.command[:60])
def test_a_command_shows_what_the_readme_shows(
    step: Step, checkout: Path, port: int, request: pytest.FixtureRequest
) -> None:
    if "127.0.0.1:8000" in step.command or step.command == "jamjustice serve &":
        request.getfixturevalue("served")
        if shutil.which("curl") is None and step.command.startswith("curl"):
            pytest.skip("curl is not installed")
    if step.command == "jamjustice serve &":
        return  # the fixture has started it and seen it answer
    command = step.command.replace("127.0.0.1:8000", f"127.0.0.1:{port}")
    if command.startswith("curl "):
        command = f"curl --silent --show-error --fail {command.removeprefix('curl ')}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=checkout,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    lines = [line.rstrip("\r") for line in done.stdout.splitlines()]
    if step.shown:
        assert like(step.shown, lines), done.stdout
    else:
        assert lines or " -o " in command, "it shows something, or it writes a file"


def test_the_finding_that_the_readme_shows_is_that_of_a_missing_title(run_cli: RunCli, copy: Path) -> None:
    edit(copy / "data/page/outputs.ttl", '  dcterms:title "Everyday Politics"@en ;\n', "")
    (shown,) = [text for text in blocks("") if text.startswith("VIOLATION ")]
    assert f"{shown}\n" in run_cli("check", cwd=copy).out


def test_every_python_example_gives_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    examples = blocks("python")
    assert examples
    for number, block in enumerate(examples):
        test = doctest.DocTestParser().get_doctest(block, {}, f"README.md block {number}", "README.md", 0)
        assert test.examples
        told: list[str] = []
        result = doctest.DocTestRunner(verbose=False).run(test, out=told.append)
        assert result.failed == 0, "".join(told)


def test_the_two_commands_stand_in_the_readme() -> None:
    found = [text.strip() for text in blocks("")]
    assert "pip install . && jamjustice serve" in found
    assert "pip install '.[test]' && pytest" in found


def test_the_readme_says_whose_the_licence_is_to_confirm_and_that_the_address_is_not_registered() -> None:
    text = " ".join(README.replace("*", "").split())
    assert "CC0 1.0" in text
    assert "that is the owner's to confirm" in text
    assert "not registered yet" in text


def test_every_link_of_the_readme_to_a_file_leads_to_one() -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
    for name in re.findall(r"`((?:src|tests|data|ontology|queries|docs)/[\w./-]*)`", README):
        assert (ROOT / name).exists() or name == "docs/", name


def test_the_numbers_of_the_readme_are_those_of_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    import jamjustice

    number = re.search(r"([\d,]+) statements about (\d+) resources", README)
    assert number
    graph = jamjustice.load(ROOT)
    things = {str(subject) for subject in graph.subjects()}
    assert len(graph) == int(number[1].replace(",", ""))
    assert len({iri for iri in things if "/id/" in iri}) == int(number[2])
    queries = re.search(r"(\d+) questions with their answers", README)
    assert queries
    assert len(list((ROOT / "queries").glob("*.rq"))) == int(queries[1])


def test_the_settings_that_the_readme_shows_are_enough_for_a_project(tmp_path: Path) -> None:
    block = blocks("toml")[0]
    for part in PARTS:
        (tmp_path / part).mkdir()
    (tmp_path / "jamjustice.toml").write_text(block, "utf-8")
    command = [sys.executable, "-m", "jamjustice", "query", "--list"]
    assert subprocess.run(command, cwd=tmp_path, env=environment(), check=False).returncode == 0
