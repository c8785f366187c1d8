"""How long a call may go on."""

import random
import time
from collections.abc import Callable
from typing import Any

from outgraph.retry import in_range
from outgraph.writer.settle import settle

_FIRST_SECONDS = 0.005
_MOST_SECONDS = 0.5


class Deadline:
    """A moment after which nothing is begun any more.

    :param timeout_seconds: 0.001 to 3 600.
    :param sleep: waits so many seconds; ``time.sleep``, or ``asyncio.sleep``.
    """

    def __init__(self, timeout_seconds: float, sleep: Callable[[float], Any]) -> None:
        in_range("timeout_seconds", timeout_seconds, 0.001, 3_600)
        self._end = time.monotonic() + timeout_seconds
        self._sleep = sleep

    def left(self) -> float:
        """In seconds; never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.left() == 0

    async def pause(self, seconds: float) -> bool:
        """Waits; false, at once, when the deadline would pass meanwhile."""
        if seconds >= self.left():
            return False
        await settle(self._sleep(seconds))
        return True

    async def nap(self, seconds: float) -> None:
        """Waits, no longer than until the deadline."""
        await settle(self._sleep(min(seconds, self.left())))


def retry_delay(attempt: int) -> float:
    """How long to wait before the attempt after ``attempt`` (1, 2, …), in seconds: full jitter
    under a cap that doubles from 5 to 500 ms, so that transactions in each other's way come
    apart."""
    return random.random() * float(min(_MOST_SECONDS, _FIRST_SECONDS * 2.0 ** min(attempt - 1, 30)))
