"""Bad input of every kind: one clear message with the place and what to do, the right exit code, no file changed."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from conftest import ROOT, append, cli_environment, edit, free_port, line_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Run, RunCli

    Refused = Callable[..., Run]

USAGE, INPUT, QUERY = 2, 3, 4
READERS = [("check",), ("query", "co-investigators"), ("export",), ("format",), ("serve", "--port", "0")]
"""Every command that reads the project's Turtle files."""


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


@pytest.fixture
def refused(run_cli: RunCli, copy: Path) -> Refused:
    """Run a command in the copy: it must fail with this exit code and a message, and change nothing."""

    def run(code: int, *args: str, **more: str) -> Run:
        before = digests(copy)
        done = run_cli(*args, cwd=copy, env=more.pop("env", None) or {}, **more)  # type: ignore[arg-type]
        assert "Traceback" not in done.err, done.err
        assert done.code == code, done.err
        if args[0] == "check" and done.out:  # what cannot be read is part of the report
            assert "to mend before everything can be checked." in done.out
            done = replace(done, out="", err=done.out.rpartition("\n\n")[0] + "\n")
        assert done.out == ""
        assert done.err.strip()
        assert not re.search(r"\.py\b", done.err), "a message speaks of the input, not of Python files"
        assert digests(copy) == before
        return done

    return run


# Turtle ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", READERS, ids=lambda args: args[0])
def test_a_syntax_error_is_reported_for_every_bad_file_with_line_column_and_caret(
    refused: Refused, copy: Path, args: tuple[str, ...]
) -> None:
    people, topics = copy / "data/page/people.ttl", copy / "data/curation/topics.ttl"
    append(people, '<http://e/one> <http://e/p> "open .')
    append(topics, "<http://e/two> <http://e/p> .")
    err = refused(INPUT, *args).err
    line = line_of(people, "<http://e/one>")
    assert re.search(rf"^data/page/people\.ttl:{line}:\d+: .+", err, re.MULTILINE)
    assert re.search(rf"^data/curation/topics\.ttl:{line_of(topics, '<http://e/two>')}:\d+: .+", err, re.MULTILINE)
    assert "    <http://e/two> <http://e/p> .\n                                ^" in err


def test_a_bad_file_of_the_ontology_and_a_bad_data_file_are_reported_together(refused: Refused, copy: Path) -> None:
    append(copy / "ontology/arc.ttl", "arc:x arc:y .")
    append(copy / "data/links/links.ttl", "<http://e/x> <http://e/y> ;")
    err = refused(INPUT, "check").err
    assert "ontology/arc.ttl:" in err
    assert "data/links/links.ttl:" in err


def test_a_missing_dot_is_explained(refused: Refused, copy: Path) -> None:
    append(copy / "data/links/links.ttl", "<http://e/x> <http://e/y> 1\n<http://e/x> <http://e/y> 2 .")
    err = refused(INPUT, "check").err
    assert 'a "." at the end of the statement above?' in err


@pytest.mark.parametrize("args", [("export",), ("format",)], ids=lambda args: args[0])
@pytest.mark.parametrize(
    ("prefix", "line"),
    [
        ("person", "@prefix person: <https://w3id.org/jam-and-justice/id/person/> ."),
        ("owl", "@prefix owl: <http://www.w3.org/2002/07/owl#> ."),
        ("doap", "@prefix doap: <http://usefulinc.com/ns/doap#> ."),
        ("zorg", "@prefix zorg: <the namespace it stands for> ."),
    ],
    ids=["of the project", "of the project's ontology", "well known", "unknown"],
)
def test_an_undeclared_prefix_comes_with_the_line_to_paste(
    refused: Refused, copy: Path, args: tuple[str, ...], prefix: str, line: str
) -> None:
    links = copy / "data/links/links.ttl"
    append(links, f"<http://e/x> {prefix}:p 1 .")
    err = refused(INPUT, *args).err
    assert f"data/links/links.ttl:{line_of(links, '<http://e/x>')}:14: " in err
    assert err.partition("\n")[0].endswith(line)


def test_the_line_to_paste_heals_the_file(refused: Refused, run_cli: RunCli, copy: Path) -> None:
    links = copy / "data/links/links.ttl"
    append(links, '<http://e/x> doap:name "x" .')
    advice = refused(INPUT, "export").err.partition("\n")[0]
    paste = advice[advice.index("@prefix") :]
    write(links, f"{paste}\n{links.read_text('utf-8')}")
    assert '<http://usefulinc.com/ns/doap#name> "x"' in run_cli("export", "-f", "nt", cwd=copy).out


