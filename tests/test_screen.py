"""The screen says what pySHACL alone says, of whatever data and shapes there are, and spares it work."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from pyshacl.rdfutil.stringify import stringify_blank_node

from conftest import COUNTED
from jamjustice.errors import InputError
from jamjustice.graph.exact import ExactStore
from jamjustice.graph.read import document
from jamjustice.graph.terms import TAGGED, BlankNode, Literal, NamedNode, Triple
from jamjustice.quality.screen import screen
from jamjustice.quality.shape import Shapes
from jamjustice.quality.validate import Engine, validate
from jamjustice.vocabulary import RDF_TYPE, SH, XSD
from one_rule import SHAPES, Cutter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jamjustice.graph.dataset import Dataset

HEADER = """
@prefix e: <http://e/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# Data ------------------------------------------------------------------------------------------------------------

TYPED = {
    "integer": ["1", "01", "+1", "-0", "0", "5", "10", "abc", "", "99999999999999999999"],
    "int": ["5", "05"],
    "nonNegativeInteger": ["5", "-5"],
    "byte": ["300", "5"],
    "decimal": ["1.10", "1.1", "1.0", "1", "5", "x"],
    "boolean": ["1", "true", "false", "TRUE"],
    "double": ["1e3", "1.0E3", "NaN", "INF", "5"],
    "float": ["1.5", "NaN"],
    "date": ["2018-02-03", "2018-02-03Z", "2018-02-04+01:00", "2018-02-30", "soon"],
    "dateTime": ["2018-02-03T04:05:06", "2018-02-03T04:05:06Z", "2018-02-03T04:05:06.50", "2018-02-03T24:00:00"],
    "gYear": ["2018", "02018"],
    "gYearMonth": ["2018-02"],
    "time": ["04:05:06"],
    "duration": ["P1D", "PT24H"],
    "anyURI": ["http://e/a", "not a URI"],
    "token": [" x "],
}
LITERALS = [
    *(f'"{text}"^^xsd:{datatype}' for datatype, texts in TYPED.items() for text in texts),
    *('""', '"x"', '"abc"', '"ABC"', '"a b"', '"1"', '"x\\n"', '"x\\ny"', '"é"', '"\\U0001f600"', '"http://e/a"'),
    *('""@en', '"x"@en', '"x"@EN', '"x"@en-GB', '"x"@en-gb', '"y"@de', '"y"@DE-at', '"y"@en', '"1"@en'),
    *('"x"^^e:type', '"1"^^e:type', '"x"^^rdf:HTML', '"<x/>"^^rdf:XMLLiteral'),
]
RESOURCES = ["e:a", "e:b", "e:c", "e:d"]
BLANKS = ["_:a", "_:b", "_:c"]
PREDICATES = ["e:p", "e:q", "e:r"]
CLASSES = ["e:A", "e:B", "e:C", "e:D"]

literals = st.sampled_from(LITERALS)
iris = st.sampled_from([*RESOURCES, *CLASSES])
subjects = st.sampled_from([*RESOURCES, *BLANKS])
classes = st.sampled_from(CLASSES)
predicates = st.sampled_from(PREDICATES)
lists = st.lists(st.one_of(literals, subjects), max_size=3).map(lambda items: f"( {' '.join(items)} )")
objects = st.one_of(literals, subjects, literals, subjects, classes, lists)
statements = st.one_of(
    st.tuples(subjects, predicates, objects),
    st.tuples(subjects, predicates, objects),
    st.tuples(subjects, predicates, objects),
    st.tuples(subjects, st.just("a"), st.sampled_from([*CLASSES, "rdfs:Resource"])),
    st.tuples(subjects, st.just("a"), classes),
    st.tuples(classes, st.just("rdfs:subClassOf"), st.sampled_from([*CLASSES, "_:a"])),
)
data = st.lists(statements.map(" ".join), min_size=10, max_size=30).map(lambda found: " .\n".join([*found, ""]))

# Shapes ----------------------------------------------------------------------------------------------------------

