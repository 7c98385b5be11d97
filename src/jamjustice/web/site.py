"""Which path answers what: things, documents, vocabulary, dump, endpoint.

`/id/KIND/SLUG` names a thing and redirects (303) to the document about it at `/doc/KIND/SLUG`
(https://www.w3.org/TR/cooluris/#r303gendocument); everything else that the dataset describes answers at its own IRI.
All links and redirections are relative, so the site works behind any path.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from jamjustice.errors import InputError, UsageError
from jamjustice.formats import DUMP_FORMATS, GRAPH_FORMATS, HTML, JSON_LD, Format
from jamjustice.graph.dataset import DESCRIPTION
from jamjustice.graph.render import graph_bytes
from jamjustice.graph.terms import BlankNode, Literal, NamedNode, Triple
from jamjustice.quality.rules import project_rules
from jamjustice.store.lookup import Lookup
from jamjustice.vocabulary import LABELS, RDF_TYPE, SH, VERSION_IRI
from jamjustice.web.documents import describe
from jamjustice.web.endpoint import Endpoint
from jamjustice.web.message import Answer, Request, problem, redirect, relative
from jamjustice.web.negotiate import choose
from jamjustice.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jamjustice.graph.read import Document
    from jamjustice.publish.published import Published
    from jamjustice.quality.rules import Rule
    from jamjustice.store.engine import Engine

OFFERED = (*GRAPH_FORMATS, HTML)
"""The formats of every document; without an Accept header it is the first."""

_SPECIAL = ("/sparql", "/rules", "/context.jsonld", "/id/", "/dump/")
"""Paths that are no documents about something that the dataset describes."""


@dataclass(frozen=True)
class Site:
    """A published project as a function from request to answer."""

    published: Published
    engine: Engine

    @property
    def base(self) -> str:
        """The base IRI of everything that is published."""
        return self.published.project.base

    @cached_property
    def lookup(self) -> Lookup:
        """The statements by resource."""
        return Lookup(self.published.quads(), self.published.project.settings.languages)

    @cached_property
    def pages(self) -> Pages:
        """The HTML pages."""
        settings = self.published.project.settings
        dumps = [(f.label, f"dump/{settings.name}.{f.suffix}") for f in DUMP_FORMATS]
        dataset = self.published.dataset
        names = _names(dataset.ontology)
        return Pages(settings.title, self.base, self.lookup, dataset.prefixes, names, self.published.library, dumps)

    @cached_property
    def endpoint(self) -> Endpoint:
        """The SPARQL endpoint."""
        return Endpoint(self.engine, self.pages)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the shapes; none for a project without shapes. Raises InputError for shapes that are none."""
        try:
            return project_rules(self.published.dataset)
        except UsageError:
            return ()

    @property
    def example(self) -> str:
        """The IRI of a thing to look at first."""
        firsts = [iris[0] for _, iris in self._kinds]
        return max(firsts, key=lambda iri: len(self.lookup.about(iri)), default=self.base)

    @cached_property
    def documents(self) -> dict[str, list[Triple]]:
        """The documents of the ontology folder by their path: `/def` holds every term `def#…`."""
        triples = [triple for document in self.published.dataset.ontology for triple in document.triples]
        subjects = [t.subject.value for t in triples if isinstance(t.subject, NamedNode)]
        paths = {s.removeprefix(self.base).partition("#")[0] for s in subjects if s.startswith(self.base)}
        documents = {f"/{path}": _closure(triples, self.base + path) for path in paths}
        for subject, predicate, object_ in triples:
            if predicate.value == VERSION_IRI and isinstance(subject, NamedNode) and isinstance(object_, NamedNode):
                # The version that there is answers at its own IRI too.
                path = "/" + subject.value.removeprefix(self.base)
                documents["/" + object_.value.removeprefix(self.base)] = documents.get(path, [])
        return documents

    def answer(self, request: Request) -> Answer:
        """Answer a request, whole."""
        return self._answer(replace(request, path=self._local(request.path))).finished(request)

    def _answer(self, request: Request) -> Answer:
        path = request.path
        allowed = "GET, HEAD, OPTIONS, POST" if path == "/sparql" else "GET, HEAD, OPTIONS"
        if request.method == "OPTIONS":
            return Answer(204, headers={"Allow": allowed})
        if request.method not in allowed.split(", "):
            if not path.startswith(_SPECIAL) and not self._exists(_suffix(path)[0]):
                return self._missing(request, self.base + path.lstrip("/"))
            return problem(request, 405, f"{request.method} is not possible here.", {"Allow": allowed})
        if path == "/sparql":
            return self.endpoint.answer(request)
        if path.startswith("/id/"):
            return self._thing(request, path)
        if path.startswith("/dump/"):
            return self._dump(request, path)
        if path == "/context.jsonld":
            context = {"@context": dict(self.published.style.context)}
            return Answer(200, json.dumps(context, indent=2).encode() + b"\n", JSON_LD.content_type)
        return self._rules(request) if path == "/rules" else self._document(request, path)

    def _local(self, path: str) -> str:
        """The path below the site: a proxy may pass the path of the base on, or leave it out."""
        mounted = urlsplit(self.base).path
        return path.removeprefix(mounted.rstrip("/")) if mounted != "/" and path.startswith(mounted) else path

    def _thing(self, request: Request, path: str) -> Answer:
        iri = self.base + path.lstrip("/")
        if not self.lookup.about(iri):
            return self._missing(request, iri)
        target = relative(path, "/doc/" + path.removeprefix("/id/"))
        return redirect(quote(target, safe="/:.-_~!$&'()*+,;=@%"))

    def _document(self, request: Request, path: str) -> Answer:
        """The document at a path, by suffix, `?format=` or Accept, in this order."""
        bare, by_suffix = _suffix(path)
        target = bare if by_suffix and not self._exists(path) else path
        if not self._exists(target):
            return self._missing(request, self._described(bare))
        asked = dict(request.parameters()).get("format", "")
        named = next((f for f in OFFERED if f.is_called(asked)), None) if asked else None
        if asked and named is None:
            return problem(request, 406, f'There is no format "{asked}" here. There are: {_listed(OFFERED)}.')
        wanted = (by_suffix if target != path else None) or named or choose(request.accept, OFFERED)
        if wanted is None:
            return problem(request, 406, f"There are: {_listed(OFFERED)}.")
        return self._rendered(request, target, wanted)

    def _exists(self, path: str) -> bool:
        return path == "/" or path in self.documents or bool(self.lookup.about(self._described(path)))

    def _described(self, path: str) -> str:
        """The IRI of what the document at a path is about."""
        return self.base + (f"id/{path.removeprefix('/doc/')}" if path.startswith("/doc/") else path.lstrip("/"))

    def _rendered(self, request: Request, path: str, wanted: Format) -> Answer:
        forms = [(f.label, relative(request.path, f"{path}.{f.suffix}")) for f in GRAPH_FORMATS]
        links = ", ".join(
            f'<{relative(request.path, f"{path}.{f.suffix}")}>; rel="alternate"; type="{f.media_type}"'
            for f in OFFERED
            if f is not wanted and path != "/"
        )
        headers = {"Vary": "Accept"} | ({"Link": links} if links else {})
        if path in self.documents and wanted is HTML:
            page = self.pages.terms(request, self.base + path.lstrip("/"), self.documents[path], forms)
            return replace(page, headers=headers)
        if path in self.documents:
            triples = self.documents[path]
        elif path == "/":
            if wanted is HTML:
                return self.pages.home(request, self._kinds)
            triples = list(self.published.dataset.triples(DESCRIPTION))
        else:
            found = describe(self.lookup, self._described(path), self.base + path.lstrip("/"))
            if found is None:
                return self._missing(request, self._described(path))
            if wanted is HTML:
                return replace(self.pages.resource(request, found, forms), headers=headers)
            triples = found.triples()
        return Answer(200, graph_bytes(triples, wanted, self.published.style), wanted.content_type, headers)

    @cached_property
    def _kinds(self) -> list[tuple[str, list[str]]]:
        """Every thing under `id/`, by the first part of its path."""
        start = self.base + "id/"
        typed = (quad.subject for quad in self.published.dataset.quads() if quad.predicate.value == RDF_TYPE)
        things = dict.fromkeys(s.value for s in typed if isinstance(s, NamedNode) and s.value.startswith(start))
        kinds: dict[str, list[str]] = {}
        for iri in things:
            kinds.setdefault(iri.removeprefix(start).split("/")[0], []).append(iri)
        return sorted(kinds.items(), key=lambda item: (len(item[1]) > 60, item[0]))

    def _rules(self, request: Request) -> Answer:
        if choose(request.accept, (HTML,)) is None:
            return problem(request, 406, f"There is: {HTML.media_type}. The shapes themselves are RDF.")
        try:
            return self.pages.rules(request, self.rules)
        except InputError as error:
            return problem(request, error.status, str(error))

    def _dump(self, request: Request, path: str) -> Answer:
        name = self.published.project.settings.name
        for format_ in DUMP_FORMATS:
            if path == f"/dump/{name}.{format_.suffix}":
                return Answer(200, self._dumped(format_), format_.content_type)
        known = ", ".join(f"/dump/{name}.{f.suffix}" for f in DUMP_FORMATS)
        return problem(request, 404, f"There is no such dump. There are: {known}.")

    @cached_property
    def _dumps(self) -> dict[Format, bytes]:
        return {}

    def _dumped(self, format_: Format) -> bytes:
        if format_ not in self._dumps:
            self._dumps[format_] = self.published.export(format_)
        return self._dumps[format_]

    def _missing(self, request: Request, iri: str) -> Answer:
        near = self.lookup.near(iri, self.base)
        advice = f" Did you mean {' or '.join(near)}?" if near else f" The way in is {self.base}."
        return problem(request, 404, f"The dataset has nothing at {iri}.{advice}")


