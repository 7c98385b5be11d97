"""HTML pages: plain, readable without style or scripts, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from jamjustice.formats import HTML
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple, short
from jamjustice.graph.write import natural
from jamjustice.quality.reference import INTRODUCTION, NO_RULES, OTHERS, OTHERS_HEADING, READING, counted, heading
from jamjustice.vocabulary import LABELS, RDF_FIRST, RDF_REST, RDF_TYPE, RDFS_LABEL
from jamjustice.web.message import Answer, Request, relative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jamjustice.graph.terms import Object
    from jamjustice.quality.rules import Rule
    from jamjustice.queries.library import Query
    from jamjustice.queries.result import Result
    from jamjustice.store.lookup import Lookup
    from jamjustice.web.documents import Description


@dataclass(frozen=True)
class Link:
    """A term as a page shows it: text, and where it leads."""

    text: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True)
class Pages:
    """The pages of one site; `names` are names of properties and classes for people."""

    title: str
    base: str
    lookup: Lookup
    prefixes: Mapping[str, str]
    names: Mapping[str, str]
    library: Mapping[str, Query]
    dumps: Sequence[tuple[str, str]]

    def home(self, request: Request, kinds: Sequence[tuple[str, Sequence[str]]]) -> Answer:
        """What there is, and the ways to it."""
        lists = [(kind, [self._link(request.path, NamedNode(iri)) for iri in iris]) for kind, iris in kinds]
        return self._page(request, "home", kinds=lists, dumps=self.dumps, heading=self.title)

    def resource(self, request: Request, found: Description, forms: Sequence[tuple[str, str]]) -> Answer:
        """All that is known about one resource."""
        heading = self.lookup.label(NamedNode(found.iri)) or found.iri
        blocks: dict[Object, list[tuple[str, Object]]] = {}
        for triple in found.about:
            if not _repeats(triple, heading):
                blocks.setdefault(triple.subject, []).append((triple.predicate.value, triple.object))
        about = self._rows(request.path, blocks.get(NamedNode(found.iri), ()), blocks)
        pointing = self._rows(request.path, ((t.predicate.value, t.subject) for t in found.pointing))
        return self._page(
            request, "resource", heading=heading, iri=found.iri, about=about, pointing=pointing, forms=forms
        )

    def terms(self, request: Request, iri: str, triples: Sequence[Triple], forms: Sequence[tuple[str, str]]) -> Answer:
        """The terms of an ontology or shapes document, each with an anchor that is its local name."""
        blocks: dict[Object, list[tuple[str, Object]]] = {}
        for triple in triples:
            blocks.setdefault(triple.subject, []).append((triple.predicate.value, triple.object))
        shown = [
            (node.value.removeprefix(f"{iri}#"), self._short(node.value), self._rows(request.path, rows, blocks))
            for node, rows in sorted(
                blocks.items(), key=lambda item: (item[0] != NamedNode(iri), natural(str(item[0])))
            )
            if isinstance(node, NamedNode)
        ]
        own = blocks.get(NamedNode(iri), [])
        heading = next((o.value for p, o in own if p in LABELS and isinstance(o, Literal)), iri)
        return self._page(request, "terms", heading=heading, iri=iri, blocks=shown, forms=forms)

    def rules(self, request: Request, found: Sequence[Rule]) -> Answer:
        """Every rule of the shapes, each with an anchor that is its name."""
        hrefs = {rule.iri: self._link(request.path, NamedNode(rule.iri)).href for rule in found}
        return self._page(request, "rules", **_rules(found, self.title), hrefs=hrefs)

    def editor(self, request: Request) -> Answer:
        """A form for a query."""
        return self._page(
            request, "sparql", heading="Ask a question", query="", result=None, questions=self._questions()
        )

    def results(self, request: Request, query: str, result: Result) -> Answer:
        """The answer to a query as a table, above it the form."""
        rows = [[self._cell(request.path, row[column]) for column in result.columns] for row in result.rows]
        shown = {"columns": result.columns, "rows": rows, "boolean": result.boolean}
        return self._page(request, "sparql", heading="Answer", query=query, result=shown, questions=[])

    def _questions(self) -> list[tuple[str, str]]:
        return [(query.summary, query.filled({}, self.prefixes)) for query in self.library.values()]

    def _cell(self, path: str, value: object) -> Link:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        if text.startswith(("http://", "https://")) and not any(mark.isspace() or mark in '<>"' for mark in text):
            return self._link(path, NamedNode(text))
        return Link(text)

    def _rows(
        self,
        path: str,
        statements: Iterable[tuple[str, Object]],
        blocks: Mapping[Object, Sequence[tuple[str, Object]]] = MappingProxyType({}),
    ) -> list[tuple[Link, list[Link]]]:
        """Statements grouped by property; blank nodes are spelled out from the `blocks` they head."""
        grouped: dict[str, list[Link]] = {}
        for predicate, term in statements:
            spelled = isinstance(term, BlankNode) and term in blocks
            link = Link(self._spelled(term, blocks)) if spelled else self._link(path, term)
            grouped.setdefault(predicate, []).append(link)
        ordered = sorted(grouped, key=lambda iri: (iri != RDF_TYPE, iri not in LABELS, self._name(iri)))
        return [
            (Link(self._name(iri), note=iri), sorted(grouped[iri], key=lambda link: natural(link.text)))
            for iri in ordered
        ]

    def _spelled(self, term: Object, blocks: Mapping[Object, Sequence[tuple[str, Object]]], depth: int = 0) -> str:
        """A term as text, a blank node by its statements."""
        if isinstance(term, NamedNode):
            return self._short(term.value)
        if isinstance(term, Literal):
            return term.value
        if depth > 8 or term not in blocks:
            return "[…]"
        rows = dict(blocks[term])
        if RDF_FIRST in rows and RDF_REST in rows:
            return " ".join(self._spelled(item, blocks, depth + 1) for item in self._members(term, blocks))
        return "; ".join(
            f"{self._short(p)} {self._spelled(o, blocks, depth + 1)}" for p, o in sorted(blocks[term], key=str)
        )

    @staticmethod
    def _members(node: Object, blocks: Mapping[Object, Sequence[tuple[str, Object]]]) -> Iterator[Object]:
        seen: set[Object] = set()
        while node in blocks and node not in seen:
            seen.add(node)
            rows = dict(blocks[node])
            if RDF_FIRST in rows:
                yield rows[RDF_FIRST]
            node = rows.get(RDF_REST, node)

    def _link(self, path: str, term: Object) -> Link:
        if isinstance(term, Literal):
            return Link(term.value, note=term.language or "")
        if not isinstance(term, NamedNode):
            return Link("(a node without a name)")
        iri = term.value
        label = self.lookup.label(term) or self.names.get(iri) or self._short(iri)
        if iri.startswith(self.base):
            return Link(label, relative(path, "/" + iri.removeprefix(self.base)), self._short(iri))
        return Link(label, iri if iri.startswith(("http://", "https://")) else "", self._short(iri))

    def _name(self, iri: str) -> str:
        return self.names.get(iri) or self._short(iri)

    def _short(self, iri: str) -> str:
        return short(iri, self.prefixes)

    def _page(self, request: Request, template: str, **values: Any) -> Answer:  # noqa: ANN401
        text = _render(template, site=self.title, root=relative(request.path, "/"), **values)
        return Answer(200, text.encode(), HTML.content_type, {"Vary": "Accept"})


def rules_page(found: Sequence[Rule], title: str) -> str:
    """The page of all rules by itself, without a site around it."""
    hrefs = {rule.iri: rule.iri if rule.iri.startswith(("http://", "https://")) else "" for rule in found}
    return _render("rules", site=title, root=None, **_rules(found, title), hrefs=hrefs)


def _rules(found: Sequence[Rule], title: str) -> dict[str, Any]:
    return {
        "heading": heading(title),
        "introduction": INTRODUCTION if found else NO_RULES,
        "reading": READING,
        "severities": counted(found),
        "rules": found,
        "others": OTHERS,
        "others_heading": OTHERS_HEADING,
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("jamjustice.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _render(template: str, **values: Any) -> str:  # noqa: ANN401
    return _environment().get_template(f"{template}.html").render(**values)


def _repeats(triple: Triple, heading: str) -> bool:
    """Whether a statement only says the heading once more."""
    return (
        triple.predicate.value == RDFS_LABEL and isinstance(triple.object, Literal) and triple.object.value == heading
    )
