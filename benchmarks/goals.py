"""The goals for `jamjustice check`, held against what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases import FAILING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from peers import Row

NOISE = 1.1
"""How far the growth may be above 1: what two measurements of the same thing differ by."""

MIDDLE, LARGE = 160_000, 1_000_000
RULES = ("Core", "Core + SPARQL")

_Key = tuple[int, str, float]


def goals(rows: Iterable[Row]) -> Iterator[str]:
    """One line of Markdown to each goal: met, missed, or not measured."""
    table = {(row.case.size, row.case.rules, row.case.failing): row for row in rows}
    shipped = table.get((0, "", 0.0))
    own = shipped.own.measurement if shipped and shipped.own.measurement.ended else None
    yield _goal(
        "shipped graph: at most 1.0 s", own.seconds <= 1 if own else None, f"{own.seconds:.2f} s" if own else ""
    )
    yield _times(table, (MIDDLE, RULES[0], 0.0), 20)
    yield _times(table, (MIDDLE, RULES[1], 0.0), 100)
    for rules in RULES:
        yield _times(table, (MIDDLE, rules, 0.01), 8)
    for rules in RULES:
        yield _growth(table, rules)


def _times(table: dict[_Key, Row], key: _Key, least: float) -> str:
    """How many times as fast as pySHACL; a peer that was stopped gives a lower bound, which may not decide."""
    what = f"160 thousand, {FAILING[key[2]]}, {key[1]}: at least {least:g}×"
    row = table.get(key)
    run = row.peers.get("pyshacl") if row and row.own.measurement.ended else None
    if row is None or run is None or run.measurement.problem:
        return _goal(what, None)
    ratio = row.ratio("pyshacl")
    if run.measurement.killed and ratio < least:
        return _goal(what, None, f"more than {ratio:.1f}×, pySHACL was stopped")
    return _goal(what, ratio >= least, f"{'more than ' * run.measurement.killed}{ratio:.1f}×")


def _growth(table: dict[_Key, Row], rules: str) -> str:
    """Time to each triple at the large size over that at the middle size, start-up subtracted from both."""
    what = f"160 thousand to 1 million, conforming, {rules}: no worse than linear"
    found = [table.get((size, rules, 0.0)) for size in (1, MIDDLE, LARGE)]
    rows = [row for row in found if row and row.own.measurement.ended]
    if len(rows) < len(found):
        return _goal(what, None)
    start, middle, large = (row.own.measurement.seconds for row in rows)
    triples = rows[2].case.triples / rows[1].case.triples
    growth = (large - start) / (middle - start) / triples
    plain = large / middle / triples
    shown = f"{growth:.2f} times the time for each triple (up to {NOISE} is noise; {plain:.2f} with start-up)"
    return _goal(what, growth <= NOISE, shown)


def _goal(what: str, met: bool | None, measured: str = "") -> str:
    verdict = "not measured" if met is None else "met" if met else "**missed**"
    return f"- {what}: {verdict}{f' ({measured})' if measured else ''}"
