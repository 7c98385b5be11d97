"""Every statement rests on lines of the source, and the lines are those of the document."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Literal, URIRef

from conftest import append, edit, line_of
from jamjustice.errors import UsageError
from jamjustice.graph.dataset import Dataset, read_dataset
from jamjustice.project import open_project
from jamjustice.quality.evidence import check_evidence

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib import Graph

    from jamjustice.quality.findings import Finding

ID = "https://w3id.org/jam-and-justice/id/"
PAGE = f"{ID}source/project-page"
ARC = "https://w3id.org/jam-and-justice/def#"
SCHEMA = "https://schema.org/"
DOCUMENT = "000_879ec2c942e77f27.txt"
DOCUMENT_DIGEST = "e1f9ab296a2725e1a1093ed96765b5803cca186e707e9f92ca5b666bb3ba8383"
BLANK = {
    *(2, 4, 6, 8, 10, 12, 21, 23, 25, 27, 30, 33, 36, 39, 42, 45),
    *(48, 51, 53, 56, 60, 64, 68, 72, 75, 78, 81, 85, 89, 91, 94, 97),
}
"""The lines of the source on which nothing stands."""

DIGESTS = {
    1: "2d7cf41367d0683a",
    3: "a6f3f7439ef0d5a3",
    5: "52390579d3709aa3",
    7: "83fe8fe6017a7293",
    9: "3a19c4d319098779",
    11: "84d5098f5ad31846",
    13: "3bef29407b542260",
    14: "df764eef09caee82",
    15: "768dd868ceb52135",
    16: "75935994196f9d4d",
    17: "e0ad163428d7fdf3",
    18: "cb4dcb820f7667e6",
    19: "b13a7095c126a15a",
    20: "9851bc7b1edc62fc",
    22: "7a011a7a5e0272ac",
    24: "2aa079cf529b06dc",
    26: "b77482f2489a540b",
    28: "10d395d175626ef2",
    29: "6a2470409be9abdc",
    31: "105e46fd27686da3",
    32: "18075db18c33837c",
    34: "087e04f9eb4157d1",
    35: "ed27c13967dbd988",
    37: "190f16966e10d590",
    38: "5f911780218de8e0",
    40: "eb40c4676fb7092e",
    41: "71d241a38e75caf8",
    43: "efde585f1e1ace7b",
    44: "824e9ffded1aa469",
    46: "d96cb9a1a5bd184d",
    47: "1a86a24745209965",
    49: "98333e2d40f3e8d5",
    50: "908900a282edf1b1",
    52: "9786e46d2f0586de",
    54: "658b248cab5b4d80",
    55: "f7754be794030200",
    57: "d8f7b59f43311196",
    58: "1937197542a5ec1f",
    59: "47711cfd00fdd051",
    61: "8ada6d9bd223a91c",
    62: "4c55d095301f6cd9",
    63: "ba15be71be12ebd0",
    65: "1596fca764a4fd85",
    66: "a814c5e56eca6c47",
    67: "fabce88108494bbb",
    69: "7bb41774f7b32cee",
    70: "2a176d0d83757b63",
    71: "ee7a000eb0352c00",
    73: "381dd7cbd8eb6da2",
    74: "534551e16d36f317",
    76: "d470345d24721c76",
    77: "a7047c8c6df36814",
    79: "87578f87afc6807c",
    80: "f8623699c1949c05",
    82: "bda9a25516e306e7",
    83: "1ee1eda49a344a43",
    84: "ee7a000eb0352c00",
    86: "bbbb4cc796a20dbd",
    87: "0a483b33bfd78318",
    88: "7d511c743fbe9be6",
    90: "acb76364f9f2fb65",
    92: "992d38b7ada2d17b",
    93: "7f75eeaa1b88e3e8",
    95: "0bc79ea7f991aa50",
    96: "2c13c021566acdd7",
    98: "25e11635b8853f27",
    99: "9e890d5981d8d62c",
    100: "1e6efc3877c3854c",
}
"""The first 16 hexadecimal digits of the SHA-256 of every line that is not blank."""


def line(number: int) -> URIRef:
    return URIRef(f"{PAGE}/line/{number}")


def spoiled(copy: Path) -> Dataset:
    return read_dataset(open_project(copy))


def shown(findings: list[Finding]) -> list[tuple[str, str, str]]:
    """What is found: rule, resource and what was found there, without the common beginnings."""
    return [(f.rule, f.focus.removeprefix(ID), f.value.replace(ID, "")) for f in findings]


def test_exactly_the_lines_that_are_not_blank_are_registered(union: Graph) -> None:
    lines = set(union.subjects(RDF.type, URIRef(f"{ARC}SourceLine")))
    assert lines == {line(n) for n in range(1, 101) if n not in BLANK}
    assert len(BLANK) == 32


def test_a_line_bears_the_number_that_its_iri_says(union: Graph) -> None:
    numbers = {s: o.toPython() for s, o in union.subject_objects(URIRef(f"{SCHEMA}position")) if isinstance(o, Literal)}
    assert {line(n): n for n in DIGESTS}.items() <= numbers.items()


def test_a_line_bears_its_digest(union: Graph) -> None:
    digests = {n: str(union.value(line(n), URIRef(f"{SCHEMA}sha256"))) for n in DIGESTS}
    assert {n: digest[:16] for n, digest in digests.items()} == DIGESTS
    assert {len(digest) for digest in digests.values()} == {64}


def test_the_document_bears_its_name_and_digest(union: Graph) -> None:
    identifier = union.value(URIRef(PAGE), URIRef("http://purl.org/dc/terms/identifier"))
    assert (str(identifier), str(union.value(URIRef(PAGE), URIRef(f"{SCHEMA}sha256")))) == (DOCUMENT, DOCUMENT_DIGEST)


def test_everything_rests_on_a_line_but_lines_schemes_and_our_own_concepts(union: Graph) -> None:
    resting = set(union.subjects(URIRef(f"{ARC}evidencedBy")))
    bare = {str(s) for s in union.subjects() if s not in resting}
    kinds = {iri.removeprefix(ID).partition("/")[0] for iri in bare}
    assert kinds == {"source", "scheme", "output-type", "project-role", "role", "status", "note-type", "aim-type"}
    assert len(bare) == 69 + 7 + 26


def test_every_registered_line_is_used(union: Graph) -> None:
    assert set(union.objects(None, URIRef(f"{ARC}evidencedBy"))) == {line(n) for n in DIGESTS}


def test_the_document_is_the_one_that_is_described(source_folder: Path) -> None:
    data = (source_folder / DOCUMENT).read_bytes()
    lines = data.split(b"\n")
    assert hashlib.sha256(data).hexdigest() == DOCUMENT_DIGEST
    assert len(lines) == 100
    assert {n for n, text in enumerate(lines, 1) if not text.strip()} == BLANK
    assert {n: hashlib.sha256(lines[n - 1]).hexdigest()[:16] for n in DIGESTS} == DIGESTS


def test_the_graph_agrees_with_the_document(dataset: Dataset, source_folder: Path) -> None:
    assert check_evidence(dataset, source_folder) == []


def test_a_changed_digest_of_a_line_is_found(copy: Path, source_folder: Path) -> None:
    lines = copy / "data/source/lines.ttl"
    edit(lines, DIGESTS[1], DIGESTS[3])
    findings = check_evidence(spoiled(copy), source_folder)
    assert shown(findings) == [("evidence-lines", "source/project-page/line/1", "")]
    assert findings[0].file.endswith("data/source/lines.ttl")


def test_a_changed_digest_of_the_document_is_found(copy: Path, source_folder: Path) -> None:
    edit(copy / "data/source/lines.ttl", DOCUMENT_DIGEST, DOCUMENT_DIGEST[::-1])
    assert shown(check_evidence(spoiled(copy), source_folder)) == [("evidence-lines", "source/project-page", "")]


def test_a_changed_document_is_found(dataset: Dataset, source_folder: Path, tmp_path: Path) -> None:
    data = (source_folder / DOCUMENT).read_bytes().split(b"\n")
    data[37], data[1] = data[37] + b" ", b"new"
    (tmp_path / DOCUMENT).write_bytes(b"\n".join(data))
    messages = [finding.message for finding in check_evidence(dataset, tmp_path)]
    assert messages == [
        "The digest of the source document has changed.",
        "Line 2 of the source is not blank and not registered.",
        "The digest of line 38 has changed.",
    ]


def test_a_line_that_is_not_registered_is_found(copy: Path, source_folder: Path) -> None:
    lines = copy / "data/source/lines.ttl"
    blocks = lines.read_text("utf-8").split("\n\n")
    kept = [block for block in blocks if not block.startswith("line:99\n")]
    assert len(kept) == len(blocks) - 1
    lines.write_text("\n\n".join(kept), "utf-8")
    messages = [f.message for f in check_evidence(spoiled(copy), source_folder) if f.rule == "evidence-lines"]
    assert messages == ["Line 99 of the source is not blank and not registered."]


def test_a_blank_line_that_is_registered_is_found(copy: Path, source_folder: Path) -> None:
    edit(copy / "data/source/lines.ttl", "schema:position 99 ", "schema:position 2 ")
    messages = {f.message for f in check_evidence(spoiled(copy), source_folder) if f.rule == "evidence-lines"}
    assert messages == {
        "Line 99 of the source is not blank and not registered.",
        "Line 2 is registered, but the source has no text there.",
    }


def test_a_cited_line_without_the_name_is_found(copy: Path, source_folder: Path) -> None:
    people = copy / "data/page/people.ttl"
    append(people, "person:beth-perry arc:evidencedBy line:14 .")
    findings = check_evidence(spoiled(copy), source_folder)
    assert shown(findings) == [("evidence-names", "person/beth-perry", "<source/project-page/line/14>")]
    assert findings[0].message == "A line cited for it contains none of its names."
    assert (findings[0].file, findings[0].label) == (str(people), "Beth Perry")
    assert findings[0].line in {line_of(people, "arc:evidencedBy line:14 ."), _block(people, "person:beth-perry")}


def _block(path: Path, subject: str) -> int:
    return next(n for n, row in enumerate(path.read_text("utf-8").splitlines(), 1) if row == subject)


def test_a_place_is_held_against_its_lines_too(copy: Path, source_folder: Path) -> None:
    append(copy / "data/page/places.ttl", "place:sheffield arc:evidencedBy line:13 .")
    findings = check_evidence(spoiled(copy), source_folder)
    assert shown(findings) == [("evidence-names", "place/sheffield", "<source/project-page/line/13>")]


def test_a_line_with_the_name_that_is_not_cited_is_found(copy: Path, source_folder: Path) -> None:
    edit(copy / "data/page/people.ttl", "line:17 , line:96 , line:99", "line:17 , line:99")
    findings = check_evidence(spoiled(copy), source_folder)
    assert shown(findings) == [("evidence-names", "person/elizabeth-richardson", "<source/project-page/line/96>")]
    assert findings[0].message == "A line that contains its name is not cited."


def test_a_line_that_is_exempt_needs_no_citing_and_only_that_one(copy: Path, source_folder: Path) -> None:
    edit(copy / "queries/evidence/names-exempt.rq", "line:73", "line:74")
    findings = check_evidence(spoiled(copy), source_folder)
    assert shown(findings) == [("evidence-names", "organization/jam-and-justice", "<source/project-page/line/73>")]


@pytest.mark.parametrize(
    ("file", "statement", "resource"),
    [
        ("outputs", 'output:life-lessons arc:dateAsPrinted "Mar 2019" .', "output/life-lessons"),
        ("outputs", 'output:life-lessons dcterms:title "Lifelong Lessons"@en .', "output/life-lessons"),
        (
            "credits",
            '<{}attribution/life-lessons/author-1> arc:nameAsPrinted "The J&J Group" .',
            "attribution/life-lessons/author-1",
        ),
    ],
)
def test_what_is_said_to_be_printed_but_is_not_is_found(
    copy: Path, source_folder: Path, file: str, statement: str, resource: str
) -> None:
    append(copy / f"data/page/{file}.ttl", statement.replace("{}", ID))
    text = statement.split('"')[1]
    assert shown(check_evidence(spoiled(copy), source_folder)) == [("evidence-printed", resource, f'"{text}"')]


def test_a_line_of_a_topic_without_its_label_is_found(copy: Path, source_folder: Path) -> None:
    append(copy / "data/vocabulary/topic.ttl", "topic:metrics arc:evidencedBy line:13 .")
    findings = check_evidence(spoiled(copy), source_folder)
    assert shown(findings) == [("evidence-topics", "topic/metrics", "<source/project-page/line/13>")]


@pytest.mark.parametrize("number", [5, 7, 22, 24, 26])
def test_six_words_in_a_row_from_the_prose_are_found_and_five_are_not(
    copy: Path, source_folder: Path, number: int
) -> None:
    prose = (source_folder / DOCUMENT).read_text("utf-8").split("\n")[number - 1]
    words = "".join(mark if mark.isalnum() else " " for mark in prose).split()[3:9]
    notes = copy / "data/curation/notes.ttl"
    before = notes.read_text("utf-8")
    append(notes, f'note:reading-season oa:bodyValue "Five: {", ".join(words[:5])}."@en .')
    assert check_evidence(spoiled(copy), source_folder) == []
    notes.write_text(before, "utf-8")
    append(notes, f'note:reading-season oa:bodyValue "Six: {", ".join(words).upper()}."@en .')
    found = [("evidence-prose", "note/reading-season", f'"{" ".join(words).lower()}"')]
    assert shown(check_evidence(spoiled(copy), source_folder)) == found


def test_a_folder_without_the_document_is_named(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"has no {DOCUMENT}"):
        check_evidence(dataset, tmp_path)
    with pytest.raises(UsageError, match="is not a folder"):
        check_evidence(dataset, tmp_path / "nowhere")


def test_a_project_without_evidence_queries_is_not_held_against_anything(copy: Path, source_folder: Path) -> None:
    append(copy / "data/page/people.ttl", "person:beth-perry arc:evidencedBy line:14 .")
    shutil.rmtree(copy / "queries/evidence")
    assert check_evidence(spoiled(copy), source_folder) == []
