"""One core for PyMongo and its async API.

What the core awaits is PyMongo's answer, or the async API's awaitable of it. So a coroutine of the
core that works with PyMongo never waits for an event loop, and ends when it is first run.
"""

import inspect
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def settle(answer: Any) -> Any:
    """The answer, awaited where it has to be."""
    return await answer if inspect.isawaitable(answer) else answer


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that works with PyMongo.

    :raises TypeError: when it waits for an event loop, as with a session of the async API.
    """
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    coroutine.close()
    raise TypeError("OutboxWriter works with PyMongo; AsyncOutboxWriter with its async API")