LIMITS = ['"01"^^xsd:integer', '"5"^^xsd:int', '"1.10"^^xsd:decimal', '"1e3"^^xsd:double', '"b"', "1", "5", "5.0"]
LIMITS += ['"2018-02-03"^^xsd:date', '"2018-02-03Z"^^xsd:date', '"2018-02-03T04:05:06"^^xsd:dateTime']
LIMITS += ['"2018-02-03T04:05:06Z"^^xsd:dateTime', '"2018"^^xsd:gYear', '"NaN"^^xsd:double', '"x"@en']
DATATYPES = [*(f"xsd:{name}" for name in TYPED), "xsd:string", "rdf:langString", "rdfs:Literal", "e:type", "rdf:HTML"]
PATTERNS = [
    "^a",
    "x$",
    "^x$",
    "[0-9]+",
    "^$",
    r"\\d",
    r"^\\w+$",
    "^.$",
    "a|b",
    "^http://",
    "[^a-z]",
    r"\\s",
    "(a)b",
    ".",
]
PATTERNS += ["X", "^x.y$", "é", "^[A-Z]+$", "1{1,2}", r"\\.", " "]
KINDS = ["IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"]
TAGS = ["en", "EN", "en-GB", "de", "fr", ""]
LIMITED = ["minExclusive", "minInclusive", "maxExclusive", "maxInclusive"]
PLAIN = ["class", "datatype", "nodeKind", *LIMITED, "minLength", "maxLength", "pattern", "languageIn"]
PLAIN += ["equals", "disjoint", "hasValue", "in", "closed"]
OF_PROPERTY = ["minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals"]
OF_SHAPES = ["node", "property", "not", "and", "or", "xone"]
NAMES = ["e:S1", "e:P1", "e:S2", "e:P2", "e:S3", "e:P3"]
"""The named shapes; those with a P are property shapes."""

numbers = st.integers(0, 3).map(str)
nodes = st.one_of(literals, iris)
severities = st.sampled_from(["sh:Info", "sh:Warning", "e:Severe"])
messages = st.sampled_from(['"wrong"', '"falsch"@de', '"wrong" , "falsch"@de'])


def some(values: st.SearchStrategy[str], most: int = 2) -> st.SearchStrategy[str]:
    """One value of a parameter, or several."""
    return st.lists(values, min_size=1, max_size=most, unique=True).map(" , ".join)