def _suffix(path: str) -> tuple[str, Format | None]:
    bare, dot, suffix = path.rpartition(".")
    found = next((f for f in OFFERED if dot and suffix == f.suffix), None)
    return (bare, found) if found else (path, None)


def _listed(formats: Sequence[Format]) -> str:
    return ", ".join(f"{f.media_type} (.{f.suffix})" for f in formats)


def _closure(triples: Sequence[Triple], iri: str) -> list[Triple]:
    """The statements about an IRI and its hash IRIs, and about the blank nodes that they lead to."""
    about: dict[object, list[Triple]] = {}
    for triple in triples:
        about.setdefault(triple.subject, []).append(triple)
    waiting: list[object] = [
        s for s in about if isinstance(s, NamedNode) and (s.value == iri or s.value.startswith(f"{iri}#"))
    ]
    found: list[Triple] = []
    seen = set(waiting)
    while waiting:
        for triple in about.get(waiting.pop(), []):
            found.append(triple)
            if isinstance(triple.object, BlankNode) and triple.object not in seen:
                seen.add(triple.object)
                waiting.append(triple.object)
    return found


def _names(ontology: Sequence[Document]) -> dict[str, str]:
    """Names of properties and classes for people: their own labels, else the `sh:name` that a shape gives its path."""
    names: dict[str, str] = {}
    paths: dict[object, str] = {}
    shaped: dict[object, str] = {}
    for document in ontology:
        for triple in document.triples:
            if triple.predicate.value == SH + "path" and isinstance(triple.object, NamedNode):
                paths[triple.subject] = triple.object.value
            if isinstance(triple.object, Literal) and isinstance(triple.subject, NamedNode):
                if triple.predicate.value == SH + "name":
                    shaped[triple.subject] = triple.object.value
                elif triple.predicate.value in LABELS:
                    names.setdefault(triple.subject.value, triple.object.value)
    for shape, name in shaped.items():
        if shape in paths:
            names.setdefault(paths[shape], name)
    return names
