"""HTML pages: plain, readable without style or scripts, every text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from jamjustice.formats import HTML
from jamjustice.graph.terms import Literal, NamedNode, Triple, short
from jamjustice.graph.write import natural
from jamjustice.vocabulary import LABELS, RDF_TYPE
from jamjustice.web.message import Answer, Request, relative

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jamjustice.graph.terms import Object
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

    @cached_property
    def _environment(self) -> Environment:
        return Environment(
            loader=PackageLoader("jamjustice.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    def home(self, request: Request, kinds: Sequence[tuple[str, Sequence[str]]]) -> Answer:
        """What there is, and the ways to it."""
        lists = [(kind, [self._link(request.path, NamedNode(iri)) for iri in iris]) for kind, iris in kinds]
        return self._page(request, "home", kinds=lists, library=self.library, dumps=self.dumps, heading=self.title)

    def resource(self, request: Request, found: Description, forms: Sequence[tuple[str, str]]) -> Answer:
        """All that is known about one resource."""
        about = self._rows(request.path, ((t.predicate.value, t.object) for t in found.about))
        pointing = self._rows(request.path, ((t.predicate.value, t.subject) for t in found.pointing))
        heading = self.lookup.label(NamedNode(found.iri)) or found.iri
        return self._page(
            request, "resource", heading=heading, iri=found.iri, about=about, pointing=pointing, forms=forms
        )

    def terms(self, request: Request, iri: str, triples: Sequence[Triple], forms: Sequence[tuple[str, str]]) -> Answer:
        """The terms of an ontology or shapes document, each with an anchor that is its local name."""
        blocks: dict[str, list[tuple[str, Object]]] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                blocks.setdefault(triple.subject.value, []).append((triple.predicate.value, triple.object))
        shown = [
            (subject.removeprefix(f"{iri}#"), self._short(subject), self._rows(request.path, rows))
            for subject, rows in sorted(blocks.items(), key=lambda item: natural(item[0]))
        ]
        heading = next((o.value for p, o in blocks.get(iri, []) if p in LABELS and isinstance(o, Literal)), iri)
        return self._page(request, "terms", heading=heading, iri=iri, blocks=shown, forms=forms)

    def editor(self, request: Request) -> Answer:
        """A form for a query."""
        return self._page(request, "sparql", heading="Ask a question", query="", result=None, library=self.library)

    def results(self, request: Request, query: str, result: Result) -> Answer:
        """The answer to a query as a table, above it the form."""
        rows = [[self._cell(request.path, row[column]) for column in result.columns] for row in result.rows]
        shown = {"columns": result.columns, "rows": rows, "boolean": result.boolean}
        return self._page(request, "sparql", heading="Answer", query=query, result=shown, library=self.library)

    def _cell(self, path: str, value: object) -> Link:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        if text.startswith(("http://", "https://")) and not any(mark.isspace() or mark in '<>"' for mark in text):
            return self._link(path, NamedNode(text))
        return Link(text)

    def _rows(self, path: str, statements: Iterable[tuple[str, Object]]) -> list[tuple[Link, list[Link]]]:
        grouped: dict[str, list[Link]] = {}
        for predicate, term in statements:
            grouped.setdefault(predicate, []).append(self._link(path, term))
        ordered = sorted(grouped, key=lambda iri: (iri != RDF_TYPE, iri not in LABELS, self._name(iri)))
        return [
            (Link(self._name(iri), note=iri), sorted(grouped[iri], key=lambda link: natural(link.text)))
            for iri in ordered
        ]

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
        text = self._environment.get_template(f"{template}.html").render(
            site=self.title, root=relative(request.path, "/"), **values
        )
        return Answer(200, text.encode(), HTML.content_type, {"Vary": "Accept"})
