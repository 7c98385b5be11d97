"""What a result of SHACL says, in plain words: the message of its shape, else a sentence of ours for its constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jamjustice.graph.terms import BlankNode
from jamjustice.vocabulary import SH

if TYPE_CHECKING:
    from collections.abc import Callable

    from jamjustice.quality.advice import Advice
    from jamjustice.quality.shape import Term
    from jamjustice.quality.validate import Violation

_SENTENCES = {
    "And": "{It} does not keep all of the rules that it must keep.",
    "Class": "{It} must be a {class}.",
    "Closed": "{path} is not allowed here.",
    "Datatype": "{It} must be written as {datatype}.",
    "Disjoint": "{It} must not be given with {disjoint} as well.",
    "Equals": "{path} must have the same values as {equals}.",
    "HasValue": "{It} must be {hasValue}.",
    "In": "{It} must be one of these: {in}.",
    "LanguageIn": "{It} must be in one of these languages: {languageIn}.",
    "LessThan": "{It} must be less than that of {lessThan}.",
    "LessThanOrEquals": "{It} must not be more than that of {lessThanOrEquals}.",
    "MaxCount": "{path} must not be given more than {maxCount} times.",
    "MaxExclusive": "{It} must be less than {maxExclusive}.",
    "MaxInclusive": "{It} must not be more than {maxInclusive}.",
    "MaxLength": "{It} must not be longer than {maxLength} characters.",
    "MinCount": "{path} must be given at least {minCount} times.",
    "MinExclusive": "{It} must be more than {minExclusive}.",
    "MinInclusive": "{It} must not be less than {minInclusive}.",
    "MinLength": "{It} must not be shorter than {minLength} characters.",
    "Node": "{It} does not keep the rules of {node}.",
    "NodeKind": "{It} must be {nodeKind}.",
    "Not": "{It} is of a kind that is not allowed here.",
    "Or": "{It} keeps none of the rules of which it must keep one.",
    "Pattern": "{It} must have the form {pattern}.",
    "QualifiedMaxCount": "{path} has too many values of one kind: {qualifiedMaxCount} allowed.",
    "QualifiedMinCount": "{path} has too few values of one kind: {qualifiedMinCount} needed.",
    "UniqueLang": "{path} has more than one text in the same language.",
    "Xone": "{It} must keep exactly one of several rules.",
}
_OFTEN = {
    ("MinCount", "1"): "{path} is missing.",
    ("MaxCount", "0"): "{path} is not allowed here.",
    ("MaxCount", "1"): "{path} may be given only once.",
}
"""Better sentences for the counts that are asked for most."""
_KINDS = {
    "IRI": "an IRI",
    "Literal": "a text, number or date",
    "BlankNode": "a blank node",
    "BlankNodeOrIRI": "an IRI or a blank node",
    "BlankNodeOrLiteral": "a blank node or a text, number or date",
    "IRIOrLiteral": "an IRI, or a text, number or date",
}
_BARE = ("Count", "Length", "clusive", "pattern", "languageIn")
"""Parameters whose values are shown without quotation marks and datatype."""
_MOST = 12
"""So many allowed values are spelled out."""


def message(violation: Violation, advice: Advice, path: str, short: Callable[[Term], str]) -> str:
    """The message of a result without the name of its rule before it, and without names of blank nodes.

    A shape with messages in several languages speaks English; a core constraint without any has a sentence of ours.
    """
    given = advice.values(violation.shape, "message")
    component = violation.component.removesuffix("ConstraintComponent")
    text = violation.message
    if len(given) > 1 and not any("{" in term.value for term in given):
        text = advice.text(violation.shape, SH + "message")
    elif not given and component in _SENTENCES:
        text = _sentence(component, violation.shape, advice, path, short)
    for term in (violation.focus, violation.value):
        if isinstance(term, BlankNode):
            text = text.replace(term.value, "a blank node")
    name = advice.rule(violation.shape).name
    return " ".join(text.split()).removeprefix(f"{name}:").strip()


def _sentence(component: str, shape: Term, advice: Advice, path: str, short: Callable[[Term], str]) -> str:
    """The sentence for a constraint, with the parameters of the shape put in."""
    counts = advice.values(shape, component[0].lower() + component[1:])
    sentence = _OFTEN.get((component, counts[0].value if len(counts) == 1 else "")) or _SENTENCES[component]
    words = {"It": f"The value of {path}" if path else "This", "path": path or "This"}
    for name in sentence.replace("}", "{").split("{")[1::2]:
        if name not in words:
            words[name] = _listed(name, advice.values(shape, name), short)
    return sentence.format_map(words)


def _listed(name: str, terms: list[Term], short: Callable[[Term], str]) -> str:
    """The values of a parameter, for people."""
    if name == "nodeKind":
        return " or ".join(_KINDS.get(term.value.removeprefix(SH), short(term)) for term in terms)
    shown = [
        "a shape without a name" if isinstance(t, BlankNode) else t.value if name.endswith(_BARE) else short(t)
        for t in terms
    ]
    return ", ".join(shown[:_MOST]) + (f" and {len(shown) - _MOST} more" if len(shown) > _MOST else "")