@pytest.mark.parametrize("args", READERS, ids=lambda args: args[0])
def test_a_file_that_is_not_utf_8_is_named_with_line_and_column(
    refused: Refused, copy: Path, args: tuple[str, ...]
) -> None:
    links = copy / "data/links/links.ttl"
    start = links.read_bytes()
    links.write_bytes(start + "\nxé".encode() + b'"caf\xe9"')
    err = refused(INPUT, *args).err
    line = start.count(b"\n") + 2
    assert err == f"data/links/links.ttl:{line}:7: byte 0xe9 is not UTF-8. Save the file with the encoding UTF-8.\n"


@pytest.mark.parametrize("args", [("export",), ("format",)], ids=lambda args: args[0])
@pytest.mark.parametrize("content", ["", " \n\n", "\ufeff"], ids=["nothing", "white space", "byte order mark"])
def test_an_empty_file_is_named(refused: Refused, copy: Path, args: tuple[str, ...], content: str) -> None:
    write(copy / "data/links/links.ttl", content)
    err = refused(INPUT, *args).err
    assert err.startswith("data/links/links.ttl: the file is empty.")
    assert "comment line" in err


def test_a_byte_order_mark_is_no_error(run_cli: RunCli, copy: Path) -> None:
    links = copy / "data/links/links.ttl"
    write(links, "\ufeff" + links.read_text("utf-8"))
    assert run_cli("export", cwd=copy).out == run_cli("export").out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("check", "nothing.ttl"), USAGE),
        (("check", "--data", "nothing.ttl"), INPUT),
        (("check", "--shapes", "nothing.ttl"), INPUT),
        (("check", "--data", "data"), INPUT),
        (("format", "nothing.ttl"), INPUT),
        (("query", "nothing.rq"), INPUT),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_file_that_is_not_there_is_named(refused: Refused, args: tuple[str, ...], code: int) -> None:
    err = refused(code, *args).err
    assert args[-1] in err
    assert err.count("\n") == 1


def test_all_files_that_cannot_be_checked_are_reported(refused: Refused, copy: Path) -> None:
    write(copy / "one.ttl", "<http://e/a> <http://e/b> .")
    write(copy / "two.ttl", "<http://e/a> .")
    err = refused(INPUT, "check", "--data", "one.ttl", "--data", "two.ttl", "--data", "three.ttl").err
    assert all(f"{name}.ttl" in err for name in ("one", "two", "three"))


def test_format_writes_no_file_when_one_of_them_is_bad(refused: Refused, copy: Path) -> None:
    write(copy / "data/links/links.ttl", "@prefix e: <http://e/> .\ne:b e:p 1 . e:a e:p 1 .")
    append(copy / "data/page/people.ttl", "broken")
    refused(INPUT, "format")
    refused(INPUT, "format", "data/links/links.ttl", "data/page/people.ttl")


def test_format_does_not_lose_a_comment(refused: Refused, copy: Path) -> None:
    links = copy / "data/links/links.ttl"
    write(links, "@prefix e: <http://e/> .\n# about b\ne:b e:p 1 .")
    err = refused(INPUT, "format", "data/links/links.ttl").err
    assert err.startswith("data/links/links.ttl:2: this comment would be lost.")


# Projects and settings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["option", "environment"])
def test_a_project_folder_that_is_not_there_is_named(run_cli: RunCli, tmp_path: Path, how: str) -> None:
    args = ("--project", "nowhere", "check") if how == "option" else ("check",)
    done = run_cli(*args, cwd=tmp_path, env={"JAMJUSTICE_PROJECT": "nowhere"} if how == "environment" else {})
    assert (done.code, done.out) == (USAGE, "")
    assert done.err.startswith("nowhere is not a folder: name one that holds jamjustice.toml")


def test_a_folder_without_settings_is_no_project_and_the_two_lines_it_needs_are_shown(
    run_cli: RunCli, tmp_path: Path
) -> None:
    done = run_cli("--project", str(tmp_path), "check")
    assert (done.code, done.out) == (USAGE, "")
    assert "has no jamjustice.toml" in done.err
    assert '    name = "my-project"\n    base = "https://example.org/my-project/"' in done.err


