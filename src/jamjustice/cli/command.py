"""A command whose help opens with an example."""

from __future__ import annotations

from typing import Any

import click


class Example(click.Command):
    """A command with `examples`: lines to type, shown before everything else."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what Click writes."""
        write_examples(self.examples, formatter)
        super().format_help(ctx, formatter)


def write_examples(examples: tuple[str, ...], formatter: click.HelpFormatter) -> None:
    """Examples as the first lines of a help text."""
    with formatter.section("Example" if len(examples) == 1 else "Examples"):
        formatter.write("".join(f"  {example}\n" for example in examples))
    formatter.write_paragraph()
