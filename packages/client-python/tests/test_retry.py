"""What is repeated, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outgraph.attempts import Attempts, Limits
from outgraph.errors import (
    CLASS_OF,
    AbortedError,
    DeadlineExceededError,
    ResourceExhaustedError,
    UnavailableError,
)
from outgraph.retry import RetryOptions, delay_before_repeat

OPTIONS = RetryOptions(delay_seconds_min=0.05, delay_seconds_max=5)
REPEATED = {"UNAVAILABLE", "ABORTED", "DEADLINE_EXCEEDED"}


@pytest.mark.parametrize("code", sorted(CLASS_OF))
def test_only_what_may_pass_is_repeated(code: str) -> None:
    delay = delay_before_repeat(CLASS_OF[code]("no"), 1, OPTIONS, 0.5)

    assert (delay is not None) == (code in REPEATED)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_delay_is_anything_up_to_a_bound_that_doubles(attempts: int, random: float) -> None:
    delay = delay_before_repeat(UnavailableError("away"), attempts, OPTIONS, random)

    assert delay == random * min(5, 0.05 * 2 ** min(attempts - 1, 30))


def test_what_the_service_asks_for_is_waited_at_least() -> None:
    error = ResourceExhaustedError("full", retry_after_seconds=2)

    assert delay_before_repeat(error, 1, OPTIONS, 0) == 2
    assert delay_before_repeat(error, 1, OPTIONS, 1) == 2.05


def test_a_repeat_that_would_come_too_late_is_not_waited_for() -> None:
    now = [100.0]
    limits = Limits(timeout_seconds=1, attempt_timeout_seconds=0.6)
    attempts = Attempts(limits, OPTIONS, clock=lambda: now[0], random=lambda: 1.0)
    error = AbortedError("conflict")

    assert (attempts.left(), attempts.timeout()) == (1, 0.6)
    assert attempts.delay_after(error) == 0.05
    attempts.begin_next()
    now[0] = 100.95
    assert attempts.timeout() == pytest.approx(0.05)
    assert attempts.delay_after(error) is None
    assert error.attempts == 2


@pytest.mark.parametrize("code", sorted(REPEATED))
def test_nothing_written_is_not_said_of_a_call_that_has_an_attempt_without_an_answer(
    code: str,
) -> None:
    attempts = Attempts(Limits(), OPTIONS)
    attempts.delay_after(CLASS_OF[code]("no", entry_id="a"))
    attempts.begin_next()
    conflict = AbortedError("conflict", entry_id="a")
    other = AbortedError("conflict", entry_id="b")

    told = attempts.told(conflict)

    if code == "ABORTED":
        assert told is conflict
    else:
        assert isinstance(told, DeadlineExceededError)
        assert (told.entry_id, told.__cause__) == ("a", conflict)
    assert attempts.told(other) is other
