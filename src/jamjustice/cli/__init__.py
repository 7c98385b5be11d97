"""The command `jamjustice`: thin, one module a verb, loaded only when it is used."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from jamjustice.cli.command import write_examples
from jamjustice.cli.console import say
from jamjustice.errors import JamJusticeError, UnknownName

_COMMANDS = {
    "check": "Check the graph against its rules and its source.",
    "rules": "Explain every rule: why it is there, what to do, an example.",
    "format": "Write Turtle files in their one canonical form.",
    "query": "Ask the graph a question.",
    "export": "Write the whole dataset, or one graph, in any RDF format.",
    "serve": "Publish the graph: SPARQL, a document for every resource, a dump.",
}


INTERRUPTED = 130


class _Commands(click.Group):
    """Commands that are imported when they are called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(f"jamjustice.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in _COMMANDS:
            raise UnknownName("command", args[0], _COMMANDS)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_examples(("jamjustice check", "jamjustice query project-team", "jamjustice serve"), formatter)
        super().format_help(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command("jamjustice", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jamjustice", message="jamjustice %(version)s")
@click.option("--project", metavar="FOLDER", envvar="JAMJUSTICE_PROJECT", help="The project to work on.")
@click.option("--base", metavar="IRI", help="Publish under this base IRI instead of that in jamjustice.toml.")
@click.pass_context
def commands(context: click.Context, project: str | None, base: str | None) -> None:
    """Check, query and publish a linked open data graph.

    Without --project the project is the folder with a jamjustice.toml here or above, else the Jam and Justice graph
    that comes with this software.
    """
    context.obj = {"folder": project, "base": base}


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code: see the table of exit codes in the documentation."""
    if sys.stdout is None:  # the shell closed it
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for the rest of the process
    try:
        code = commands.main(arguments, prog_name="jamjustice", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("Interrupted.")
        return INTERRUPTED
    except JamJusticeError as error:
        say(str(error))
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        reason = error.strerror or str(error)
        say(f"{error.filename}: {reason}." if error.filename else f"Cannot write: {reason}.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3


def main() -> NoReturn:
    """Run the command line with the arguments of this process."""
    gc.set_threshold(200_000, 20, 20)  # short work on many objects, hardly any of them in circles
    code = run(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)  # at once: an engine may be busy in a thread that nothing stops, a store takes long to take down
