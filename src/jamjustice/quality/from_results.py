"""The results of SHACL as findings: with their place, a name for the thing, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jamjustice.graph.locate import Place
from jamjustice.graph.terms import BlankNode, Literal
from jamjustice.quality.advice import Advice
from jamjustice.quality.findings import Finding
from jamjustice.quality.places import Places
from jamjustice.quality.result_words import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jamjustice.graph.exact import ExactStore
    from jamjustice.graph.locate import Placed
    from jamjustice.graph.terms import Triple
    from jamjustice.quality.naming import Namer
    from jamjustice.quality.shape import Term
    from jamjustice.quality.validate import Violation


def as_findings(
    violations: Sequence[Violation],
    documents: Sequence[Placed],
    rules: Sequence[Triple],
    namer: Namer,
    names: tuple[Mapping[str, str], str],
    data: ExactStore,
) -> tuple[Finding, ...]:
    """Each result as a finding; `names` are the prefixes and the base of the rules."""
    places, advice = Places(documents, violations), Advice(rules, *names)
    nowhere = Place(documents[0].path if len(documents) == 1 else "", 0, 0)
    return tuple(_finding(violation, places, namer, advice, data, nowhere) for violation in violations)


def _finding(
    violation: Violation, places: Places, namer: Namer, advice: Advice, data: ExactStore, nowhere: Place
) -> Finding:
    rule = advice.rule(violation.shape)
    name = rule.name or violation.component.removesuffix("ConstraintComponent")
    path = _path(violation, namer, advice)
    place = places.of(violation) or nowhere
    # A rule about the whole graph has a focus that the data do not describe: then the value is the thing it speaks of.
    thing = violation.focus if violation.value is None or _described(violation.focus, data) else violation.value
    return Finding(
        *place,
        severity=violation.severity,
        rule=name,
        label=namer.label(thing),
        message=message(violation, advice, path, namer.short),
        focus="" if isinstance(violation.focus, BlankNode) else violation.focus.value,
        path=path,
        value="" if thing == violation.value else _shown_value(violation, namer),
        advice=rule.advice,
        page=rule.page,
        component=violation.component.removesuffix("ConstraintComponent"),
        nodes=violation.nodes,
    )


def _described(term: Term, data: ExactStore) -> bool:
    return not isinstance(term, Literal) and next(data.matching(term, None, None), None) is not None


def _path(violation: Violation, namer: Namer, advice: Advice) -> str:
    if isinstance(violation.path, BlankNode):
        return advice.path(violation.shape)
    return ("^" if violation.inverse else "") + namer.short(violation.path)


def _shown_value(violation: Violation, namer: Namer) -> str:
    if violation.value is None or violation.value == violation.focus:
        return ""
    text = namer.short(violation.value)
    return text if len(text) <= 200 else f"{text[:200]}…"