@pytest.mark.parametrize("folder", ["ontology", "data", "queries"])
def test_a_project_that_misses_a_folder_says_which(run_cli: RunCli, copy: Path, folder: str) -> None:
    shutil.rmtree(copy / folder)
    done = run_cli("query", "--list", cwd=copy)
    assert (done.code, done.out) == (USAGE, "")
    assert f"has no folder {folder}/" in done.err


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ('name = "jam-and-justice"', "name = jam", 'name = jam', "is not TOML"),
        ('name = "jam-and-justice"', 'name = "Jam & Justice"', "Jam & Justice", "lower-case letters"),
        ('name = "jam-and-justice"', "", "", "name is missing"),
        ('title = "Jam and Justice"', 'titel = "x"', "titel", "title"),
        ('title = "Jam and Justice"', 'title = ""', 'title = ""', "a line of text"),
        ("port = 8000", 'port = "8000"', "port =", "a whole number from 0 to 65535, not '8000'"),
        ("port = 8000", "port = 65536", "port =", "a whole number from 0 to 65535"),
        ("port = 8000", "port = true", "port =", "a whole number from 0 to 65535"),
        ("port = 8000", "prot = 8000", "prot =", "serve.port"),
        ("timeout = 10", "timeout = 0", "timeout =", "seconds, from 0.1 to 3600"),
        ("workers = 2", "workers = 1.5", "workers =", "a whole number from 1 to 64"),
        ('languages = ["en"]', 'languages = "en"', "languages =", "a list of language tags"),
        ('languages = ["en"]', "languages = []", "languages =", "a list of language tags"),
        ('host = "127.0.0.1"', "host = 1", "host =", "a host name or address"),
        ("[serve]", "[server]", "host =", "serve.host"),
        ('graphs = ["dataset"]', "", None, "graphs"),
    ],
)  # fmt: skip
def test_a_bad_setting_stops_with_its_line_and_what_is_allowed(
    refused: Refused, copy: Path, old: str, new: str, at: str | None, says: str
) -> None:
    settings = copy / "jamjustice.toml"
    edit(settings, old, new)
    err = refused(USAGE, "query", "--list").err
    line = line_of(settings, at) if at else 1 if at == "" else line_of(settings, 'shapes = ["shapes/core.ttl"') - 1
    assert err.startswith(f"{settings.name}:{line}: ")
    assert says in err


def test_settings_that_are_not_utf_8_are_named_with_their_line(refused: Refused, copy: Path) -> None:
    settings = copy / "jamjustice.toml"
    settings.write_bytes(settings.read_bytes() + b"\n# caf\xe9\n")
    err = refused(USAGE, "query", "--list").err
    assert f"jamjustice.toml:{settings.read_bytes().count(chr(10).encode())}" in err
    assert "UTF-8" in err


@pytest.mark.parametrize(
    ("old", "new"),
    [('"shapes/dataset.ttl"', '"shapes/nothing.ttl"'), ('graphs = ["dataset"]', 'graphs = ["nothing"]')],
    ids=["shapes", "graph"],
)
def test_a_validation_of_what_is_not_there_is_refused_and_names_it(
    refused: Refused, copy: Path, old: str, new: str
) -> None:
    edit(copy / "jamjustice.toml", old, new)
    err = refused(USAGE, "check").err
    assert re.match(rf"\S*jamjustice\.toml:{line_of(copy / 'jamjustice.toml', 'nothing')}: ", err)
    assert "nothing" in err
    assert "dataset" in err, "what is allowed there is told"


@pytest.mark.parametrize("base", ["example.org/", "ftp://example.org/", "https://example.org", "https://e/ x/", "x"])
@pytest.mark.parametrize("how", ["before", "serve", "environment"])
def test_a_base_that_cannot_be_one_is_refused(refused: Refused, base: str, how: str) -> None:
    if how == "before":
        done = refused(USAGE, "--base", base, "query", "--list")
    elif how == "serve":
        done = refused(USAGE, "serve", "--port", "0", "--base", base)
    else:
        done = refused(USAGE, "query", "--list", env={"JAMJUSTICE_BASE": base})
    assert f'"{base}" cannot be a base IRI' in done.err
    assert 'end in "/"' in done.err


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[[accepted]\n", 1, "TOML"),
        ('# note\n\n[[accepted]]\nrule = "Q02"\n', 3, "exactly: because, by, focus, on, rule, severity"),
        ('[[accepted]]\nrule="Q1"\nseverity="Violation"\nfocus=["x"]\nby="a"\non=2026-01-01\nbecause="b"\n', 1, "Viol"),
        ('[[accepted]]\nrule="Q1"\nseverity="Info"\nfocus="x"\nby="a"\non=2026-01-01\nbecause="b"\n', 1, "focus is"),
        ('[[accepted]]\nrule="Q1"\nseverity="Info"\nfocus=["x"]\nby="a"\non="now"\nbecause="b"\n', 1, "on is a day"),
        ('[[accepted]]\nrule="Q1"\nseverity="Info"\nfocus=["x"]\nby=""\non=2026-01-01\nbecause="b"\n', 1, "by"),
        (
            '[[accepted]]\nrule="Q1"\nseverity=["Info"]\nfocus=["x"]\nby="a"\non=2026-01-01\nbecause="b"\n',
            1,
            "severity",
        ),
        ("accepted = 3\n", 1, "[[accepted]]"),
        ('accepted = ["Q02"]\n', 1, "[[accepted]]"),
        ("[accepted]\nrule = 1\n", 1, "[[accepted]]"),
        ("[[acepted]]\nrule = 1\n", 1, "[[accepted]]"),
    ],
)
def test_a_wrong_entry_of_accepted_findings_is_named_with_its_line(
    refused: Refused, copy: Path, text: str, line: int, says: str
) -> None:
    write(copy / "data/accepted.toml", text)
    err = refused(INPUT, "check").err
    assert err.startswith(f"data/accepted.toml:{line}: ")
    assert says in err


