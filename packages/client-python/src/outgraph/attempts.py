"""The limits of one call, through all its attempts."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from outgraph.errors import AbortedError, DeadlineExceededError, OutgraphError
from outgraph.retry import RetryOptions, delay_before_repeat, in_range


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How long calls go on."""

    timeout_seconds: float = 30.0
    """How long a call may take, repeats included. 0.001 to 3 600; default 30."""
    attempt_timeout_seconds: float = 10.0
    """How long one attempt may take: a reply that is lost costs no more than this. 0.001 to 3 600;
    default 10."""

    def __post_init__(self) -> None:
        in_range("timeout_seconds", self.timeout_seconds, 0.001, 3_600)
        in_range("attempt_timeout_seconds", self.attempt_timeout_seconds, 0.001, 3_600)


class Attempts:
    """Counts attempts against a deadline."""

    def __init__(
        self,
        limits: Limits,
        options: RetryOptions,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._options = options
        self._attempt_timeout = limits.attempt_timeout_seconds
        self._clock = clock
        self._random = random
        self._deadline = clock() + limits.timeout_seconds
        self._undecided: set[str | None] = set()
        self.count = 1

    def left(self) -> float:
        """How long until the deadline, in seconds; never negative."""
        return max(0.0, self._deadline - self._clock())

    def timeout(self) -> float:
        """How long the present attempt may take, in seconds."""
        return max(0.001, min(self.left(), self._attempt_timeout))

    def delay_after(self, error: OutgraphError) -> float | None:
        """How long to wait before the next attempt; None when this error is the call's own. The
        error then says how many attempts there were."""
        delay = delay_before_repeat(error, self.count, self._options, self._random())
        if delay is not None and delay < self.left():
            # An attempt that is refused so is over without a trace.
            if error.code not in ("ABORTED", "RESOURCE_EXHAUSTED"):
                self._undecided.add(error.entry_id)
            return delay
        error.attempts = self.count
        return None

    def told(self, error: OutgraphError) -> OutgraphError:
        """What the caller is told of an append's last error. Where that says that nothing was
        written, since other transactions were in the way, and an attempt before it ended without an
        answer, the transaction in the way may be that attempt's own, and may yet commit."""
        if not isinstance(error, AbortedError) or error.entry_id not in self._undecided:
            return error
        text = "the time was up, and an earlier attempt may yet take effect"
        late = DeadlineExceededError(text, entry_id=error.entry_id, attempts=error.attempts)
        late.__cause__ = error
        return late

    def begin_next(self) -> None:
        self.count += 1
