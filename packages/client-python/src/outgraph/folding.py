"""Which appends go into one call. Decisions only; both clients send by them.

One call costs more than one append. So appends that come while calls are under way wait, and go
together in the next one: the slower the service, the larger the calls; when it is idle, an append
goes at once. There is no timer.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from outgraph.calls import MANY_OVERHEAD_BYTES_MAX
from outgraph.errors import OutgraphError
from outgraph.limits import APPENDS_MAX, REQUEST_BYTES_MAX

F = TypeVar("F")


@dataclass(eq=False)
class Waiting(Generic[F]):
    """An append that waits for its call, and then for its result."""

    entry_id: str
    encoded: bytes
    future: F
    company: object = None
    """Shares a call with appends of the same company alone."""


class Line(Generic[F]):
    """Appends in the order in which they came."""

    def __init__(self) -> None:
        self._appends: deque[Waiting[F]] = deque()

    def __len__(self) -> int:
        return len(self._appends)

    def join(self, append: Waiting[F]) -> None:
        self._appends.append(append)

    def join_in_halves(self, appends: Sequence[Waiting[F]]) -> None:
        """After a call of these was refused for what may be one append's fault: each half goes in a
        call of its own, and so on, until the one at fault is alone."""
        half = len(appends) // 2
        for part in (appends[:half], appends[half:]):
            company = object()
            for append in part:
                append.company = company
                self.join(append)

    def leave(self, append: Waiting[F]) -> bool:
        """Whether it was still waiting for its call."""
        try:
            self._appends.remove(append)
        except ValueError:
            return False
        return True

    def take(self) -> list[Waiting[F]]:
        """The appends of the next call: from the front, as many as one call may carry."""
        taken: list[Waiting[F]] = []
        bytes_left = REQUEST_BYTES_MAX
        while self._appends and len(taken) < APPENDS_MAX:
            size = len(self._appends[0].encoded) + MANY_OVERHEAD_BYTES_MAX
            if taken and (size > bytes_left or self._appends[0].company is not taken[0].company):
                break
            taken.append(self._appends.popleft())
            bytes_left -= size
        return taken


# About the call or the caller, so no append of it would fare better alone.
_ABOUT_THE_CALL = frozenset(
    {
        "UNAVAILABLE",
        "ABORTED",
        "DEADLINE_EXCEEDED",
        "CANCELLED",
        "UNAUTHENTICATED",
    }
)


def may_be_one_appends(error: OutgraphError) -> bool:
    """Whether a call's error may be one append's fault, so that its halves are sent apart: nobody's
    error is ever another's."""
    asked_to_wait = error.retry_after_seconds is not None
    return error.code not in _ABOUT_THE_CALL and not asked_to_wait


def errors_for(error: OutgraphError, entry_id: str) -> OutgraphError:
    """The error of a call as that of one of its appends. An exception is raised once only: two
    threads that raise the same one would write into each other's tracebacks."""
    made = type(error)(
        error.message,
        field_violations=error.field_violations,
        retry_after_seconds=error.retry_after_seconds,
        entry_id=entry_id,
    )
    made.code = error.code
    made.__cause__ = error
    return made