def listed(values: st.SearchStrategy[str], least: int = 0, most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(values, min_size=least, max_size=most, unique=True).map(lambda items: f"( {' '.join(items)} )")


def longer(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    kinds = st.sampled_from(["inversePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"])
    several = st.lists(inner, min_size=2, max_size=3).map(lambda paths: f"( {' '.join(paths)} )")
    return st.one_of(
        st.tuples(kinds, inner).map(lambda path: f"[ sh:{path[0]} {path[1]} ]"),
        several,
        several.map("[ sh:alternativePath {} ]".format),
    )


steps = st.one_of(predicates, predicates, predicates, st.sampled_from(["rdf:type", "rdf:first", "rdf:rest"]))
paths = st.one_of(steps, steps, longer(steps), longer(st.one_of(steps, longer(st.one_of(steps, longer(steps))))))
PARAMETERS: dict[str, st.SearchStrategy[str]] = {
    "class": some(classes).map("sh:class {}".format),
    "datatype": st.sampled_from(DATATYPES).map("sh:datatype {}".format),
    "nodeKind": st.sampled_from(KINDS).map("sh:nodeKind sh:{}".format),
    "minCount": numbers.map("sh:minCount {}".format),
    "maxCount": numbers.map("sh:maxCount {}".format),
    **{name: st.sampled_from(LIMITS).map(f"sh:{name} {{}}".format) for name in LIMITED},
    "minLength": numbers.map("sh:minLength {}".format),
    "maxLength": numbers.map("sh:maxLength {}".format),
    "pattern": st.tuples(
        some(st.sampled_from(PATTERNS).map('"{}"'.format)), st.sampled_from(["", "", "i", "m", "s", "im"])
    ).map(lambda found: f"sh:pattern {found[0]}" + (f' ; sh:flags "{found[1]}"' if found[1] else "")),
    "languageIn": listed(st.sampled_from(TAGS).map('"{}"'.format)).map("sh:languageIn {}".format),
    "uniqueLang": st.sampled_from(["true", "false"]).map("sh:uniqueLang {}".format),
    "equals": some(predicates).map("sh:equals {}".format),
    "disjoint": some(predicates).map("sh:disjoint {}".format),
    "lessThan": some(predicates).map("sh:lessThan {}".format),
    "lessThanOrEquals": some(predicates).map("sh:lessThanOrEquals {}".format),
    "closed": st.one_of(st.just(""), listed(steps).map(" ; sh:ignoredProperties {}".format)).map(
        "sh:closed true{}".format
    ),
    "hasValue": some(nodes).map("sh:hasValue {}".format),
    "in": listed(nodes, most=5).map("sh:in {}".format),
}
targets = st.one_of(
    classes.map("sh:targetClass {}".format),
    st.one_of(iris, literals).map("sh:targetNode {}".format),
    predicates.map("sh:targetSubjectsOf {}".format),
    predicates.map("sh:targetObjectsOf {}".format),
    st.just("a rdfs:Class"),
    st.just("a e:Meta"),
)


class Writer:
    """One shapes graph as Turtle, written shape by shape."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def chance(self, of: int) -> bool:
        return self.draw(st.integers(0, of - 1)) == of - 1

    def body(self, *, property_: bool, depth: int, known: Sequence[str]) -> list[str]:
        """The parameters of a shape that may name those `known`."""
        names = [*PLAIN, *(OF_PROPERTY if property_ else ())]
        if depth:
            names += [*OF_SHAPES, *OF_SHAPES, *(["qualified"] * 2 if property_ else ["siblings"])]
        written = []
        for name in self.draw(st.lists(st.sampled_from(names), min_size=0, max_size=3, unique=True)):
            if name in PARAMETERS:
                written.append(self.draw(PARAMETERS[name]))
            else:
                written += self.shape_based(name, depth - 1, known)
        return written + self.remarks()

    def remarks(self) -> list[str]:
        found = []
        if self.chance(6):
            found.append(f"sh:severity {self.draw(severities)}")
        if self.chance(8):
            found.append(f"sh:message {self.draw(messages)}")
        if self.chance(12):
            found.append(f"sh:deactivated {self.draw(st.sampled_from(['true', 'false']))}")
        return found

    def shape_based(self, name: str, depth: int, known: Sequence[str]) -> list[str]:
        if name == "siblings":
            path = self.draw(paths)
            return [f"sh:property {self.qualified(path, depth, known)}" for _ in range(2)]
        if name == "qualified":
            return self.qualifying(depth, known)
        if name in {"and", "or", "xone"}:
            members = [self.shape(depth, known) for _ in range(self.draw(st.integers(1, 3)))]
            return [f"sh:{name} ( {' '.join(members)} )"]
        several = 2 if self.chance(4) else 1
        if name == "property":
            return [f"sh:property {self.shape(depth, known, property_=True)}" for _ in range(several)]
        if name == "node":
            return [f"sh:node {self.shape(depth, known, property_=False)}" for _ in range(several)]
        return [f"sh:not {self.shape(depth, known)}" for _ in range(several)]

    def qualifying(self, depth: int, known: Sequence[str]) -> list[str]:
        found = [f"sh:qualifiedValueShape {self.shape(depth, known)}"]
        names = self.draw(st.sampled_from([["Min"], ["Max"], ["Min", "Max"]]))
        found += [f"sh:qualified{name}Count {self.draw(numbers)}" for name in names]
        if self.chance(2):
            found.append("sh:qualifiedValueShapesDisjoint true")
        return found

    def qualified(self, path: str, depth: int, known: Sequence[str]) -> str:
        return f"[ {' ; '.join([f'sh:path {path}', *self.qualifying(depth, known)])} ]"

    def shape(self, depth: int, known: Sequence[str], *, property_: bool | None = None) -> str:
        """A shape that another one names: a known one, or one in brackets."""
        fitting = [name for name in known if property_ is None or (name in NAMES[1::2]) == property_]
        if fitting and self.chance(3):
            return self.draw(st.sampled_from(fitting))
        kind = self.chance(3) if property_ is None else property_
        body = self.body(property_=kind, depth=depth, known=known)
        return f"[ {' ; '.join([f'sh:path {self.draw(paths)}'] * kind + body)} ]"

    def graph(self) -> str:
        """Named shapes, of which each may name the later ones and seldom any, and shapes in brackets."""
        recursive, names = self.chance(15), NAMES[: self.draw(st.integers(1, len(NAMES)))]
        blocks = ["e:Meta rdfs:subClassOf rdfs:Class"]
        for at, name in enumerate(names):
            known = names if recursive else names[at + 1 :]
            kind = name in NAMES[1::2]
            blocks.append(f"{name} {self.targeted(kind, known)}")
        if self.chance(4):
            blocks.append(f"[] {self.targeted(False, names)}")
        if self.chance(4):
            blocks.append(f"{self.draw(classes)} a rdfs:Class ; {self.targeted(False, names)}")
        return " .\n".join([*blocks, ""])

    def targeted(self, property_: bool, known: Sequence[str]) -> str:
        found = self.draw(st.lists(targets, min_size=0, max_size=3, unique=True))
        found += [f"a sh:PropertyShape ; sh:path {self.draw(paths)}" if property_ else "a sh:NodeShape"]
        found += self.body(property_=property_, depth=3, known=known)
        return " ; ".join(found)


@st.composite
def shapes(draw: st.DrawFn) -> str:
    return Writer(draw).graph()


def read(text: str) -> tuple[Triple, ...]:
    return document(HEADER + text, "test.ttl").triples


# Reports ---------------------------------------------------------------------------------------------------------


class Forgetful(dict[object, str]):
    """A cache that keeps nothing: pySHACL's own outlives the graphs whose blank nodes it describes."""

    def __setitem__(self, key: object, value: str) -> None:
        pass


@pytest.fixture(autouse=True)
def described_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stringify_blank_node, "dict_cache", Forgetful())


def outcome(data_: ExactStore, shapes_: Sequence[Triple], engine: str) -> list[Triple] | None:
    """The report of an engine; None where it refuses."""
    try:
        return list(validate(data_, shapes_, engine=engine).report)
    except InputError:
        return None


def coloured(triples: Sequence[Triple]) -> Counter[tuple[object, ...]]:
    """The triples with blank nodes named by what is said of them, and of what they are said.

    Reports with different colours are not isomorphic. (rdflib takes minutes for a report that repeats itself.)
    """
    around: dict[object, list[tuple[bool, NamedNode, object]]] = defaultdict(list)
    for subject, predicate, object_ in triples:
        around[subject].append((True, predicate, object_))
        around[object_].append((False, predicate, subject))
    blanks = [node for node in around if isinstance(node, BlankNode)]
    colours: dict[object, object] = dict.fromkeys(blanks, 0)
    for _ in range(8):
        colours = {
            blank: hash(frozenset(Counter((way, p, colours.get(o, o)) for way, p, o in around[blank]).items()))
            for blank in blanks
        }
    return Counter((colours.get(s, s), p, colours.get(o, o)) for s, p, o in triples)


def assert_same(data_: ExactStore, shapes_: Sequence[Triple]) -> None:
    """Both engines give the same report, or refuse."""
    screened, alone = (outcome(data_, shapes_, engine) for engine in Engine)
    assert (screened is None) == (alone is None)
    if screened is not None and alone is not None:
        assert coloured(screened) == coloured(alone)


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def examples(number: int) -> settings:
    """So many examples, the same in every run; many more when searching."""
    factor = max(1, settings.default.max_examples // 60) if settings.default else 1
    return settings(max_examples=number * factor, suppress_health_check=SLOW)


@examples(250)
@given(data, shapes())
def test_the_engines_agree_about_any_data_and_any_shapes(data_: str, shapes_: str) -> None:
    assert_same(ExactStore.of(read(data_)), read(shapes_))


# Queries ---------------------------------------------------------------------------------------------------------

QUERIES = [
    "SELECT $this { $this e:p ?v }",
    "SELECT $this ?value { $this e:p ?value FILTER(?value = 1) }",
    "SELECT $this ?value { $this e:p ?value FILTER(ISNUMERIC(?value) && ?value > 3) }",
    "PREFIX f: <http://e/> SELECT $this ?value { $this f:p ?value FILTER(?value = 1) }",
    'SELECT $this ?value { $this e:p ?value FILTER(?value IN (1, "x", "x"@en)) }',
    "SELECT $this ?value { $this e:p ?value ; e:q ?w FILTER(ISNUMERIC(?value) && ISNUMERIC(?w) && ?value < ?w) }",
    "SELECT $this { FILTER(isIRI($this)) }",
    "SELECT $this { FILTER NOT EXISTS { $this e:p ?v } }",
    "SELECT $this { $this e:p ?v FILTER NOT EXISTS { ?w e:q ?v FILTER(?w != $this) } }",
    "SELECT $this { ?s e:p ?v OPTIONAL { ?s e:q ?w FILTER(?s = $this) } FILTER(!BOUND(?w)) }",
    "SELECT $this ?value { $this a ?c OPTIONAL { $this e:p ?value } }",
    "SELECT $this { { $this e:p ?v } UNION { ?v e:q $this } }",
    "SELECT $this { { ?s e:p ?v FILTER(?v = $this) } UNION { $this e:r ?s } }",
    "SELECT $this { { $this e:p ?v } { ?v e:q ?w } }",
    "SELECT $this { ?s e:p ?v { ?s e:q ?w FILTER(?s != $this) } }",
    "SELECT $this { BIND($this AS ?x) ?x e:p ?v }",
    "SELECT $this ?value { BIND(STR($this) AS ?value) FILTER(!isBlank($this) && STRLEN(?value) > 9) }",
    "SELECT $this { { BIND(STR($this) AS ?x) } FILTER(!isBlank($this) && BOUND(?x)) }",
    "SELECT $this { FILTER(BOUND($this)) }",
    "SELECT $this { FILTER(COALESCE($this, e:b) = e:a) }",
    "SELECT $this { { SELECT $this (COUNT(?v) AS ?n) { $this e:p ?v } GROUP BY $this } FILTER(?n > 1) }",
    "SELECT $this { { SELECT ?s { ?s e:p ?v } } FILTER(?s = $this) }",
    "SELECT $this { $this e:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)",
    "SELECT $this (COUNT(?v) AS ?value) { $this e:p ?v } GROUP BY $this",
    "SELECT $this ?value { $this e:p ?value FILTER(isIRI(?value)) } ORDER BY ?value LIMIT 1",
    "SELECT $this { $this e:p ?v MINUS { $this e:q ?v } }",
    "SELECT $this ?value { $this e:p/e:q* ?value }",
    "SELECT $this ?value { $this (^e:p|e:q)+ ?value }",
    "SELECT $this ?value { $this e:p? ?value FILTER(!isLiteral($this)) }",
    "SELECT $this ?value { $this ?p ?value FILTER(?p != rdf:type) }",
    "SELECT $this ?path ?value { $this ?path ?value FILTER(isLiteral(?value)) }",
    "SELECT $this ?value { ?value e:p $this }",
    "SELECT $this ?value { $this !e:p ?value }",
    'SELECT $this { FILTER(IF(isBlank($this), false, STRENDS(STR($this), "b"))) }',
    "SELECT $this { FILTER($this IN (e:a, e:A)) }",
    "SELECT $this { $this e:p ?v FILTER(sameTerm($this, ?v)) }",
    "SELECT $this { $this e:p ?v FILTER(?v = $this) }",
    'SELECT $this { FILTER(!isBlank($this) && REGEX(STR($this), "[a-c]$")) }',
    "SELECT $this ?value { $this e:p ?value FILTER(DATATYPE(?value) = xsd:integer) }",
    'SELECT $this ?value { $this e:p ?value FILTER(LANGMATCHES(LANG(?value), "en")) }',
    "SELECT DISTINCT $this ?value { $this e:p ?v BIND(STR(?v) AS ?value) }",
    "SELECT $this { $this e:p ?v FILTER(isBlank(?v) && isIRI(?v)) }",
    "SELECT $this { FILTER EXISTS { ?s e:p ?v FILTER(?s = $this) } }",
    "SELECT $this { $this e:p ?v FILTER(?v) }",
]
"""They avoid what rdflib answers in its own way: STR of a blank node, "x" > 3, FILTER(false), a path from a literal."""
IN_PROPERTY_SHAPES = [
    "SELECT $this ?value { $this $PATH ?value FILTER(!isLiteral($this) && isLiteral(?value)) }",
    "SELECT $this { FILTER(!isLiteral($this)) FILTER NOT EXISTS { $this $PATH ?value } }",
    "SELECT $this ?value { $this $PATH ?value , ?w FILTER(ISNUMERIC(?value) && ISNUMERIC(?w) && ?value > ?w) }",
]


@examples(400)
@given(
    data,
    st.one_of(st.sampled_from(QUERIES), st.sampled_from(QUERIES), st.sampled_from(IN_PROPERTY_SHAPES)),
    st.lists(targets, min_size=1, max_size=2, unique=True),
    st.one_of(steps, longer(steps)),  # pySHACL writes p** for a path within a path
    st.sampled_from(["", "", " ; sh:deactivated true", ' ; sh:message "It has {?value}, not {$this}."']),
)
def test_the_engines_agree_about_queries(data_: str, query: str, targets_: list[str], path: str, more: str) -> None:
    kind = f"sh:PropertyShape ; sh:path {path}" if "$PATH" in query else "sh:NodeShape"
    assert_same(
        ExactStore.of(read(data_)),
        read(
            f"{ONTOLOGY} e:S a {kind} ; {' ; '.join(targets_)} ;"
            f' sh:sparql [ sh:prefixes e:ontology ; sh:select """{query}"""{more} ] .'
        ),
    )


ONTOLOGY = "e:Meta rdfs:subClassOf rdfs:Class . e:ontology a owl:Ontology ; sh:declare "
ONTOLOGY += '[ sh:prefix "e" ; sh:namespace "http://e/"^^xsd:anyURI ] , '
ONTOLOGY += '[ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .'

# The shipped graph -----------------------------------------------------------------------------------------------

FORMS = [
    ("01", "integer"),
    ("5", "int"),
    ("1.10", "decimal"),
    ("2018", "gYear"),
    ("2018-02-30", "date"),
    ("x", "string"),
]


@dataclass(frozen=True, repr=False)
class Shipped:
    """The project's graph, its core rules, and its rules in SPARQL one by one."""

    triples: tuple[Triple, ...]
    core: tuple[Triple, ...]
    queries: Mapping[str, tuple[Triple, ...]]


@pytest.fixture(scope="module")
def shipped(dataset: Dataset) -> Shipped:
    cutter = Cutter(dataset)
    files = {document_.path: document_.triples for document_ in dataset.ontology}
    rules = sorted(
        t.subject.value.removeprefix(SHAPES)
        for t in files["ontology/shapes/sparql.ttl"]
        if isinstance(t.subject, NamedNode) and t.predicate.value == f"{SH}sparql"
    )
    return Shipped(
        tuple(dict.fromkeys(t for name in COUNTED for t in dataset.triples(name))),
        files["ontology/shapes/core.ttl"],
        {rule: tuple(cutter.cut(rule)) for rule in rules},
    )


def spoiled(triples: Sequence[Triple], random: Random) -> list[Triple]:
    """The graph after a few mutations."""
    found = list(dict.fromkeys(triples))
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(found))
        subject, predicate, object_ = found[at]
        kind = random.choice(["remove", "form", "tag", "point", "repeat", "class"])
        if kind == "remove":
            del found[at]
        elif kind == "form":
            text, datatype = random.choice([*FORMS, (getattr(object_, "value", "x"), random.choice(FORMS)[1])])
            found[at] = Triple(subject, predicate, Literal(text, datatype=NamedNode(XSD + datatype)))
        elif kind == "tag":
            tag = random.choice(["EN", "en", "de"])
            private = NamedNode(TAGGED + tag)
            literal = Literal("x", language=tag) if tag.islower() else Literal("x", datatype=private)
            found[at] = Triple(subject, predicate, literal)
        elif kind == "point":
            found[at] = Triple(subject, predicate, random.choice(found).subject)
        elif kind == "repeat":
            found.append(Triple(subject, predicate, random.choice(found).object))
        else:
            types = [t for t in found if t.predicate.value == RDF_TYPE]
            found.append(Triple(subject, types[0].predicate, random.choice(types).object))
    for triple in set(found) ^ set(triples):
        note(str(triple))
    return list(dict.fromkeys(found))


randoms = st.integers(0, 2**32).map(Random)


@examples(12)
@given(randoms)
def test_the_engines_agree_about_the_shipped_graph_when_it_is_spoiled(shipped: Shipped, random: Random) -> None:
    assert_same(ExactStore.of(spoiled(shipped.triples, random)), shipped.core)


@examples(5)
@given(randoms)
def test_the_engines_agree_about_the_rules_in_sparql_when_the_graph_is_spoiled(
    shipped: Shipped, random: Random
) -> None:
    rules = random.sample(sorted(shipped.queries), 3)
    shapes_ = dict.fromkeys(t for rule in rules for t in shipped.queries[rule])
    assert_same(ExactStore.of(spoiled(shipped.triples, random)), list(shapes_))


# What they once differed about -----------------------------------------------------------------------------------

SELECT = "sh:sparql [ sh:prefixes e:ontology ; sh:select "
DIFFERED = {
    "a path of no steps from a node outside the data": (
        "e:x e:q 1 .",
        'e:S sh:path [ sh:zeroOrOnePath e:p ] ; sh:targetNode "x" , e:z ; sh:nodeKind sh:BlankNode .',
    ),
    "the same below sh:not": (
        "e:x e:q 1 .",
        "e:S sh:targetNode e:z ; sh:not [ sh:path [ sh:zeroOrMorePath e:p ] ; sh:minCount 1 ] .",
    ),
    "the same as $PATH": (
        "e:x e:q 1 .",
        "e:S a sh:PropertyShape ; sh:path [ sh:zeroOrOnePath e:p ] ; sh:targetNode e:z ;"
        ' sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value }" ] .',
    ),
    "the same in a query": (
        "e:x e:q 1 .",
        f'e:S a sh:NodeShape ; sh:targetNode e:z ; {SELECT} "SELECT $this ?value {{ $this e:p? ?value }}" ] .',
    ),
    "closed to everything": ("e:a a e:B .", "e:S sh:targetNode e:a ; sh:closed true ."),
    "a closed shape of which one property fails": (
        "e:a e:p 1 ; e:q 1 . e:b e:r 1 .",
        "e:S sh:targetNode e:a , e:b ; sh:closed true ; sh:property [ sh:path e:p ; sh:minCount 1 ; sh:maxCount 0 ] ,"
        " [ sh:path e:q ; sh:minCount 1 ] .",
    ),
    "a blank shape": ("e:a a e:B .", "[] a sh:NodeShape ; sh:targetClass e:B ; sh:nodeKind sh:BlankNode ."),
    "a blank shape that has targets and is named": (
        "e:a a e:B ; e:p 1 .",
        "e:S a sh:NodeShape ; sh:targetClass e:B ; sh:property [ sh:path e:p ; sh:targetClass e:C ; sh:maxCount 0 ] .",
    ),
    "a target with capitals in its tag": ("e:a a e:B .", 'e:S sh:targetNode "x"@en-GB ; sh:nodeKind sh:IRI .'),
    "no length of a blank node": (
        "e:a e:p _:a .",
        "e:S sh:targetObjectsOf e:p ; sh:xone ( [ sh:minLength 0 ] [ sh:nodeKind sh:BlankNode ] ) .",
    ),
    "a blank node that is compared with nothing": (
        "e:a e:p _:a .",
        "e:S sh:targetNode e:a ; sh:path e:p ; sh:lessThan e:q .",
    ),
    "a literal that is equal to another": (
        'e:a e:p 1 , "01"^^xsd:integer .',
        f"e:S a sh:NodeShape ; sh:targetNode e:a ; {SELECT}"
        ' "SELECT $this ?value { $this e:p ?value FILTER(?value = 1) }" ] .',
    ),
    "the same with a prefix in the query": (
        'e:a e:p "01"^^xsd:integer .',
        "e:S a sh:NodeShape ; sh:targetNode e:a ; sh:sparql [ sh:select"
        ' "PREFIX f: <http://e/> SELECT $this ?value { $this f:p ?value FILTER(?value = 1) }" ] .',
    ),
}


@pytest.mark.parametrize(("data_", "shapes_"), DIFFERED.values(), ids=DIFFERED)
def test_the_engines_agree_about_what_they_once_differed_about(data_: str, shapes_: str) -> None:
    assert_same(ExactStore.of(read(data_)), read(f"{ONTOLOGY} {shapes_}"))


# What the screen is worth ----------------------------------------------------------------------------------------


def suspected(data_: Sequence[Triple], shapes_: Sequence[Triple]) -> set[tuple[str, str]]:
    """Shape and focus node of every suspicion."""
    found = screen(ExactStore.of(data_), Shapes(shapes_), lambda *_: None)
    return {(str(suspects.shape.node), str(node)) for suspects in found for node in suspects.nodes}


def test_in_the_shipped_graph_only_what_is_found_is_suspected(shipped: Shipped) -> None:
    shapes_ = [*shipped.core, *dict.fromkeys(t for triples in shipped.queries.values() for t in triples)]
    violations = validate(shipped.triples, shapes_).violations
    assert len(violations) == 13
    assert suspected(shipped.triples, shapes_) == {(str(v.shape), str(v.focus)) for v in violations}


CLEAR = [
    "sh:class e:A",
    "sh:nodeKind sh:IRI",
    "sh:property [ sh:path e:name ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:string ; sh:minLength 2 ]",
    'sh:property [ sh:path e:name ; sh:pattern "^[a-z]+$" ; sh:maxLength 3 ]',
    "sh:property [ sh:path e:age ; sh:datatype xsd:integer ; sh:minInclusive 0 ; sh:maxExclusive 100 ]",
    'sh:property [ sh:path e:label ; sh:languageIn ( "en" "de" ) ; sh:uniqueLang true ]',
    "sh:property [ sh:path e:colour ; sh:in ( e:red e:green ) ; sh:disjoint e:knows ]",
    "sh:property [ sh:path e:knows ; sh:class e:A ; sh:node [ sh:property [ sh:path e:name ; sh:minCount 1 ] ] ]",
    "sh:property [ sh:path ( e:knows e:name ) ; sh:minLength 1 ] ; sh:property [ sh:path e:age ; sh:lessThan e:until ]",
    "sh:property [ sh:path e:colour ; sh:qualifiedValueShape [ sh:hasValue e:red ] ; sh:qualifiedMaxCount 1 ]",
    "sh:not [ sh:property [ sh:path e:enemy ; sh:minCount 1 ] ]",
    "sh:or ( [ sh:class e:Z ] [ sh:property [ sh:path e:age ; sh:minCount 1 ] ] )",
    "sh:xone ( [ sh:class e:Z ] [ sh:property [ sh:path e:age ; sh:minCount 1 ] ] ) ; sh:and ( [ sh:class e:A ] )",
    "sh:closed true ; sh:ignoredProperties ( rdf:type e:name e:age e:until e:label e:colour e:knows )",
    'sh:sparql [ sh:prefixes e:ontology ; sh:select "SELECT $this { $this e:age ?v FILTER(?v > 99) }" ]',
    'sh:sparql [ sh:prefixes e:ontology ; sh:select "SELECT $this { FILTER NOT EXISTS { $this e:name ?v } }" ]',
]
"""Constraints that the things of the next test keep, and that the screen can say in SPARQL."""


@examples(100)
@given(st.integers(1, 4), st.lists(st.sampled_from(CLEAR), min_size=1, max_size=6, unique=True), st.data())
def test_who_keeps_the_rules_is_not_suspected(things: int, constraints: list[str], more: st.DataObject) -> None:
    def thing(number: int) -> str:
        age = more.draw(st.integers(0, 50))
        colour = more.draw(st.sampled_from(["e:red", "e:green"]))
        known = more.draw(st.integers(0, things - 1))
        return (
            f'e:t{number} a e:A ; e:name "{"abc"[number % 3] * 2}" ; e:age {age} ; e:until {age + 1} ;'
            f' e:label "x"@en , "y"@de ; e:colour {colour} ; e:knows e:t{known} .'
        )

    data_ = read("\n".join(map(thing, range(things))))
    shapes_ = read(f"{ONTOLOGY} e:S a sh:NodeShape ; sh:targetClass e:A ; {' ; '.join(constraints)} .")
    assert suspected(data_, shapes_) == set()
    assert validate(data_, shapes_, engine=Engine.PYSHACL).violations == ()


CONFORMING = """
import sys
from jamjustice.graph.read import document
from jamjustice.quality.validate import validate
data, shapes = (document(text, "test.ttl").triples for text in sys.argv[1:])
print(len(validate(data, shapes).violations), sorted({"rdflib", "pyshacl"} & sys.modules.keys()))
"""


@pytest.mark.parametrize(("name", "printed"), [(' ; e:name "ab"', "0 []"), ("", "1 ['pyshacl', 'rdflib']")])
def test_data_that_conform_need_neither_rdflib_nor_pyshacl(name: str, printed: str) -> None:
    data_ = f"{HEADER} e:a a e:A{name} ; e:age 5 ."
    shapes_ = f"{HEADER} e:S a sh:NodeShape ; sh:targetClass e:A ; {CLEAR[2]} ; {CLEAR[4]} ."
    done = subprocess.run(
        [sys.executable, "-c", CONFORMING, data_, shapes_], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == printed