def test_a_heading_of_an_accepted_finding_may_hold_spaces(run_cli: RunCli, copy: Path) -> None:
    accepted = copy / "data/accepted.toml"
    write(accepted, accepted.read_text("utf-8").replace("[[accepted]]", "[[ accepted ]]  # known"))
    done = run_cli("check", cwd=copy)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("known: 2 warnings, 11 infos.\n")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [('{"@context":\n {"a": }}', "2:8", ""), ("[]", "1:1", "@context"), ('{"@context": 1}', "1:1", "@context")],
)
def test_a_json_ld_context_that_is_wrong_is_named(
    refused: Refused, copy: Path, text: str, place: str, says: str
) -> None:
    write(copy / "ontology/context.jsonld", text)
    err = refused(INPUT, "export").err
    assert err.startswith(f"ontology/context.jsonld:{place}: ")
    assert says in err


@pytest.mark.parametrize(
    ("text", "says"),
    [("SELECT * { ?s ?p ?o }", "CONSTRUCT"), ("\nCONSTRUCT { ?s zorg:p 1 } WHERE { ?s ?p ?o }", "zorg")],
    ids=["another form", "syntax"],
)
def test_a_derivation_that_is_wrong_is_named(refused: Refused, copy: Path, text: str, says: str) -> None:
    write(copy / "queries/derive/zz.rq", text)
    err = refused(INPUT, "export").err
    assert err.startswith("queries/derive/zz.rq")
    assert says in err


