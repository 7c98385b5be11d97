"""The constraints of SHACL Core that name no other shape (SHACL 4.1 to 4.5, 4.8), each as a query over all nodes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jamjustice.graph.exact import decode
from jamjustice.graph.terms import Literal, NamedNode, tag
from jamjustice.quality.patterns import Patterns
from jamjustice.quality.shape import Term, UncompiledError
from jamjustice.quality.values import LESS_COMPARABLE, VALUE_TESTS, ValueTest, Verdict, compare, value_tests
from jamjustice.vocabulary import RDF_TYPE, RDFS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jamjustice.graph.exact import ExactStore
    from jamjustice.quality.patterns import Focus, Nodes
    from jamjustice.quality.shape import Shape, Shapes

NONE: Nodes = frozenset()
NOTHING = "<urn:x-nothing>"
_SAME_LANGUAGE = (
    'SELECT ?this WHERE {{ ?this {} ?v BIND(LANG(?v) AS ?l) FILTER(?l != "") }} '
    "GROUP BY ?this ?l HAVING (COUNT(*) > 1) LIMIT 1"
)
_SEVERAL = "SELECT ?this WHERE {{ ?this {} ?v }} GROUP BY ?this HAVING (COUNT(*) > {}) LIMIT 1"


@dataclass(frozen=True)
class Bounds:
    """Which nodes may fail, and which of them certainly do."""

    maybe: Nodes = NONE
    surely: Nodes = NONE

    def __or__(self, other: Bounds) -> Bounds:
        """Failing one or the other."""
        return Bounds(self.maybe | other.maybe, self.surely | other.surely)

    def __and__(self, other: Bounds) -> Bounds:
        """Failing both."""
        return Bounds(self.maybe & other.maybe, self.surely & other.surely)


def union(all_bounds: Iterable[Bounds]) -> Bounds:
    """Failing any of them."""
    found = Bounds()
    for bounds in all_bounds:
        found |= bounds
    return found


class Constraints(Patterns):
    """The checks of one run over one store, in the order of the specification."""

    def __init__(self, data: ExactStore, shapes: Shapes, nowhere: set[str]) -> None:
        super().__init__(data, shapes)
        self._nowhere = nowhere
        self.open: list[Term] = []
        self.there = NONE

    def value_tests(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when a value fails a test of values (4.1 to 4.4, 4.8.3)."""
        tests = list(value_tests(shape, self.shapes, self.data.doubtful))
        quick = [test for test in tests if test.passes]
        return self._judged(shape, focus, quick) | self._judged(shape, focus, [t for t in tests if not t.passes])

    def _judged(self, shape: Shape, focus: Focus, tests: list[ValueTest]) -> Bounds:
        """The nodes with a value that fails one of the tests."""
        if not tests:
            return Bounds()
        rest = "" if shape.path is not None else "BIND(?this AS ?v)"
        if tests[0].passes:
            passes = " && ".join(f"({test.passes})" for test in tests)
            rest += f" FILTER(COALESCE(!({passes}), true))"
        verdicts: dict[Term, Verdict] = {}
        found: dict[Verdict, set[Term]] = defaultdict(set)
        for node, value in self._rejected(shape, focus, rest, "?this ?v"):
            if value not in verdicts:
                written = decode(value)
                verdicts[value] = max(test.judge(written) for test in tests)
            found[verdicts[value]].add(node)
        surely = frozenset(found[Verdict.FAILS])
        return Bounds(surely | found[Verdict.MAYBE], surely)

    def _rejected(self, shape: Shape, focus: Focus, rest: str, names: str = "?this") -> Iterator[tuple[Term, ...]]:
        """The focus nodes with a value for which the rest of a pattern holds.

        Where it holds for no value of the property at all, which is asked first, the focus nodes need not be found.
        """
        if isinstance(shape.path, NamedNode):
            if shape.path not in self.data.predicates:
                return iter(())
            if not self._anywhere(f"SELECT ?this WHERE {{ ?this {shape.path} ?v . {rest} }} LIMIT 1"):
                return iter(())
        return self.rows(f"SELECT DISTINCT {names} WHERE {{ {self.values(shape, focus)[0]} {rest} }}")

    def _anywhere(self, query: str) -> bool:
        """Whether a query has an answer; that it has none is remembered."""
        if query not in self._nowhere and next(self.rows(query), None) is None:
            self._nowhere.add(query)
        return query not in self._nowhere

    def _with_value(self, shape: Shape, focus: Focus, rest: str) -> Bounds:
        nodes = frozenset(row[0] for row in self._rejected(shape, focus, rest))
        return Bounds(nodes, nodes)

    def _without(self, shape: Shape, focus: Focus, pattern: str) -> Bounds:
        nodes = self.without(focus, pattern, simple=isinstance(shape.path, NamedNode))
        return Bounds(nodes, nodes)

    def _exactly(self, pattern: str) -> Bounds:
        nodes = self.nodes(pattern)
        return Bounds(nodes, nodes)

    def class_(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when a value is no instance of each class (4.1.1)."""
        variable = self.values(shape, focus)[1]
        return union(
            self._with_value(shape, focus, f"MINUS {{ {self.instances(class_)(variable)} }}")
            for class_ in shape.values["class"]
        )

    def min_count(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails with too few values (4.2.1)."""
        least, path = shape.integer("minCount"), self.path(shape)
        if least == 0 or (shape.node in self.there and len(self.open) == len(("the target", "its property"))):
            return Bounds()
        if least == 1:
            return self._without(shape, focus, f"?this {path} ?v")
        return self._counted(f"{focus('?this')} OPTIONAL {{ ?this {path} ?v }}", f"COUNT(DISTINCT ?v) < {least}")

    def max_count(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails with too many values (4.2.2)."""
        most, path = shape.integer("maxCount"), self.path(shape)
        if most == 0:
            return self._exactly(f"{focus('?this')} ?this {path} ?v")
        if isinstance(shape.path, NamedNode) and not self._anywhere(_SEVERAL.format(path, most)):
            return Bounds()
        if most == 1 and isinstance(shape.path, NamedNode):
            return self._with_value(shape, focus, f"?this {path} ?o . FILTER(!sameTerm(?v, ?o))")
        return self._counted(f"{focus('?this')} ?this {path} ?v", f"COUNT(DISTINCT ?v) > {most}")

    def _counted(self, pattern: str, condition: str) -> Bounds:
        query = f"SELECT ?this WHERE {{ {pattern} }} GROUP BY ?this HAVING ({condition})"
        nodes = frozenset(row[0] for row in self.rows(query) if row[0] is not None)
        return Bounds(nodes, nodes)

    def unique_lang(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when two values have the same language (4.4.5)."""
        path = self.path(shape)
        if not shape.true("uniqueLang"):
            return Bounds()
        if any(tag(literal) for literal in self.data.changed):
            raise UncompiledError("uniqueLang")
        if isinstance(shape.path, NamedNode) and not self._anywhere(_SAME_LANGUAGE.format(path)):
            return Bounds()
        same = 'LANG(?v) = LANG(?o) && LANG(?v) != "" && !sameTerm(?v, ?o)'
        return self._with_value(shape, focus, f"?this {path} ?o . FILTER({same})")

    def equals(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when the values are not those of another property (4.5.1)."""
        pattern, variable = self.values(shape, focus)
        found = Bounds()
        for term in shape.values["equals"]:
            other = self.iri(term)
            found |= self._exactly(f"{pattern} FILTER NOT EXISTS {{ ?this {other} {variable} }}")
            if shape.path is None:
                found |= self._exactly(f"{focus('?this')} ?this {other} ?o FILTER(!sameTerm(?o, ?this))")
            else:
                found |= self._exactly(f"{focus('?this')} ?this {other} ?o MINUS {{ ?this {self.path(shape)} ?o }}")
        return found

    def disjoint(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when a value is one of another property too (4.5.2)."""
        variable = self.values(shape, focus)[1]
        return union(
            self._with_value(shape, focus, f"?this {self.iri(term)} {variable}") for term in shape.values["disjoint"]
        )

    def less(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when a value is not less than those of another property (4.5.3, 4.5.4)."""
        maybe, surely = set[Term](), set[Term]()
        maybe |= {row[0] for row in self._rejected(shape, focus, "FILTER(isBlank(?v))")}  # pySHACL refuses these
        for name, operator, signs in (("lessThan", "<", {-1}), ("lessThanOrEquals", "<=", {-1, 0})):
            for term in shape.values.get(name, ()):
                passes = f"{LESS_COMPARABLE} && ?v {operator} ?o"
                rest = f"?this {self.iri(term)} ?o . FILTER(COALESCE(!({passes}), true))"
                for node, left, right in self._rejected(shape, focus, rest, "?this ?v ?o"):
                    a, b = decode(left), decode(right)
                    sign = compare(a, b) if isinstance(a, Literal) and isinstance(b, Literal) else None
                    if sign not in signs:
                        (maybe if sign is None else surely).add(node)
        return Bounds(frozenset(maybe | surely), frozenset(surely))

    def closed(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when a value has a property that the shape does not list (4.8.1)."""
        if not shape.true("closed"):
            return Bounds()
        allowed = [term for head in shape.values.get("ignoredProperties", ()) for term in self.shapes.items(head)]
        described = [self.shapes.get(p) for p in shape.values.get("property", ())]
        if any(inner.path is None for inner in described):
            raise UncompiledError("property")
        allowed += [inner.path for inner in described if inner.path is not None]
        names = ", ".join(str(term) for term in allowed if isinstance(term, NamedNode))
        pattern, variable = self.values(shape, focus)
        resource = f"?p = <{RDF_TYPE}> && ?o = <{RDFS}Resource>"
        return self._exactly(f"{pattern} {variable} ?p ?o FILTER(?p NOT IN ({names or NOTHING}) && !({resource}))")

    def has_value(self, shape: Shape, focus: Focus) -> Bounds:
        """Fails when a term is not among the values (4.8.2)."""
        found = Bounds()
        for term in shape.values["hasValue"]:
            value = self.term(term)
            if shape.path is None:
                found |= self._exactly(f"{focus('?this')} FILTER(!sameTerm(?this, {value}))")
            else:
                has = f"?this {shape.path} {value}" if isinstance(shape.path, NamedNode) else ""
                found |= self._without(
                    shape, focus, has or f"?this {self.path(shape)} ?v FILTER(sameTerm(?v, {value}))"
                )
        return found

    def passes(self, shape: Shape) -> str:
        """An expression that is true only of values that conform to a node shape; empty where there is none."""
        if shape.path is not None or not shape.values.keys() <= VALUE_TESTS:
            return ""
        tests = [test.passes for test in value_tests(shape, self.shapes, self.data.doubtful)]
        return f"({' && '.join(f'({test})' for test in tests)})" if tests and all(tests) else ""
