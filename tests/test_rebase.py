"""The graph under another address: nothing of the old one is left, and nothing else changes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from conftest import COUNTED, RunCli, edit
from jamjustice.formats import DUMP_FORMATS, Format
from jamjustice.publish.published import Published, read_published
from jamjustice.quality.check import check_dataset
from jamjustice.store.embedded import EmbeddedEngine
from jamjustice.store.engine import Question
from jamjustice.text import text_of

if TYPE_CHECKING:
    from pathlib import Path

    from jamjustice.graph.dataset import Dataset
    from jamjustice.project import Project

OLD = "https://w3id.org/jam-and-justice/"
NEW = "https://example.org/other/"


@pytest.fixture(scope="module")
def moved(project: Project) -> Published:
    return read_published(project.rebased(NEW))


def test_no_statement_names_the_old_address(moved: Published) -> None:
    assert [str(quad) for quad in moved.quads() if OLD in str(quad)] == []
    assert [str(t) for document in moved.dataset.ontology for t in document.triples if OLD in str(t)] == []


def test_every_graph_has_the_new_address(moved: Published, published: Published) -> None:
    before = Counter(quad.graph_name.value for quad in published.quads() if isinstance(quad.graph_name, ox.NamedNode))
    after = Counter(quad.graph_name.value for quad in moved.quads() if isinstance(quad.graph_name, ox.NamedNode))
    assert after == {name.replace(OLD, NEW): count for name, count in before.items()}


def test_every_statement_is_the_old_one_with_the_new_address(moved: Published, published: Published) -> None:
    derived = {str(t).replace(OLD, NEW) for name in COUNTED for t in published.dataset.triples(name)}
    assert {str(t) for name in COUNTED for t in moved.dataset.triples(name)} == derived
    assert len(derived) == 2779


@pytest.mark.parametrize("format_", DUMP_FORMATS, ids=lambda f: f.name)
def test_no_export_names_the_old_address(moved: Published, format_: Format) -> None:
    assert OLD.encode() not in moved.export(format_)
    assert NEW.encode() in moved.export(format_)


def test_no_query_context_or_prefix_names_the_old_address(moved: Published) -> None:
    assert OLD not in "".join(query.filled({}, moved.style.prefixes) for query in moved.library.values())
    assert OLD not in json.dumps(dict(moved.style.context))
    assert not [iri for iri in moved.style.prefixes.values() if OLD in iri]
    for path in moved.project.files("queries", ".rq"):
        assert OLD not in moved.project.rebase(text_of(path))


def test_the_check_finds_the_same(moved: Published, dataset: Dataset) -> None:
    def found(of: Dataset) -> list[tuple[str, ...]]:
        findings = check_dataset(of).findings
        return [(f.file, str(f.line), f.rule, f.focus.replace(OLD, NEW), f.message, f.value, f.known) for f in findings]

    assert found(moved.dataset) == found(dataset)
    assert len(found(moved.dataset)) == 13


def test_a_fault_is_found_at_the_new_address_too(project: Project, copy: Path) -> None:
    edit(copy / "data/page/people.ttl", "arc:evidencedBy line:87 ", "arc:evidencedBy line:85 ")
    spoiled = read_published(replace(project, folder=copy).rebased(NEW)).dataset
    findings = [f for f in check_dataset(spoiled).findings if not f.known]
    assert [(f.rule, f.focus) for f in findings if f.rule == "C02"] == [("C02", f"{NEW}id/person/benjamin-lear")]


def test_the_questions_are_answered_the_same(moved: Published, published: Published) -> None:
    with (
        EmbeddedEngine(moved.quads(), moved.style) as new,
        EmbeddedEngine(published.quads(), published.style) as old,
    ):
        for name, query in published.library.items():
            before = old.ask(Question(query.filled({}, published.style.prefixes))).body.decode()
            after = new.ask(Question(moved.library[name].filled({}, moved.style.prefixes))).body.decode()
            assert after == before.replace(OLD, NEW)


def test_one_run_may_have_an_address_of_its_own(run_cli: RunCli) -> None:
    by_option = run_cli("--base", NEW, "export", "--format", "nt", "--graph", "vocabulary")
    by_variable = run_cli("export", "--format", "nt", "--graph", "vocabulary", env={"JAMJUSTICE_BASE": NEW})
    assert by_option == by_variable
    assert by_option.code == 0
    assert OLD not in by_option.out
    assert by_option.out.count("\n") == 223


def test_formatting_ignores_the_address_of_a_run(run_cli: RunCli) -> None:
    assert run_cli("format", "--check", env={"JAMJUSTICE_BASE": NEW}).code == 0
    assert run_cli("--base", NEW, "format", "--check").code == 0


def test_a_wrong_address_is_refused(run_cli: RunCli) -> None:
    for base in ("example.org/", "https://example.org", "ftp://example.org/", "https://example.org/?a/"):
        run = run_cli("--base", base, "query", "--list")
        assert run.code == 2
        assert "cannot be a base IRI" in run.err