# Names and values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("query", "project-taem"), 'There is no query "project-taem". Did you mean "project-team"'),
        (("query", "xyzzy"), "jamjustice query --list"),
        (
            ("query", "outputs-in-window", "-p", "untl=2019-01-01"),
            'There is no parameter "untl". Did you mean "until"?',
        ),
        (("query", "co-investigators", "-p", "x=1"), 'There is no parameter "x"'),
        (("query", "outputs-in-window", "-p", "until"), "write -p name=value"),
        (("query", "co-investigators", "-f", "cvs"), 'There is no format "cvs". Did you mean "csv"'),
        (("query", "co-investigators", "-f", "word"), "There are: csv"),
        (("query", "co-investigators", "-f", "turtle"), "Choose json, xml, csv, tsv, table."),
        (("query", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "-f", "csv"), "Choose turtle, jsonld, nt, xml."),
        (("export", "-f", "turtel"), 'There is no format "turtel". Did you mean "turtle"?'),
        (("export", "-f", "csv"), "There are: jsonld, nquads, nt, trig, turtle, xml."),
        (("export", "--graph", "pge"), 'There is no graph "pge". Did you mean "page"?'),
        (("query", "co-investigators", "--endpoint", "localhost:80"), "must start with http:// or https://"),
        (("query", "co-investigators", "--endpoint", "ftp://e/"), "must start with http:// or https://"),
        (("check", "pyproject.toml"), "pyproject.toml does not exist"),
        (("check", "ontology/arc.ttl"), "jamjustice check --data ontology/arc.ttl"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_an_unknown_name_is_wrong_usage_and_the_right_ones_are_shown(
    refused: Refused, args: tuple[str, ...], says: str
) -> None:
    assert says in refused(USAGE, *args).err


@pytest.mark.parametrize(
    ("type_", "values", "looks"),
    [
        ("iri", ["beth", "<http://e/>>", "http://e/a b", ""], "an IRI such as"),
        ("integer", ["1.0", "", "١", "1 } #"], "a whole number such as"),
        ("decimal", ["1e3", "1,5", "."], "a number such as"),
        ("boolean", ["yes", "1"], "true or false"),
        ("date", ["2019-02-29", "20190131", "2019-01-31T00:00:00"], "a day such as"),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_what_it_should_look_like(
    refused: Refused, type_: str, values: list[str], looks: str
) -> None:
    for value in values:
        err = refused(USAGE, "query", f"SELECT ?x {{ BIND(?_it_{type_} AS ?x) }}", "-p", f"it={value}").err
        assert err.startswith(f'Parameter it: "{value}" is not {looks}')


@pytest.mark.parametrize(
    ("type_", "value", "term"),
    [
        ("iri", "person:beth-perry", "https://w3id.org/jam-and-justice/id/person/beth-perry"),
        ("iri", "https://example.org/x", "https://example.org/x"),
        ("string", 'a "quoted\\" } ?x # line\nend', 'a "quoted\\" } ?x # line\nend'),
        ("string", "", ""),
        ("integer", "-7", "-7"),
        ("decimal", "2.5", "2.5"),
        ("boolean", "true", "true"),
        ("date", "2020-02-29", "2020-02-29"),
    ],
)
def test_a_value_of_the_right_type_is_one_term(run_cli: RunCli, type_: str, value: str, term: str) -> None:
    import json

    done = run_cli("query", f"SELECT ?x {{ BIND(?_it_{type_} AS ?x) }}", "-p", f"it={value}", "-f", "json")
    assert (done.code, done.err) == (0, "")
    assert [row["x"]["value"] for row in json.loads(done.out)["results"]["bindings"]] == [term]


def test_a_prefix_in_a_value_that_is_not_known_is_named(refused: Refused) -> None:
    err = refused(USAGE, "query", "evidence", "-p", "output=outputs:life-lessons").err
    assert err.startswith('Parameter output: There is no prefix "outputs". Did you mean "output"')


def test_a_query_of_your_own_needs_a_value_for_each_parameter(refused: Refused) -> None:
    err = refused(USAGE, "query", "SELECT ?x { BIND(?_it_integer AS ?x) }").err
    assert err == "Parameter it needs a value: a whole number such as 83.\n"


# SPARQL ----------------------------------------------------------------------------------------------------------

BROKEN = [
    ("SELECT * {\n  ?s ?p }", 2, 3, "?s ?p }", "SPARQL"),
    ("SELECT ?x\n{ ?x zorg:p 1 }", 2, 6, "{ ?x zorg:p 1 }", "PREFIX zorg: <the namespace it stands for>"),
    ("SELECT ?x {\n ?x a ?y", 1, 11, "SELECT ?x {", 'the "{" that starts here is not closed'),
    ("SELECT ?x { ?x ?y 'a }", 1, 19, "SELECT ?x { ?x ?y 'a }", "the string that starts here is not closed"),
    ("\n\nSELEKT ?x { ?x ?y ?z }", 3, 1, "SELEKT ?x { ?x ?y ?z }", "SELECT, ASK, CONSTRUCT or DESCRIBE"),
]


@pytest.mark.parametrize(("text", "line", "column", "shown", "says"), BROKEN, ids=lambda value: str(value)[:14])
@pytest.mark.parametrize("how", ["file", "standard input", "argument", "library"])
def test_a_sparql_syntax_error_comes_with_line_column_and_caret(
    refused: Refused, copy: Path, how: str, text: str, line: int, column: int, shown: str, says: str
) -> None:
    header = "#+ summary: s\n#+ description: d\n#+ tags: [t]\n"
    if how == "file":
        write(copy / "mine.rq", text)
        err, place = refused(QUERY, "query", "mine.rq").err, f"mine.rq:{line}:{column}: "
    elif how == "library":
        write(copy / "queries/mine.rq", header + text)
        err, place = refused(INPUT, "query", "mine").err, f"queries/mine.rq:{line + 3}:{column}: "
    elif how == "standard input":
        err, place = refused(QUERY, "query", "-", stdin=text).err, f"line {line}, column {column}: "
    else:
        err, place = refused(QUERY, "query", text).err, f"line {line}, column {column}: "
    first, second, third = err.rstrip("\n").split("\n")
    assert first.startswith(place)
    assert says in first
    assert second == f"    {shown}"
    assert third == " " * (third.index("^")) + "^"
    indent = len(text.splitlines()[line - 1]) - len(shown)
    assert third.index("^") == 4 + column - 1 - indent


def test_a_query_file_that_is_not_utf_8_is_named(refused: Refused, copy: Path) -> None:
    (copy / "mine.rq").write_bytes(b"SELECT *\n{ ?s ?p 'caf\xe9' }")
    assert refused(INPUT, "query", "mine.rq").err.startswith("mine.rq:2:13: byte 0xe9 is not UTF-8.")


def test_standard_input_that_is_not_utf_8_is_named() -> None:
    for args in (["query", "-"], ["format", "-"]):
        done = subprocess.run(
            [sys.executable, "-m", "jamjustice", *args],
            cwd=ROOT,
            env=cli_environment(),
            input=b"# caf\xe9",
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stdout) == (INPUT, b"")
        assert done.stderr.startswith(b"-:1:6: byte 0xe9 is not UTF-8.")


@pytest.mark.parametrize("text", ["", "  \n", "# only a comment"])
def test_an_empty_query_is_refused(refused: Refused, text: str) -> None:
    assert "the query is empty" in refused(QUERY, "query", "-", stdin=text).err


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("INSERT DATA { person:x a foaf:Person }", "INSERT"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE"),
    ],
)
def test_updates_and_calls_to_another_address_are_refused(refused: Refused, text: str, word: str) -> None:
    err = refused(QUERY, "query", text).err
    assert word in err
    assert "refused" in err


GOOD_HEADER = """\
#+ summary: What is there?
#+ description: A description.
#+ tags:
#+   - one
#+ parameters:
#+   kind:
#+     type: iri
#+     description: A class
#+     default: foaf:Person
#+     example: foaf:Person
#+   day:
#+     type: date
#+     description: A day
#+     default: "2019-01-01"
#+     example: "2019-01-01"

SELECT ?x { ?x a ?_kind_iri . BIND(?_day_date AS ?d) }
"""


def test_the_header_that_the_next_test_spoils_is_right(run_cli: RunCli, copy: Path) -> None:
    write(copy / "queries/zz.rq", GOOD_HEADER)
    assert run_cli("query", "zz", cwd=copy).code == 0


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("#+ summary:", "#+ summry:", 1, 'There is no header key "summry". Did you mean "summary"?'),
        ("#+ description: A desc", "#+ descripton: A desc", 2, 'Did you mean "description"'),
        ("#+ summary: What is there?\n", "", 1, "needs a summary"),
        ("#+ summary: What is there?", "#+ summary: 3", 1, "needs a summary"),
        ("#+ description: A description.", "#+ description:", 2, "needs a description"),
        ("#+ tags:\n#+   - one", "#+ tags: one", 3, "tags: a list"),
        ("#+ tags:\n#+   - one", "#+ tags: [", 5, "not YAML"),
        ("#+   - one", "#+\t- one", 4, "not YAML"),
        ("#+ description: A description.", "#+ description: A: b", 2, "not YAML"),
        ("#+     type: iri", "#+     type: iris", 6, 'There is no type "iris". Did you mean "iri"'),
        ("#+     type: iri", "#+     type: integer", 6, "integer"),
        ("#+     type: iri\n", "", 6, "exactly: default, description, example, type"),
        ("#+     description: A class\n", "#+     describes: A class\n", 6, "exactly: default, description"),
        ("#+     default: foaf:Person", "#+     default: zorg:Person", 6, 'the default of parameter kind'),
        ("#+     example: foaf:Person", "#+     example: a person", 6, "the example of parameter kind"),
        ('#+     default: "2019-01-01"', '#+     default: "2019-02-29"', 11, "the default of parameter day"),
        ('#+     default: "2019-01-01"', "#+     default: 2019-02-29", 14, "the default of parameter day"),
        ("a ?_kind_iri", "a ?_sort_iri", 5, "parameter sort that the header does not describe"),
        ("a ?_kind_iri", "a ?kind", 6, "no variable ?_kind_iri stands in the query"),
        ("?_kind_iri", "?_kind_string", 6, "string in the query"),
        ("#+ parameters:", "#+ parameters: [", 7, "not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_header_is_an_error_of_the_library_with_file_and_line(
    refused: Refused, copy: Path, old: str, new: str, line: int, says: str
) -> None:
    write(copy / "queries/zz.rq", GOOD_HEADER)
    edit(copy / "queries/zz.rq", old, new) if GOOD_HEADER.count(old) == 1 else write(
        copy / "queries/zz.rq", GOOD_HEADER.replace(old, new, 1)
    )
    err = refused(INPUT, "query", "co-investigators").err
    assert err.startswith(f"queries/zz.rq:{line}: ")
    assert says in err


def test_a_query_without_a_header_and_two_wrong_ones_are_all_reported(refused: Refused, copy: Path) -> None:
    write(copy / "queries/aa.rq", "SELECT * { ?s ?p ?o }")
    write(copy / "queries/bb.rq", GOOD_HEADER.replace("summary", "sumary"))
    (copy / "queries/cc.rq").write_bytes(b"#+ summary: caf\xe9")
    err = refused(INPUT, "query", "co-investigators").err
    assert err.startswith("queries/aa.rq:1: there is no header")
    assert "\nqueries/bb.rq:1: " in err
    assert "\nqueries/cc.rq:1:16: byte 0xe9 is not UTF-8." in err


# Endpoints elsewhere ---------------------------------------------------------------------------------------------


class Strange(BaseHTTPRequestHandler):
    """Answers as its path says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        getattr(self, self.path.partition("?")[0].strip("/"))()

    do_GET = do_POST  # noqa: N815 - the name that the base class gives it

    def send(self, status: int, kind: str, body: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def html(self) -> None:
        self.send(200, "text/html; charset=utf-8", b"<!doctype html><title>Welcome</title>")

    def error(self) -> None:
        self.send(500, "text/plain", b"The disk is on fire\nand more")

    def teapot(self) -> None:
        self.send(418, "text/plain", b"short and stout")

    def missing(self) -> None:
        self.send(404, "text/html", b"<h1>Not here</h1>")

    def cut(self) -> None:
        self.send(200, "application/sparql-results+json", b'{"head": {"vars": ["n"]}, "results": {"bind')

    def broken(self) -> None:
        self.send(200, "application/sparql-results+json", b'{"head": {"vars"', length=1000)

    def nothing(self) -> None:
        self.send(200, "application/sparql-results+json", b"")

    def typeless(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def loop(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/loop")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/sparql-results+json")
        self.end_headers()
        try:
            for _ in range(24):
                self.wfile.write(b" ")
                time.sleep(0.25)
        except OSError:
            return  # the client gave up, as it should

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        """Nothing is logged."""


@pytest.fixture(scope="module")
def strange() -> Iterator[str]:
    """The address of an endpoint that answers whatever its path says."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Strange) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("html", "not of its web page"),
        ("error", "The disk is on fire"),
        ("teapot", "418"),
        ("missing", ""),
        ("cut", "cannot be read as application/sparql-results+json"),
        ("broken", "broke off"),
        ("nothing", "cannot be read as application/sparql-results+json"),
        ("typeless", "not with SPARQL results"),
        ("loop", "302"),
    ],
)
def test_an_endpoint_that_answers_something_else_is_reported_with_its_address(
    refused: Refused, strange: str, path: str, says: str
) -> None:
    err = refused(QUERY, "query", "co-investigators", "--endpoint", strange + path).err
    assert err.startswith(strange + path)
    assert says in err
    assert len(err) < 700


