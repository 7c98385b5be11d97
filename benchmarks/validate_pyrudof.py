"""What pyrudof is measured with: read, validate, write the report.

python validate_pyrudof.py REPORTS DATA SHAPES [DATA SHAPES]…
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main(reports: str, *files: str) -> None:
    """Validate each data file against the shapes file after it; reports are numbered files in a folder."""
    pyrudof = import_module("pyrudof")  # it has no types
    for number, (data, shapes) in enumerate(zip(files[::2], files[1::2], strict=True)):
        rudof = pyrudof.Rudof()
        rudof.read_data(data, reader_mode=pyrudof.ReaderMode.Strict)
        rudof.read_shacl(shapes, reader_mode=pyrudof.ReaderMode.Strict)
        rudof.validate_shacl()
        report = rudof.serialize_shacl_validation_results(format=pyrudof.ResultShaclValidationFormat.NTriples)
        Path(reports, f"{number}.nt").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
