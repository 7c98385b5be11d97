"""Another project brings its own folders and everything works, with no change in the software."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from conftest import Reply, fetch, serving

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import RunCli

BASE = "https://bees.example.org/atlas/"
SETTINGS = f"""\
name = "bee-atlas"
title = "Bee atlas"
base = "{BASE}"
languages = ["de", "en"]

[[validation]]
shapes = ["shapes/*.ttl"]
graphs = ["hives"]
"""
ONTOLOGY = f"""\
# Two terms.

@prefix bee:  <{BASE}def#> .
@prefix owl:  <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh:   <http://www.w3.org/ns/shacl#> .

<{BASE}def>
  a owl:Ontology ;
  rdfs:label "Bee atlas vocabulary"@en ;
  sh:declare
    [ sh:namespace "{BASE}def#" ; sh:prefix "bee" ] ,
    [ sh:namespace "{BASE}id/hive/" ; sh:prefix "hive" ] .

bee:Hive
  a owl:Class ;
  rdfs:label "Bienenstock"@de , "hive"@en .

bee:colonies
  a owl:DatatypeProperty ;
  rdfs:label "colonies"@en .
"""
SHAPES = f"""\
# One rule.

@prefix bee: <{BASE}def#> .
@prefix s:   <{BASE}shape#> .
@prefix sh:  <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

s:H1
  a sh:PropertyShape ;
  sh:name "colonies"@en ;
  sh:datatype xsd:integer ;
  sh:maxCount 1 ;
  sh:message "H1: A hive has one number of colonies."@en ;
  sh:minCount 1 ;
  sh:path bee:colonies ;
  sh:severity sh:Violation .

s:HiveShape
  a sh:NodeShape ;
  sh:property s:H1 ;
  sh:targetClass bee:Hive .
"""
DATA = f"""\
# Three hives.

@prefix bee:  <{BASE}def#> .
@prefix hive: <{BASE}id/hive/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

hive:east
  a bee:Hive ;
  rdfs:label "East"@en , "Ost"@de ;
  bee:colonies 3 .

hive:north
  a bee:Hive ;
  rdfs:label "North <i>side</i>"@en ;
  rdfs:seeAlso hive:east ;
  bee:colonies 12 .

hive:west
  a bee:Hive ;
  rdfs:label "West" ;
  bee:colonies 0 .
"""
QUERY = """\
#+ summary: Which hives have at least so many colonies?
#+ description: Hives and their number of colonies, the most first.
#+ tags: [hives]
#+ parameters:
#+   least:
#+     type: integer
#+     description: The least number
#+     default: 1
#+     example: 10

