"""Threads for an engine that lets go of Python while it works."""

from __future__ import annotations

import os
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
LITTLE = 20_000
"""Triples up to which everything is done in one thread."""


class _AtOnce(Executor):
    """Does what it is given before it returns: for so little data that threads cost more than they save."""

    def submit(self, work: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:  # noqa: ANN401
        done: Future[Result] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except Exception as error:  # raised again where the result is asked for
            done.set_exception(error)
        return done


def threads_for(triples: int) -> Executor:
    """Where to do the work on so many triples: the engine works beside Python, on every core."""
    return ThreadPoolExecutor(os.cpu_count()) if triples > LITTLE else _AtOnce()