@pytest.mark.parametrize("form", ["SELECT ?x { ?x ?y ?z }", "ASK { ?x ?y ?z }", "DESCRIBE <http://e/>"])
def test_a_web_page_is_no_answer_to_any_form_of_query(refused: Refused, strange: str, form: str) -> None:
    assert "text/html" in refused(QUERY, "query", form, "--endpoint", f"{strange}html").err


def test_an_endpoint_that_cannot_be_reached_is_named(refused: Refused) -> None:
    address = f"http://127.0.0.1:{free_port()}/sparql"
    err = refused(QUERY, "query", "co-investigators", "--endpoint", address).err
    assert err.startswith(f"{address} cannot be reached: ")
    assert "refused" in err


def test_an_endpoint_whose_name_does_not_resolve_is_named(refused: Refused) -> None:
    address = "http://nothing.invalid/sparql"
    err = refused(QUERY, "query", "co-investigators", "--endpoint", address).err
    assert err.startswith(f"{address} cannot be reached: ")


def test_an_endpoint_that_never_answers_ends_at_the_time_limit(refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/sparql"
        start = time.monotonic()
        err = refused(QUERY, "query", "co-investigators", "--endpoint", address, "--timeout", "1").err
        assert err == f"{address} did not answer within 1 s.\n"
        assert time.monotonic() - start < 5


def test_an_endpoint_that_drips_ends_at_the_time_limit(refused: Refused, strange: str) -> None:
    start = time.monotonic()
    err = refused(QUERY, "query", "co-investigators", "--endpoint", f"{strange}drip", "--timeout", "1").err
    assert "did not answer within 1 s" in err
    assert time.monotonic() - start < 5


# Output ----------------------------------------------------------------------------------------------------------

WRITERS = [("export", "--graph", "page"), ("query", "co-investigators"), ("query", "--list")]


@pytest.mark.parametrize("args", WRITERS, ids=" ".join)
@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("nowhere/out.csv", "No such file or directory"),
        ("jamjustice.toml/out.csv", "Not a directory"),
        ("data", "Is a directory"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_an_output_that_cannot_be_written_is_named_and_nothing_is_left_behind(
    refused: Refused, args: tuple[str, ...], output: str, reason: str
) -> None:
    err = refused(INPUT, *args, "-o", output).err
    assert err == f"{output}: cannot be written: {reason}. Nothing was changed.\n"


@pytest.mark.parametrize("args", [*WRITERS, ("query", "ASK {}"), ("--help",), ("--version",)], ids=" ".join)
def test_full_standard_output_is_reported(args: tuple[str, ...]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "jamjustice", *args],
            cwd=ROOT,
            env=cli_environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=30,
            check=False,
        )
    assert (done.returncode, done.stderr) == (INPUT, b"Cannot write: No space left on device.\n")


def test_a_port_that_is_in_use_is_named_and_the_way_out_too(refused: Refused) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        err = refused(USAGE, "serve", "--port", str(port)).err
    assert err == f"Cannot listen on 127.0.0.1 port {port}: Address already in use. Choose another one with --port.\n"


@pytest.mark.parametrize("host", ["nothing.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_refused(refused: Refused, host: str) -> None:
    assert f"Cannot listen on {host} port 0" in refused(USAGE, "serve", "--host", host, "--port", "0").err


# Shapes ----------------------------------------------------------------------------------------------------------

SHAPE = """\
@prefix e: <http://e/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

e:Shape
  a sh:NodeShape ;
  sh:targetClass foaf:Person ;
  %s .
"""


def test_the_shape_that_the_next_test_spoils_is_right(run_cli: RunCli, copy: Path) -> None:
    write(copy / "mine.ttl", SHAPE % "sh:property [ sh:path foaf:name ; sh:minCount 1 ]")
    assert run_cli("check", "--shapes", "mine.ttl", cwd=copy).code == 0


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ('sh:property [ sh:path foaf:name ; sh:minCount "one" ]', "minCount"),
        ("sh:property [ sh:path foaf:name ; sh:minCount 1 , 2 ]", "minCount"),
        ("sh:property [ sh:path foaf:name ; sh:nodeKind foaf:Person ]", "nodeKind"),
        ('sh:property [ sh:path foaf:name ; sh:severity "bad" ]', "severity"),
        ("sh:property [ sh:minCount 1 ]", "path"),
        ("sh:property [ sh:path foaf:name , foaf:nick ]", "path"),
        ('sh:property [ sh:path foaf:name ; sh:pattern "[" ]', "pattern"),
        ("sh:in foaf:Person", "in"),
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this ?p" ]', "not closed"),
        ('sh:sparql [ sh:select "SELECT $this WHERE { $this zorg:p ?x }" ]', "zorg"),
        ('sh:sparql [ sh:message "no query" ]', ""),
        ("sh:datatype e:a ; sh:datatype e:b", "datatype"),
    ],
)
def test_a_shape_that_is_wrong_is_reported_with_file_and_line(
    refused: Refused, copy: Path, rule: str, says: str
) -> None:
    write(copy / "mine.ttl", SHAPE % rule)
    err = refused(INPUT, "check", "--shapes", "mine.ttl").err
    assert re.search(r"^mine\.ttl:[5-8](:\d+)?: ", err, re.MULTILINE)
    assert says.lower() in err.lower()
    assert not re.search(r"\b[0-9a-f]{32}\b", err), "the name of a blank node says nothing to anybody"


@pytest.mark.parametrize(
    "rule", ['sh:property [ sh:path foaf:name ; sh:minCount "one" ]', 'sh:sparql [ sh:select "SELECT" ]']
)
def test_a_wrong_shape_of_the_project_itself_is_reported_with_file_and_line(
    refused: Refused, copy: Path, rule: str
) -> None:
    core = copy / "ontology/shapes/core.ttl"
    append(
        core, f"<http://e/Shape> a sh:NodeShape ;\n  sh:targetClass <http://xmlns.com/foaf/0.1/Person> ;\n  {rule} ."
    )
    err = refused(INPUT, "check").err
    first = line_of(core, "<http://e/Shape>")
    place = re.match(r"ontology/shapes/core\.ttl:(\d+)", err)
    assert place, err
    assert first <= int(place[1]) <= first + 2


def test_a_shape_that_refers_to_itself_says_so_without_a_word_of_python(run_cli: RunCli, copy: Path) -> None:
    write(copy / "mine.ttl", SHAPE % "sh:node e:Shape")
    done = run_cli("check", "--shapes", "mine.ttl", cwd=copy)
    assert done.code in {0, INPUT}
    assert ".py" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("shapes", "says"),
    [
        ("e:S a sh:NodeShape ; sh:targetClass foaf:Person ; sh:propertee [ sh:path foaf:name ] .", "sh:property"),
        ("e:S a sh:NodeShape ; sh:targetClass foaf:Person ; sh:severity sh:Warnnig .", "sh:Warning"),
        ("e:S a sh:NodeShape ; sh:property [ sh:path foaf:name ; sh:minCount 1 ] .", "no shape here has a target"),
        ("e:S foaf:name 'not a shape' .", "no shape here has a target"),
    ],
    ids=["misspelt", "no such severity", "no target", "no shape"],
)
def test_shapes_that_would_check_nothing_are_refused(refused: Refused, copy: Path, shapes: str, says: str) -> None:
    prefixes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
        "@prefix e: <http://e/> .\n"
    )
    write(copy / "mine.ttl", prefixes + shapes + "\n")
    err = refused(INPUT, "check", "--shapes", "mine.ttl").err
    assert err.startswith("mine.ttl")
    assert says in err


@pytest.mark.parametrize(
    ("file", "says"),
    [("loose.ttl", "belongs in a folder"), ("derived/mine.ttl", "is computed"), ("queries/mine.ttl", "is computed")],
)
def test_a_data_file_in_no_graph_or_in_a_computed_one_is_named(
    refused: Refused, copy: Path, file: str, says: str
) -> None:
    (copy / "data" / file).parent.mkdir(exist_ok=True)
    write(copy / "data" / file, "<http://e/a> <http://e/b> 1 .\n")
    err = refused(INPUT, "check").err
    assert err.startswith(f"data/{file}: ")
    assert says in err
