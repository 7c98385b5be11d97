"""The package as it is installed: what the wheel carries, what `import jamjustice` costs and offers."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

import jamjustice
from conftest import PARTS, ROOT, cli_environment, missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HEAVY = {"rdflib", "pyshacl", "pyoxigraph", "SPARQLWrapper", "pandas", "jinja2", "uvicorn", "yaml"}


def python(code: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=cli_environment(env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def pip(*args: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    if "No matching distribution found for hatchling" in done.stderr:
        missing("the build needs hatchling, and no package registry answers")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """A wheel of this checkout, built once for all processes that run the tests."""
    folder = tmp_path_factory.getbasetemp().parent / f"wheel-{testrun_uid}"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not list(folder.glob("*.whl")):
            pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as pip installs it, without its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--no-compile", "--target", str(folder), str(wheel))
    return folder


def test_the_wheel_carries_the_project_byte_for_byte(wheel: Path) -> None:
    files = [ROOT / "jamjustice.toml", *(f for part in PARTS for f in (ROOT / part).rglob("*") if f.is_file())]
    expected = {f"jamjustice/_project/{f.relative_to(ROOT).as_posix()}": f.read_bytes() for f in files}
    assert len(expected) > 100
    with zipfile.ZipFile(wheel) as archive:
        carried = {name: archive.read(name) for name in archive.namelist() if name.startswith("jamjustice/_project/")}
    assert carried == expected


def test_the_wheel_carries_the_software_its_types_its_pages_and_its_licence_and_nothing_else(wheel: Path) -> None:
    source = ROOT / "src"
    files = {
        f.relative_to(source).as_posix() for f in source.rglob("*") if f.is_file() and f.suffix in {".py", ".html"}
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        found = {name for name in names if name.startswith("jamjustice/") and "/_project/" not in name}
    assert found == files | {"jamjustice/py.typed"}
    rest = {name.partition("/")[2] for name in names if not name.startswith("jamjustice/")}
    assert rest == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def test_the_command_is_declared(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert archive.read(name).decode().split("\n")[:2] == ["[console_scripts]", "jamjustice = jamjustice.cli:main"]


def test_the_installed_package_gives_the_graph_from_any_folder(installed: Path, tmp_path: Path) -> None:
    code = "import jamjustice; print(jamjustice.__file__); print(len(jamjustice.load()))"
    file, size = python(code, tmp_path, {"PYTHONPATH": str(installed)}).splitlines()
    assert file == str(installed / "jamjustice" / "__init__.py")
    assert int(size) == len(jamjustice.load(ROOT)) > 2000


def test_the_installed_command_answers_and_checks_from_any_folder(installed: Path, tmp_path: Path) -> None:
    for args, end in ((["query", "outputs-per-year"], "2019,9\r\n"), (["check"], "known: 2 warnings, 11 infos.\n")):
        done = subprocess.run(
            [sys.executable, "-m", "jamjustice", *args],
            cwd=tmp_path,
            env=cli_environment({"PYTHONPATH": str(installed)}),
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode().endswith(end)
    assert list(tmp_path.iterdir()) == []


def test_the_installed_package_exports_the_same_bytes_as_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = "import hashlib, jamjustice; print(hashlib.sha256(jamjustice.export('nquads')).hexdigest())"
    found = python(code, tmp_path, {"PYTHONPATH": str(installed)}).strip()
    assert found == hashlib.sha256(jamjustice.export("nquads", ROOT)).hexdigest()


def test_all_public_names_are_importable_and_documented_and_nothing_else_is_public() -> None:
    assert jamjustice.__all__ == sorted(jamjustice.__all__)
    assert dir(jamjustice) == jamjustice.__all__
    for name in jamjustice.__all__:
        value = getattr(jamjustice, name)
        assert isinstance(value, str) or (value.__doc__ or "").strip(), name
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(jamjustice, "nothing")  # noqa: B009 - mypy would not let it pass otherwise


def test_every_public_name_is_still_what_it_was_after_everything_was_used(tmp_path: Path) -> None:
    # A module of the package that has the name of a public function would take its place.
    code = (
        "import jamjustice, pkgutil, importlib\n"
        "kinds = {name: type(getattr(jamjustice, name)).__name__ for name in jamjustice.__all__}\n"
        "for module in pkgutil.walk_packages(jamjustice.__path__, 'jamjustice.'):\n"
        "    if '__main__' not in module.name: importlib.import_module(module.name)\n"
        "print([n for n in jamjustice.__all__ if type(getattr(jamjustice, n)).__name__ != kinds[n]])\n"
    )
    assert python(code, ROOT) == "[]\n"


def test_queries_can_be_listed_after_one_was_asked() -> None:
    code = (
        "import jamjustice\n"
        "jamjustice.query('ASK {}')\n"
        "print(len(jamjustice.library()), jamjustice.library()['project-period'].name)\n"
    )
    assert python(code, ROOT) == "32 project-period\n"


def test_the_package_says_that_it_is_typed() -> None:
    assert importlib.resources.files("jamjustice").joinpath("py.typed").is_file()


def test_the_version_is_that_of_the_metadata() -> None:
    assert jamjustice.__version__ == importlib.metadata.version("jamjustice")


@pytest.mark.parametrize(
    "code",
    [
        "import jamjustice",
        "import jamjustice; dir(jamjustice); jamjustice.__version__",
        "import jamjustice.cli",
        "from jamjustice.cli import run; run(['--help'])",
        "from jamjustice.cli import run; run(['--version'])",
        "from jamjustice.cli import run; run(['query', '--help'])",
        "from jamjustice.cli import run; run(['check', '--help'])",
        "from jamjustice.cli import run; run(['serve', '--help'])",
        "from jamjustice.cli import run; run(['nothing'])",
    ],
)
def test_import_and_help_load_nothing_heavy(tmp_path: Path, code: str) -> None:
    quiet = "import io, contextlib, sys\nwith contextlib.redirect_stdout(io.StringIO()), \\\n"
    quiet += f"     contextlib.redirect_stderr(io.StringIO()):\n    {code}\n"
    loaded = set(json.loads(python(f"{quiet}import json; print(json.dumps(list(sys.modules)))", tmp_path)))
    assert loaded & HEAVY == set()
    assert "jamjustice" in loaded


def test_a_query_loads_no_validator(tmp_path: Path) -> None:
    code = "import jamjustice, sys; jamjustice.query('outputs-per-year'); print('pyshacl' in sys.modules)"
    assert python(code, ROOT) == "False\n"


def test_the_python_functions_do_what_their_documentation_shows() -> None:
    import doctest

    folder = os.getcwd()  # noqa: PTH109
    os.chdir(ROOT)
    try:
        result = doctest.testmod(jamjustice)
    finally:
        os.chdir(folder)
    assert result.failed == 0
    assert result.attempted >= 7, "an example of every function is tried"
