"""What pySHACL is measured with: parse, validate, write the report in the form that rdflib writes fastest.

python validate_pyshacl.py REPORTS DATA SHAPES [DATA SHAPES]…
"""

from __future__ import annotations

import sys
from pathlib import Path

from pyshacl import validate
from rdflib import Graph


def main(reports: str, *files: str) -> None:
    """Validate each data file against the shapes file after it; reports are numbered files in a folder."""
    for number, (data, shapes) in enumerate(zip(files[::2], files[1::2], strict=True)):
        graph, rules = Graph().parse(data, format="turtle"), Graph().parse(shapes, format="turtle")
        _, report, _ = validate(graph, shacl_graph=rules, inference="none")
        report.serialize(Path(reports, f"{number}.nt"), format="nt", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