SELECT ?hive ?n { ?hive bee:colonies ?n FILTER(?n >= ?_least_integer) } ORDER BY DESC(?n)
"""


@pytest.fixture
def bees(tmp_path: Path) -> Path:
    """A small project about something else."""
    folder = tmp_path / "bees"
    files = {
        "jamjustice.toml": SETTINGS,
        "ontology/bee.ttl": ONTOLOGY,
        "ontology/shapes/hives.ttl": SHAPES,
        "data/hives/hives.ttl": DATA,
        "queries/big-hives.rq": QUERY,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def page(url: str) -> Reply:
    reply = fetch(url, headers={"Accept": "text/html"}, follow=True)
    assert (reply.status, reply.type) == (200, "text/html"), url
    return reply


def test_check_knows_its_rules(run_cli: RunCli, bees: Path) -> None:
    done = run_cli("check", cwd=bees)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(": nothing found.\n")
    data = bees / "data/hives/hives.ttl"
    data.write_text(DATA.replace("colonies 12", 'colonies "twelve"'), "utf-8")
    done = run_cli("check", cwd=bees)
    line = DATA[: DATA.index("colonies 12")].count("\n") + 1
    assert done.code == 1
    heading, row, page = done.out.splitlines()[:3]
    assert heading == "VIOLATION H1 (1 finding): A hive has one number of colonies."
    assert row == f'  data/hives/hives.ttl:{line}:16  North <i>side</i>  Found: "twelve"'
    assert page == f"  Read more: {BASE}rules#H1"


def test_its_files_are_in_canonical_form_and_stay_so(run_cli: RunCli, bees: Path) -> None:
    done = run_cli("format", cwd=bees)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("3 files, 0 changed.\n"), done.err
    data = bees / "data/hives/hives.ttl"
    head, prefixes, *blocks = DATA.strip().split("\n\n")
    data.write_text("\n\n".join([head, prefixes, *reversed(blocks)]), "utf-8")
    assert run_cli("format", "--check", cwd=bees).code == 1
    assert run_cli("format", cwd=bees).code == 0
    assert data.read_text("utf-8") == DATA


def test_its_questions_are_asked_by_name_with_its_own_prefixes(run_cli: RunCli, bees: Path) -> None:
    assert run_cli("query", "big-hives", "-f", "table", cwd=bees).out == (
        "hive       | n\n-----------+---\nhive:north | 12\nhive:east  | 3\n(2 rows)\n"
    )
    assert run_cli("query", "big-hives", "-p", "least=10", cwd=bees).out == f"hive,n\r\n{BASE}id/hive/north,12\r\n"
    assert run_cli("query", "ASK { hive:east a bee:Hive }", "-f", "table", cwd=bees).out == "true\n"
    done = run_cli("query", "project-team", cwd=bees)
    assert (done.code, "There is no query" in done.err) == (2, True)


def test_its_export_holds_its_data_and_nothing_of_another_project(run_cli: RunCli, bees: Path) -> None:
    for name in ("turtle", "nt", "nquads", "trig", "jsonld", "xml"):
        done = run_cli("export", "-f", name, cwd=bees)
        assert (done.code, done.err) == (0, "")
        assert "jam-and-justice" not in done.out
        assert done.out == run_cli("export", "-f", name, cwd=bees).out
    found = rdflib.Graph().parse(data=run_cli("export", "--graph", "hives", cwd=bees).out, format="turtle")
    assert isomorphic(found, rdflib.Graph().parse(data=DATA, format="turtle"))


def test_its_server_publishes_it(bees: Path) -> None:
    with serving(cwd=bees) as server:
        query = urlencode({"query": "SELECT (SUM(?n) AS ?sum) { ?x bee:colonies ?n }"})
        assert fetch(f"{server}sparql?{query}", headers={"Accept": "text/csv"}).text == "sum\r\n15\r\n"
        thing = fetch(f"{server}id/hive/north", follow=True)
        found = rdflib.Graph().parse(data=thing.text, format="turtle")
        assert (
            rdflib.URIRef(f"{BASE}id/hive/north"),
            rdflib.URIRef(f"{BASE}def#colonies"),
            rdflib.Literal(12),
        ) in found
        assert "<h1>Bee atlas</h1>" in page(server).text
        north = page(f"{server}id/hive/north").text
        assert "<h1>North &lt;i&gt;side&lt;/i&gt;</h1>" in north
        assert ">Ost</a>" in north, "the preferred language comes first"
        assert 'id="colonies"' in page(f"{server}def").text
        assert 'id="H1"' in page(f"{server}shape").text
        assert fetch(f"{server}dump/bee-atlas.ttl").status == 200
        assert fetch(f"{server}dump/jam-and-justice.ttl").status == 404
        assert fetch(server).status == 200
        assert "jam-and-justice" not in page(server).text
        missing = fetch(f"{server}id/hive/nort")
        assert (missing.status, f"{BASE}id/hive/north" in missing.text) == (404, True)


def test_python_works_on_it(bees: Path) -> None:
    import jamjustice

    assert jamjustice.query("big-hives", project=bees, least=10).rows == ({"hive": f"{BASE}id/hive/north", "n": 12},)
    assert len(jamjustice.load(bees, graph="hives")) == 11
    assert jamjustice.check(bees).failing("info") == ()
    assert jamjustice.open_project(bees).settings.title == "Bee atlas"


def test_it_is_found_upwards_from_a_folder_inside(run_cli: RunCli, bees: Path) -> None:
    deep = bees / "data/hives/more/and/more"
    deep.mkdir(parents=True)
    assert run_cli("query", "big-hives", "-p", "least=10", cwd=deep).out.endswith("/north,12\r\n")


def test_it_is_found_by_the_environment_and_by_the_option(run_cli: RunCli, bees: Path, tmp_path: Path) -> None:
    for folder in (str(bees), "bees"):
        assert "/north,12" in run_cli("query", "big-hives", cwd=tmp_path, env={"JAMJUSTICE_PROJECT": folder}).out
        assert "/north,12" in run_cli("--project", folder, "query", "big-hives", cwd=tmp_path).out


def test_the_option_comes_before_the_environment_and_both_before_the_folder(
    run_cli: RunCli, bees: Path, copy: Path
) -> None:
    by_option = run_cli("--project", str(bees), "query", "big-hives", cwd=copy, env={"JAMJUSTICE_PROJECT": str(copy)})
    assert "/north,12" in by_option.out
    assert "/north,12" in run_cli("query", "big-hives", cwd=copy, env={"JAMJUSTICE_PROJECT": str(bees)}).out
    assert "Beth Perry" in run_cli("query", "project-team", cwd=copy).out
    assert "Beth Perry" in run_cli("--project", str(copy), "query", "project-team", cwd=bees).out


def test_the_nearest_project_upwards_counts(run_cli: RunCli, bees: Path, copy: Path) -> None:
    shutil.copytree(bees, copy / "data/page/bees")
    assert "/north,12" in run_cli("query", "big-hives", cwd=copy / "data/page/bees/queries").out


def test_the_two_required_settings_are_enough(run_cli: RunCli, bees: Path) -> None:
    (bees / "jamjustice.toml").write_text(f'name = "bee-atlas"\nbase = "{BASE}"\n', "utf-8")
    assert run_cli("check", cwd=bees).out.endswith(": nothing found.\n")
    assert "/north,12" in run_cli("query", "big-hives", cwd=bees).out
    assert run_cli("format", "--check", cwd=bees).code == 0
    assert run_cli("export", cwd=bees).code == 0
    with serving(cwd=bees) as server:
        assert "<h1>bee-atlas</h1>" in page(server).text
        assert fetch(f"{server}dump/bee-atlas.nt").status == 200


def test_it_can_be_published_under_another_base(run_cli: RunCli, bees: Path) -> None:
    other = "http://localhost:1234/x/"
    for done in (
        run_cli("--base", other, "export", "-f", "nquads", cwd=bees),
        run_cli("export", "-f", "nquads", cwd=bees, env={"JAMJUSTICE_BASE": other}),
    ):
        assert done.code == 0
        assert f"<{other}id/hive/north>" in done.out
        assert BASE not in done.out
    assert run_cli("--base", other, "check", cwd=bees).code == 0


def test_empty_folders_are_a_project_too(run_cli: RunCli, bees: Path) -> None:
    for folder in ("ontology", "data", "queries"):
        shutil.rmtree(bees / folder)
        (bees / folder).mkdir()
    (bees / "jamjustice.toml").write_text(f'name = "bee-atlas"\nbase = "{BASE}"\n', "utf-8")
    assert run_cli("query", "ASK { ?s ?p ?o }", "-f", "table", cwd=bees).code == 0
    assert run_cli("query", "--list", cwd=bees).code == 0
    for args in (("export",), ("format",), ("check",)):
        done = run_cli(*args, cwd=bees)
        assert "Traceback" not in done.err
        assert done.code in {0, 2, 3}
    with serving(cwd=bees) as server:
        assert page(server).status == 200


BLANK = """
hive:south
  a bee:Hive ;
  rdfs:label "South" ;
  rdfs:seeAlso [
    rdfs:label "a field" ;
    rdfs:seeAlso [ rdfs:label "a tree" ]
  ] , ( 1 2 ) ;
  bee:colonies 1 .
