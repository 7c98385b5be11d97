"""The IRIs that the code itself must know: RDF, RDFS, XSD, SHACL and what commonly names a thing.

Everything else that is specific to a vocabulary stands in the query files and the shapes.
"""

from __future__ import annotations

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
SCHEMA = "https://schema.org/"

OWL = "http://www.w3.org/2002/07/owl#"
OWL_CLASS = OWL + "Class"
VERSION_IRI = OWL + "versionIRI"

RDF_TYPE = RDF + "type"
RDF_FIRST = RDF + "first"
RDF_REST = RDF + "rest"
RDF_NIL = RDF + "nil"
RDFS_LABEL = RDFS + "label"

LABELS = (
    RDFS_LABEL,
    SKOS + "prefLabel",
    DCTERMS + "title",
    FOAF + "name",
    SCHEMA + "name",
    SH + "name",
)
"""What names a thing for people, the best first."""
