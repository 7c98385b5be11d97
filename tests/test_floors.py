"""The house: imports go down only, each library has one home, and functions and files stay small."""

from __future__ import annotations

import ast
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import jamjustice

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(jamjustice.__file__).parent
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

FLOORS = (
    ("errors", "vocabulary"),
    ("formats", "text"),
    ("settings",),
    ("project",),
    ("graph",),
    ("quality", "store"),
    ("queries",),
    ("publish",),
    ("web",),
    ("cli", "__init__"),
    ("__main__",),
)
"""From the ground up: a module may import those of its own part of the package, and those of the floors below."""

HOMES = {
    "rdflib": ("graph/", "quality/", "queries/result.py", "__init__.py"),  # in the last two only as a type
    "pyparsing": ("graph/",),
    "pyshacl": ("quality/confirm.py",),
    "pyoxigraph": ("graph/", "store/"),
    "SPARQLWrapper": ("store/remote.py",),
    "yaml": ("queries/library.py",),
    "pyld": ("graph/render.py",),
    "uvicorn": ("web/server.py",),
    "jinja2": ("web/pages.py", "quality/report.py"),
    "click": ("cli/",),
    "rich": ("cli/",),
    "pandas": ("queries/result.py",),
}


def tree(file: str) -> ast.Module:
    return ast.parse((PACKAGE / file).read_text("utf-8"))


def imports(file: str) -> Iterator[str]:
    """Every module that a file imports, at its top or inside of a function, and as a string."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            module = node.module or ""
            if module == "jamjustice":
                yield from (f"jamjustice.{alias.name}" for alias in node.names)
            else:
                yield module


def part(name: str) -> str:
    """The part of the package that a file (`graph/read.py`) or a module (`jamjustice.graph.read`) belongs to."""
    if name.endswith(".py"):
        return name.partition("/")[0].removesuffix(".py")
    pieces = name.split(".")
    known = {p for floor in FLOORS for p in floor}
    return pieces[1] if len(pieces) > 1 and pieces[1] in known else "__init__"


def floor(name: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if part(name) in parts)


def functions(file: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return (node.end_lineno or node.lineno) - first + 1


def test_every_part_of_the_package_has_a_floor() -> None:
    assert {part(file) for file in FILES} <= {p for parts in FLOORS for p in parts}
    assert {part(file) for file in FILES} >= {"errors", "graph", "quality", "store", "queries", "publish", "cli"}


@pytest.mark.parametrize("file", FILES)
def test_imports_go_down(file: str) -> None:
    ours = [name for name in imports(file) if name.partition(".")[0] == "jamjustice" and part(name) != part(file)]
    assert [name for name in ours if floor(name) >= floor(file)] == []


@pytest.mark.parametrize("file", FILES)
def test_a_library_stays_in_its_home(file: str) -> None:
    strangers = [
        name
        for name in imports(file)
        if (library := name.partition(".")[0]) in HOMES and not file.startswith(HOMES[library])
    ]
    assert strangers == []


def test_no_library_is_used_that_has_no_home() -> None:
    known = {"jamjustice", *HOMES, *sys.stdlib_module_names}
    assert {(file, name) for file in FILES for name in imports(file) if name.partition(".")[0] not in known} == set()


def test_modules_import_each_other_in_no_circle() -> None:
    modules = {
        f"jamjustice.{file.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}": file for file in FILES
    }
    below = {
        name: {other for other in imports(file) if other in modules and other != name} for name, file in modules.items()
    }
    while bare := [name for name, others in below.items() if not others & below.keys()]:
        for name in bare:
            del below[name]
    assert below == {}


def test_functions_are_short() -> None:
    lengths = sorted(length(node) for file in FILES for node in functions(file))
    assert statistics.quantiles(lengths, n=20)[-1] <= 40


@pytest.mark.parametrize("file", FILES)
def test_no_function_is_over_eighty_lines_and_no_file_over_four_hundred(file: str) -> None:
    assert {node.name: length(node) for node in functions(file) if length(node) > 80} == {}
    assert len((PACKAGE / file).read_text("utf-8").splitlines()) <= 400


def public(node: ast.Module | ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The public functions, classes and methods of a module; what lies in a private class is private."""
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not inner.name.startswith("_"):
            yield inner
            if isinstance(inner, ast.ClassDef):
                yield from public(inner)


@pytest.mark.parametrize("file", [file for file in FILES if (PACKAGE / file).stat().st_size])
def test_what_is_public_says_what_it_is(file: str) -> None:
    module = tree(file)
    assert ast.get_docstring(module)
    assert [node.name for node in public(module) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("file", FILES)
def test_only_the_edges_print_and_exit(file: str) -> None:
    if file.startswith(("cli/", "web/server.py", "__main__.py")):
        return
    calls = [node.func for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    names = {node.id for node in calls if isinstance(node, ast.Name)}
    assert names & {"print", "exit", "quit", "input"} == set()
    assert [n for n in calls if isinstance(n, ast.Attribute) and ast.unparse(n) == "sys.exit"] == []


@pytest.mark.parametrize("file", FILES)
def test_no_error_is_swallowed_unseen(file: str) -> None:
    handlers = [node for node in ast.walk(tree(file)) if isinstance(node, ast.ExceptHandler)]
    assert [node.lineno for node in handlers if node.type is None] == []