"""


def test_data_with_blank_nodes_are_checked_formatted_asked_exported_and_served(run_cli: RunCli, bees: Path) -> None:
    data = bees / "data/hives/hives.ttl"
    data.write_text(DATA + BLANK, "utf-8")
    before = rdflib.Graph().parse(data=DATA + BLANK, format="turtle")
    assert run_cli("check", cwd=bees).code == 0
    assert run_cli("format", cwd=bees).code == 0
    formatted = data.read_text("utf-8")
    assert isomorphic(rdflib.Graph().parse(data=formatted, format="turtle"), before)
    assert run_cli("format", cwd=bees).err.endswith("0 changed.\n")
    assert data.read_text("utf-8") == formatted
    query = "SELECT ?l { hive:south rdfs:seeAlso/rdfs:seeAlso/rdfs:label ?l }"
    assert run_cli("query", query, cwd=bees).out == "l\r\na tree\r\n"
    exported = {name: run_cli("export", "--graph", "hives", "-f", name, cwd=bees) for name in ("turtle", "nt", "xml")}
    for name, done in exported.items():
        assert done.code == 0
        assert isomorphic(rdflib.Graph().parse(data=done.out, format=name), before), name
        assert done == run_cli("export", "--graph", "hives", "-f", name, cwd=bees)
    with serving(cwd=bees) as server:
        found = rdflib.Graph().parse(data=fetch(f"{server}doc/hive/south").text, format="turtle")
        labels = {str(label) for label in found.objects(None, rdflib.RDFS.label)}
        assert {"South", "a field", "a tree"} <= labels, "what hangs on a blank node belongs to the document"
        assert len(list(Collection(found, next(found.subjects(rdflib.RDF.first, None))))) >= 1
        assert "South" in page(f"{server}doc/hive/south").text


def test_the_bytes_do_not_depend_on_the_order_or_the_names_of_blank_nodes(run_cli: RunCli, bees: Path) -> None:
    data = bees / "data/hives/hives.ttl"
    data.write_text(
        f"{DATA}\nhive:a rdfs:seeAlso _:x . hive:b rdfs:seeAlso _:x , _:y . _:y rdfs:label 'y' .\n", "utf-8"
    )
    assert run_cli("format", cwd=bees).code == 0
    first = data.read_text("utf-8")
    data.write_text(
        f"{DATA}\n_:b rdfs:label 'y' . hive:b rdfs:seeAlso _:b , _:a . hive:a rdfs:seeAlso _:a .\n", "utf-8"
    )
    assert run_cli("format", cwd=bees).code == 0
    assert data.read_text("utf-8") == first


def test_a_project_without_shapes_is_told_where_they_go(tmp_path: Path, run_cli: RunCli) -> None:
    for folder in ("ontology", "data/things", "queries"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "jamjustice.toml").write_text('name = "bare"\nbase = "https://example.org/bare/"\n', "utf-8")
    (tmp_path / "data/things/a.ttl").write_text(
        "<https://example.org/bare/id/a> <https://example.org/p> 1 .\n", "utf-8"
    )
    run = run_cli("check", cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert "ontology/shapes/" in run.err
    assert run_cli("export", "--format", "nt", cwd=tmp_path).out.count("\n") == 1
