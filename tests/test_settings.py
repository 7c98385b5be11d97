"""The settings file: what it may say, and where it says what it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conftest import ROOT
from jamjustice.errors import SettingsError, UsageError
from jamjustice.settings import Settings, Validation, read_settings

if TYPE_CHECKING:
    from pathlib import Path

LEAST = 'name = "x"\nbase = "https://example.org/x/"\n'


def read(folder: Path, text: str, **environment: str) -> Settings:
    (folder / "jamjustice.toml").write_text(text, "utf-8")
    return read_settings(folder, environment)


def test_two_lines_are_enough(tmp_path: Path) -> None:
    settings = read(tmp_path, LEAST)
    assert settings == Settings("x", "https://example.org/x/", "x", "https://example.org/x/")
    assert (settings.host, settings.port, settings.timeout, settings.workers) == ("127.0.0.1", 8000, 10.0, 2)


def test_everything_may_be_set(tmp_path: Path) -> None:
    text = LEAST + (
        'title = "The X"\nwritten-base = "http://old/"\nlanguages = ["en", "pt-BR"]\n'
        '[serve]\nhost = "::1"\nport = 0\ntimeout = 0.5\nworkers = 3\n'
        '[[validation]]\nshapes = ["shapes/a.ttl"]\ngraphs = ["page", "derived"]\n'
    )
    settings = read(tmp_path, text)
    assert (settings.title, settings.written_base, settings.languages) == ("The X", "http://old/", ("en", "pt-BR"))
    assert (settings.host, settings.port, settings.timeout, settings.workers) == ("::1", 0, 0.5, 3)
    assert settings.validation == (Validation(("shapes/a.ttl",), ("page", "derived")),)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "name is missing"),
        ('name = "x"\n', 1, "base is missing"),
        ("name = \n", 1, "this is not TOML"),
        (LEAST + "[serve\n", 3, "this is not TOML"),
        (LEAST + 'colour = "red"\n', 3, 'there is no setting "colour"'),
        (LEAST + "\n[serve]\nhost = 'a'\nspeed = 1\n", 6, 'there is no setting "serve.speed"'),
        (LEAST + "[server]\nport = 1\n", 4, 'there is no setting "server.port"'),
        (LEAST.replace('"x"', '"X y"'), 1, "name must be lower-case letters"),
        (LEAST.replace("x/", "x"), 2, "base must be an IRI"),
        (LEAST.replace("https://", ""), 2, "base must be an IRI"),
        (LEAST.replace("x/", "x y/"), 2, "base must be an IRI"),
        (LEAST + '\nwritten-base = "x"\n', 4, "written-base must be an IRI"),
        (LEAST + "title = ''\n", 3, "title must be a line of text"),
        (LEAST + "languages = []\n", 3, "languages must be a list of language tags"),
        (LEAST + 'languages = "en"\n', 3, "languages must be a list of language tags"),
        (LEAST + 'languages = ["e n"]\n', 3, "languages must be a list of language tags"),
        (LEAST + "[serve]\nport = 65536\n", 4, "serve.port must be a whole number from 0 to 65535, not 65536"),
        (LEAST + "[serve]\nport = true\n", 4, "serve.port must be a whole number"),
        (LEAST + '[serve]\nport = "80"\n', 4, "serve.port must be a whole number"),
        (LEAST + "[serve]\ntimeout = 0\n", 4, "serve.timeout must be seconds, from 0.1 to 3600"),
        (LEAST + "[serve]\nworkers = 1.5\n", 4, "serve.workers must be a whole number from 1 to 64"),
        (LEAST + "[serve]\nhost = 'a b'\n", 4, "serve.host must be a host name or address"),
        (LEAST + "[[validation]]\nshapes = ['a']\n", 3, "validation must be tables"),
        (LEAST + "[[validation]]\nshapes = 'a'\ngraphs = ['b']\n", 3, "validation must be tables"),
    ],
)
def test_a_setting_that_may_not_be_is_named_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'jamjustice.toml'}:{line}: ")


def test_the_environment_overrides_the_base(tmp_path: Path) -> None:
    settings = read(tmp_path, LEAST, JAMJUSTICE_BASE="http://localhost:8000/")
    assert (settings.base, settings.written_base) == ("http://localhost:8000/", "https://example.org/x/")
    with pytest.raises(UsageError, match="cannot be a base IRI"):
        read(tmp_path, LEAST, JAMJUSTICE_BASE="localhost")


def test_the_settings_of_this_project_name_graphs_and_shapes_that_exist() -> None:
    settings = read_settings(ROOT, {})
    folders = {path.name for path in (ROOT / "data").iterdir() if path.is_dir()} | {"derived"}
    checked = [graph for validation in settings.validation for graph in validation.graphs]
    assert sorted(checked) == sorted(folders)
    shapes = {shape for validation in settings.validation for shape in validation.shapes}
    assert {(ROOT / "ontology" / shape).is_file() for shape in shapes} == {True}
    assert settings.base == settings.written_base
