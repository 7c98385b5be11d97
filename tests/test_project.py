"""A project is found where one looks for it, and what is missing is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, RunCli
from jamjustice.errors import InputError, UsageError
from jamjustice.graph.dataset import read_dataset
from jamjustice.project import open_project
from jamjustice.text import display

if TYPE_CHECKING:
    from pathlib import Path

    from jamjustice.project import Project


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The smallest project."""
    folder = tmp_path / "small"
    for part in ("ontology", "data", "queries"):
        (folder / part).mkdir(parents=True)
    (folder / "jamjustice.toml").write_text('name = "small"\nbase = "https://example.org/small/"\n')
    return folder


def test_the_folder_that_is_named_comes_first(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMJUSTICE_PROJECT", str(ROOT))
    monkeypatch.chdir(ROOT)
    assert open_project(small).settings.name == "small"
    assert open_project(str(small)).folder == small


def test_then_the_environment(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMJUSTICE_PROJECT", str(small))
    monkeypatch.chdir(ROOT)
    assert open_project().settings.name == "small"


def test_then_the_nearest_folder_upwards(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small / "data/page").mkdir()
    monkeypatch.chdir(small / "data/page")
    assert open_project().folder == small


def test_then_what_comes_with_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = open_project()
    assert found.settings.name == "jam-and-justice"
    assert len(read_dataset(found).derived) == 443


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, small: Path) -> None:
    with pytest.raises(UsageError, match="is not a folder"):
        open_project(tmp_path / "nowhere")
    with pytest.raises(UsageError, match=r"has no jamjustice.toml. Make one"):
        open_project(tmp_path)
    (small / "queries").rmdir()
    with pytest.raises(UsageError, match="has no folder queries/"):
        open_project(small)


def test_the_command_takes_a_project(run_cli: RunCli, small: Path, tmp_path: Path) -> None:
    (small / "data/page").mkdir()
    (small / "data/page/a.ttl").write_text("<https://example.org/small/a> <http://e/p> 1 .")
    run = run_cli("--project", str(small), "export", "--format", "nt", cwd=tmp_path)
    lines = run.out.splitlines()
    assert run.code == 0, run.err
    assert '<https://example.org/small/a> <http://e/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .' in lines
    assert run_cli("--project", "nowhere", "check", cwd=tmp_path).code == 2


def test_a_project_without_shapes_and_queries_can_be_read(small: Path) -> None:
    assert list(read_dataset(open_project(small)).quads()) == []


def test_every_folder_of_data_is_a_graph(project: Project) -> None:
    assert project.graph_names == ("curation", "dataset", "links", "page", "source", "vocabulary")
    assert project.graph("page") == "https://w3id.org/jam-and-justice/graph/page"
    assert set(project.data_files().values()) == set(project.graph_names)


def test_files_come_in_a_fixed_order(project: Project) -> None:
    files = [path.relative_to(ROOT).as_posix() for path in project.files("data", ".ttl")]
    assert files == sorted(files)
    assert len(files) == 27


def test_every_problem_of_every_file_is_said_at_once(copy: Path) -> None:
    (copy / "data/page/aims.ttl").write_text("a:b a:c a:d .")
    (copy / "data/page/people.ttl").write_bytes(b"# \xff")
    (copy / "data/links/links.ttl").write_text("")
    (copy / "ontology/arc.ttl").write_text("<http://e/a> <http://e/b> .")
    with pytest.raises(InputError) as caught:
        read_dataset(open_project(copy))
    found = {problem.file.removeprefix(f"{copy}/"): problem.message for problem in caught.value.problems}
    assert set(found) == {"data/page/aims.ttl", "data/page/people.ttl", "data/links/links.ttl", "ontology/arc.ttl"}
    assert "not UTF-8" in found["data/page/people.ttl"]
    assert "the file is empty" in found["data/links/links.ttl"]


def test_a_prefix_that_is_not_declared_comes_with_the_line_to_paste(copy: Path) -> None:
    (copy / "data/page/aims.ttl").write_text("aim:x foaf:name 1 .")
    with pytest.raises(InputError) as caught:
        read_dataset(open_project(copy))
    line = "@prefix aim: <https://w3id.org/jam-and-justice/id/aim/> ."
    assert f"Paste this line at the top: {line}" in str(caught.value)


def test_a_path_is_shown_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "data")
    assert display(ROOT / "data/page/aims.ttl") == "page/aims.ttl"
    assert display(ROOT / "queries") == str(ROOT / "queries")
