"""Which focus nodes might fail? SHACL (https://www.w3.org/TR/shacl/) as set-based SPARQL on an Oxigraph store.

Each constraint of each shape becomes one query over all focus nodes at once. What is found is only a suspicion: pySHACL
then looks at the suspects and writes the report. So the screen may be too careful but must miss nothing, and what it
cannot say in SPARQL makes every focus node a suspect.

Under `sh:not` and the like "perhaps" turns round. Every shape is therefore given two sets of nodes: those that may fail
it, and those that certainly do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jamjustice.graph.exact import decode, touches_changed
from jamjustice.graph.sparql import (
    asks_whether_bound,
    has_empty_path,
    joinable_body,
    keywords,
    replace_variables,
    variables,
)
from jamjustice.graph.terms import BlankNode, Literal, NamedNode
from jamjustice.quality.constraints import NONE, Bounds, Constraints, union
from jamjustice.quality.patterns import Patterns
from jamjustice.quality.shape import MODIFIERS, Term, UncompiledError
from jamjustice.quality.threads import threads_for
from jamjustice.vocabulary import SH, XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future

    from jamjustice.graph.exact import ExactStore
    from jamjustice.quality.patterns import Focus, Nodes
    from jamjustice.quality.shape import Shape, Shapes


Part = tuple[str, Term | None]
"""A constraint that can be taken from a shape by itself: the local name of its property, and its value."""
WHOLE: Part = ("", None)

Prepared = tuple["Focus", "Nodes"]

_NEEDS = {
    "ignoredProperties": "closed",
    "qualifiedMinCount": "qualifiedValueShape",
    "qualifiedMaxCount": "qualifiedValueShape",
    "qualifiedValueShapesDisjoint": "qualifiedValueShape",
}
"""Parameters that pySHACL refuses without another."""

_DEPTH = 14
"""pySHACL stops at 15 shapes within each other."""


@dataclass(frozen=True)
class Suspects:
    """The focus nodes of one shape that may fail, by the constraint that they may fail."""

    shape: Shape
    parts: Mapping[Part, Nodes]

    @property
    def nodes(self) -> Nodes:
        """All of them."""
        return frozenset().union(*self.parts.values())


def screen(data: ExactStore, shapes: Shapes, progress: Callable[[str, int, int], None]) -> list[Suspects]:
    """The suspects of every shape with a target; shapes without any are left out.

    `progress` is told the name of the step, how much of it is done, and how much there is. Raises UncompiledError when
    pySHACL must see everything.
    """
    if data.ambiguous:
        raise UncompiledError("language tags")
    if any(isinstance(shape.node, BlankNode) and shape.node in shapes.named for shape in shapes.targeting()):
        raise UncompiledError("targets of a shape that is copied into the reports of others")
    # The largest shape is prepared first and screened last, so that no thread has to wait for it.
    targeting = sorted(shapes.targeting(), key=lambda shape: (len(parts(shape)), str(shape.node)))
    work = [(shape, part) for shape in targeting if not shape.true("deactivated") for part in parts(shape)]
    found: dict[Term, dict[Part, Nodes]] = defaultdict(dict)
    nowhere: set[str] = set()
    with threads_for(len(data)) as threads:
        try:
            ready = {s.node: threads.submit(_Screening(data, shapes, nowhere).prepared, s) for s in reversed(targeting)}
            started = [
                (shape, part, threads.submit(_suspected, _Screening(data, shapes, nowhere), shape, part, ready))
                for shape, part in work
            ]
            for done, (shape, part, future) in enumerate(started):
                progress("Screening", done, len(work))
                if nodes := future.result():
                    given = {data.stored(term): term for term in shape.values.get("targetNode", ())}
                    found[shape.node][part] = frozenset(given.get(node) or decode(node) for node in nodes)
        finally:
            threads.shutdown(cancel_futures=True)
            data.forget()
    return [Suspects(shapes.all[node], suspects) for node, suspects in found.items()]


def _suspected(screening: _Screening, shape: Shape, part: Part, ready: Mapping[Term, Future[Prepared]]) -> Nodes:
    focus, screening.there = ready[shape.node].result()
    return screening.part(shape, part, focus).maybe


def has_focus(data: ExactStore, shapes: Shapes) -> bool:
    """Whether any shape has a focus node in the data."""
    patterns = Patterns(data, shapes)
    try:
        found = [patterns.targets(shape)("?this") for shape in shapes.targeting() if not shape.true("deactivated")]
        return any(next(patterns.rows(f"SELECT ?this WHERE {{ {focus} }} LIMIT 1"), None) for focus in found)
    except UncompiledError:
        return True
    finally:
        data.forget()


def parts(shape: Shape) -> list[Part]:
    """The constraints of a shape, those of sh:property and sh:sparql one by one."""
    separate = [(name, value) for name in ("property", "sparql") for value in shape.values.get(name, ())]
    return [WHOLE, *separate]


class _Screening(Constraints):
    """One run over one store, with the constraints that name other shapes (SHACL 4.6, 4.7) or are SPARQL (5)."""

    def prepared(self, shape: Shape) -> Prepared:
        """The focus nodes of a shape, and those of its property shapes whose one value no focus node lacks.

        These are asked for together, which is cheaper.
        """
        focus = self.targets(shape)
        properties = [self.shapes.all[p] for p in shape.values.get("property", ()) if p in self.shapes.all]
        one = (Literal("1", datatype=NamedNode(XSD + "integer")),)
        asked = [p for p in properties if isinstance(p.path, NamedNode) and p.values.get("minCount") == one]
        if not asked or shape.path is not None:
            return focus, NONE
        all_there = " && ".join(f"EXISTS {{ ?this {p.path} {self.fresh()} }}" for p in asked)
        query = f"SELECT ?this WHERE {{ {focus('?this')} FILTER(!({all_there})) }} LIMIT 1"
        return focus, NONE if next(self.rows(query), None) else frozenset(p.node for p in asked)

    def fails(self, node: Term, focus: Focus) -> Bounds:
        """Which focus nodes fail a shape that another one names."""
        shape = self.shapes.get(node)
        if shape.true("deactivated"):
            return Bounds()
        if node in self.open or len(self.open) >= _DEPTH:
            raise UncompiledError("recursion")
        return union(self.part(shape, part, focus) for part in parts(shape))

    def part(self, shape: Shape, part: Part, focus: Focus) -> Bounds:
        """Which focus nodes fail one constraint of a shape; all of them perhaps, when it cannot be compiled."""
        with self._within(shape.node):
            try:
                if part != WHOLE:
                    name, value = part
                    return (self._property if name == "property" else self._sparql)(shape, value, focus)
                return union(self._core(shape, focus))
            except UncompiledError:
                return Bounds(self.nodes(focus("?this")))

    @contextmanager
    def _within(self, node: Term) -> Iterator[None]:
        self.open.append(node)
        try:
            yield
        finally:
            self.open.pop()

    def _core(self, shape: Shape, focus: Focus) -> Iterator[Bounds]:
        if any(predicate in self.shapes.custom for predicate in self.shapes.about[shape.node]):
            raise UncompiledError("custom")
        for auxiliary, needed in _NEEDS.items():
            if auxiliary in shape.values and needed not in shape.values:
                raise UncompiledError(auxiliary)
        yield self.value_tests(shape, focus)
        for name, check in _CHECKS.items():
            if name in shape.values:
                yield check(self, shape, focus)

    def _property(self, shape: Shape, inner: Term | None, focus: Focus) -> Bounds:
        if inner is None or self.shapes.get(inner).path is None:
            raise UncompiledError("property")
        return self._with_values_in(shape, focus, self.fails(inner, self.values_as_focus(shape, focus)))

    def _with_values_in(self, shape: Shape, focus: Focus, values: Bounds) -> Bounds:
        """The focus nodes that have one of these value nodes."""
        if shape.path is None or not values.maybe:
            return values
        found = list(self.pairs(shape, focus))
        return Bounds(
            frozenset(node for node, value in found if value in values.maybe),
            frozenset(node for node, value in found if value in values.surely),
        )

    def _node(self, shape: Shape, focus: Focus) -> Bounds:
        if any(self.shapes.get(node).path is not None for node in shape.values["node"]):
            raise UncompiledError("node")
        inner = self.values_as_focus(shape, focus)
        return self._with_values_in(shape, focus, union(self.fails(node, inner) for node in shape.values["node"]))

    def _members(self, shape: Shape, name: str, focus: Focus) -> Iterator[list[Bounds]]:
        inner = self.values_as_focus(shape, focus)
        for head in shape.values[name]:
            yield [self.fails(member, inner) for member in self.shapes.items(head)]

    def _and(self, shape: Shape, focus: Focus) -> Bounds:
        found = union(union(members) for members in self._members(shape, "and", focus))
        return self._with_values_in(shape, focus, found)

    def _or(self, shape: Shape, focus: Focus) -> Bounds:
        found = Bounds()
        if self._each_passes_one(shape, focus):
            return found
        for members in self._members(shape, "or", focus):
            together = members[0]
            for bounds in members[1:]:
                together &= bounds
            found |= together
        return self._with_values_in(shape, focus, found)

    def _each_passes_one(self, shape: Shape, focus: Focus) -> bool:
        """Whether every value passes one member of each sh:or by an expression alone: a cheaper question."""
        alternatives = []
        for head in shape.values["or"]:
            members = [self.passes(self.shapes.get(member)) for member in self.shapes.items(head)]
            if not all(members):
                return False
            alternatives.append(" || ".join(members))
        passes = " && ".join(f"({alternative})" for alternative in alternatives)
        rest = "" if shape.path is not None else "BIND(?this AS ?v)"
        left = self._rejected(shape, focus, f"{rest} FILTER(COALESCE(!({passes}), true))")
        return next(left, None) is None

    def _xone(self, shape: Shape, focus: Focus) -> Bounds:
        values, found = self._all_values(shape, focus), Bounds()
        for members in self._members(shape, "xone", focus):
            least = Counter(value for bounds in members for value in values - bounds.maybe)
            most = Counter(value for bounds in members for value in values - bounds.surely)
            maybe = frozenset(value for value in values if least[value] != 1 or most[value] != 1)
            surely = frozenset(value for value in maybe if least[value] > 1 or most[value] == 0)
            found |= Bounds(maybe, surely)
        return self._with_values_in(shape, focus, found)

    def _all_values(self, shape: Shape, focus: Focus) -> Nodes:
        return self.nodes(self.values_as_focus(shape, focus)("?this"))

    def _not(self, shape: Shape, focus: Focus) -> Bounds:
        values, inner = self._all_values(shape, focus), self.values_as_focus(shape, focus)
        found = Bounds()
        for node in shape.values["not"]:
            bounds = self.fails(node, inner)
            found |= Bounds(values - bounds.surely, values - bounds.maybe)
        return self._with_values_in(shape, focus, found)

    def _qualified(self, shape: Shape, focus: Focus) -> Bounds:
        """How many values conform, at least and at most (SHACL 4.7.3); on a node shape it means nothing."""
        if shape.path is None:
            return Bounds()
        names = ("qualifiedMinCount", "qualifiedMaxCount")
        limits = {name: shape.integer(name) for name in names if name in shape.values}
        if not limits:
            raise UncompiledError("qualifiedValueShape")
        inner, found = self.values_as_focus(shape, focus), Bounds()
        for node in shape.values["qualifiedValueShape"]:
            fails = self.fails(node, inner)
            if self._enough(shape, focus, fails, limits):
                continue
            everybody, pairs = self.nodes(focus("?this")), list(self.pairs(shape, focus))
            siblings = self._union_of_conforming(shape, node, inner)
            least = Counter(f for f, v in pairs if v not in fails.maybe and v not in siblings.maybe)
            most = Counter(f for f, v in pairs if v not in fails.surely and v not in siblings.surely)
            lower, upper = limits.get("qualifiedMinCount", 0), limits.get("qualifiedMaxCount", len(pairs))
            found |= Bounds(
                frozenset(f for f in everybody if least[f] < lower or most[f] > upper),
                frozenset(f for f in everybody if most[f] < lower or least[f] > upper),
            )
        return found

    def _enough(self, shape: Shape, focus: Focus, fails: Bounds, limits: Mapping[str, int]) -> bool:
        """Whether every focus node has one conforming value, where that is all that is asked: a cheaper question."""
        named = all(isinstance(node, NamedNode) for node in fails.maybe)
        if limits != {"qualifiedMinCount": 1} or "qualifiedValueShapesDisjoint" in shape.values or not named:
            return False
        value = f"?this {self.path(shape)} ?v"
        failing = f"MINUS {{ VALUES ?v {{ {' '.join(str(node) for node in fails.maybe)} }} }}" if fails.maybe else ""
        lacking = f"{focus('?this')} MINUS {{ {value} {failing} }}"
        return next(self.rows(f"SELECT ?this WHERE {{ {lacking} }} LIMIT 1"), None) is None

    def _union_of_conforming(self, shape: Shape, node: Term, inner: Focus) -> Bounds:
        """The values that may, and that certainly do, conform to a sibling shape."""
        if not shape.true("qualifiedValueShapesDisjoint"):
            return Bounds()
        values = self.nodes(inner("?this"))
        parents = [s for s in self.shapes.about if shape.node in self.shapes.objects(s, SH + "property")]
        properties = {p for parent in parents for p in self.shapes.objects(parent, SH + "property")}
        named = {s for p in properties for s in self.shapes.objects(p, SH + "qualifiedValueShape")}
        found = Bounds()
        for sibling in named - {node}:
            fails = self.fails(sibling, inner)
            found |= Bounds(values - fails.surely, values - fails.maybe)
        return found

    def _sparql(self, shape: Shape, constraint: Term | None, focus: Focus) -> Bounds:
        """A SPARQL constraint (SHACL 5), asked for each focus node with $this bound, as pySHACL does it."""
        if constraint is None:
            raise UncompiledError("sparql")
        query = self._query(shape, constraint)
        if query is None:
            return Bounds()
        prefixes = self.shapes.prefixes(constraint)
        if touches_changed(self.data, query, prefixes):
            raise UncompiledError("sparql")
        try:
            if has_empty_path(query) and not all(self.data.holds(node) for node in self.nodes(focus("?this"))):
                raise UncompiledError("a path of no steps from outside of the data")
            if body := joinable_body(query, "this"):
                prologue, pattern = body
                joined = f"{prologue} SELECT DISTINCT ?this WHERE {{ {focus('?this')} {pattern} }}"
                nodes = frozenset(row[0] for row in self.rows(joined, prefixes))
            else:
                nodes = frozenset(node for node in self.nodes(focus("?this")) if self._has_row(query, prefixes, node))
        except (SyntaxError, ValueError):
            raise UncompiledError("sparql") from None
        return Bounds(nodes, nodes)

    def _has_row(self, query: str, prefixes: dict[str, str], node: Term) -> bool:
        return next(self.data.select(query, prefixes, {"this": node}), None) is not None

    def _query(self, shape: Shape, constraint: Term) -> str | None:
        """The query of a constraint; None if it is switched off. Raises UncompiledError for what pySHACL must see."""
        selects = self.shapes.objects(constraint, SH + "select")
        off = self.shapes.objects(constraint, SH + "deactivated")
        if len(selects) != 1 or not isinstance(selects[0], Literal) or len(off) > 1:
            raise UncompiledError("sparql")
        if off:
            if not isinstance(off[0], Literal) or off[0].value not in {"true", "false"}:
                raise UncompiledError("sparql")
            if off[0].value == "true":
                return None
        text = selects[0].value
        if (
            _UNSAFE.search(text)
            or "GRAPH" in keywords(text)
            or asks_whether_bound(text, ["this"])
            or text.upper().count("SELECT") > 1
            or "this" not in variables(text)
        ):
            raise UncompiledError("sparql")
        if "PATH" in variables(text):
            path = self.path(shape)
            if sum(path.count(f"{mark})") for mark in MODIFIERS) > 1:
                raise UncompiledError("path")  # pySHACL writes these without brackets
            text = replace_variables(text, lambda name: path if name == "PATH" else None)
        return text


_UNSAFE = re.compile("minus|values|service|currentShape|shapesGraph", re.IGNORECASE)
"""Words that pySHACL refuses in a query or binds; it looks for them with patterns of its own."""

_CHECKS: Mapping[str, Callable[[_Screening, Shape, Focus], Bounds]] = {
    "class": _Screening.class_,
    "minCount": _Screening.min_count,
    "maxCount": _Screening.max_count,
    "uniqueLang": _Screening.unique_lang,
    "equals": _Screening.equals,
    "disjoint": _Screening.disjoint,
    "lessThan": _Screening.less,
    "lessThanOrEquals": _Screening.less,
    "not": _Screening._not,
    "and": _Screening._and,
    "or": _Screening._or,
    "xone": _Screening._xone,
    "node": _Screening._node,
    "qualifiedValueShape": _Screening._qualified,
    "closed": _Screening.closed,
    "hasValue": _Screening.has_value,
}
