"""Parameters of a query: values become RDF terms, never text.

A parameter is a variable `?_NAME_TYPE` of the query (the convention of grlc, https://github.com/CLARIAH/grlc).
The value is checked for its type and written as one term where the variable stands.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jamjustice.errors import UnknownName, UsageError
from jamjustice.graph.sparql import replace_variables, variables
from jamjustice.graph.write import quoted
from jamjustice.vocabulary import XSD

if TYPE_CHECKING:
    from collections.abc import Mapping

    Value = str | int | float | bool | datetime.date

TYPES = {
    "iri": "an IRI such as person:beth-perry or https://example.org/thing",
    "string": "text",
    "integer": "a whole number such as 83",
    "decimal": "a number such as 2.5",
    "boolean": "true or false",
    "date": "a day such as 2019-01-31",
}
"""The types, each with what it looks like."""

_VARIABLE = re.compile(r"_(?P<name>[A-Za-z]\w*)_(?P<type>[a-z]+)")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_CURIE = re.compile(r"([^\W\d_][\w.-]*)?:([^\s<>\"{}|\\^`]*)")


@dataclass(frozen=True)
class Parameter:
    """One parameter as the header of a query describes it."""

    name: str
    type: str
    description: str
    default: str | None
    example: str

    @property
    def variable(self) -> str:
        """The variable of the query that stands for it."""
        return f"_{self.name}_{self.type}"


def parameter_variables(text: str) -> dict[str, str]:
    """The parameters that a query text has, with their types.

    >>> parameter_variables("SELECT ?x { ?x ?p ?_year_integer }")
    {'year': 'integer'}
    """
    found = (_VARIABLE.fullmatch(name) for name in sorted(variables(text)))
    return {match["name"]: match["type"] for match in found if match and match["type"] in TYPES}


def term(value: Value, type_: str, prefixes: Mapping[str, str]) -> str:
    """A value as a SPARQL term of a type. Raises UsageError that says what the type looks like.

    >>> term("83", "integer", {})
    '83'
    >>> term("e:a", "iri", {"e": "http://e/"})
    '<http://e/a>'
    >>> term("eighty", "integer", {})
    Traceback (most recent call last):
    jamjustice.errors.UsageError: "eighty" is not a whole number such as 83.
    """
    text = str(value).lower() if isinstance(value, bool) else str(value)
    written = _written(text, type_, prefixes)
    if written is None:
        raise UsageError(f'"{text}" is not {TYPES[type_]}.')
    return written


def _written(text: str, type_: str, prefixes: Mapping[str, str]) -> str | None:
    match type_:
        case "iri":
            return _iri(text, prefixes)
        case "string":
            return quoted(text)
        case "integer":
            return text if re.fullmatch(r"[+-]?[0-9]+", text) else None
        case "decimal":
            return f'"{text}"^^<{XSD}decimal>' if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", text) else None
        case "boolean":
            return text if text in {"true", "false"} else None
        case "date":
            return f'"{text}"^^<{XSD}date>' if _is_date(text) else None
    return None


def _iri(text: str, prefixes: Mapping[str, str]) -> str | None:
    bare = text[1:-1] if text.startswith("<") and text.endswith(">") else text
    curie = _CURIE.fullmatch(bare)
    if curie and (curie[1] or "") in prefixes and not text.startswith("<"):
        return f"<{prefixes[curie[1] or '']}{curie[2]}>"
    if not _IRI.fullmatch(bare):
        return None
    scheme = bare.partition(":")[0]
    if "//" not in bare and scheme.lower() not in {"urn", "doi", "mailto", "tel", "info", "tag"}:
        raise UnknownName("prefix", scheme, prefixes)
    return f"<{bare}>"


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def fill(
    text: str, parameters: Mapping[str, Parameter], values: Mapping[str, Value], prefixes: Mapping[str, str]
) -> str:
    """The query with every parameter replaced: by the value given, else by its default.

    Raises UnknownName for a value of no parameter and UsageError for one of the wrong type.
    """
    for name in values:
        if name not in parameters:
            raise UnknownName("parameter", name, parameters)
    terms = {}
    for name, parameter in parameters.items():
        value = values.get(name, parameter.default)
        if value is None:
            raise UsageError(f"Parameter {name} needs a value: {TYPES.get(parameter.type, 'a term')}.")
        try:
            terms[parameter.variable] = term(value, parameter.type, prefixes)
        except UsageError as error:
            raise UsageError(f"Parameter {name}: {error}") from None
    return replace_variables(text, terms.get)
