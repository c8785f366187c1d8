"""When a call is repeated. Decisions only; waiting is the clients' affair."""

from dataclasses import dataclass

from outgraph.errors import OutgraphError


@dataclass(frozen=True, kw_only=True)
class RetryOptions:
    """How calls are repeated."""

    delay_seconds_min: float = 0.05
    """The back-off before the first repeat is up to this long. 0.001 to 60; default 0.05."""
    delay_seconds_max: float = 5.0
    """It doubles with each repeat up to this. 0.001 to 300; default 5."""

    def __post_init__(self) -> None:
        in_range("delay_seconds_min", self.delay_seconds_min, 0.001, 60)
        in_range("delay_seconds_max", self.delay_seconds_max, 0.001, 300)


def in_range(name: str, value: float, least: float, most: float) -> None:
    """:raises ValueError: naming the option and its range."""
    if not least <= value <= most:
        raise ValueError(f"{name} must be {least:g} to {most:g}, not {value!r}")


def delay_before_repeat(
    error: OutgraphError, attempts: int, options: RetryOptions, random: float
) -> float | None:
    """How long to wait before the call is repeated, in seconds; None when a repeat is no use.

    Full jitter: anything between zero and a bound that doubles with each attempt, so that callers
    that failed together do not come back together. What the service asks for is waited at least.

    :param attempts: how often it was tried, at least 1.
    :param random: from 0 to 1.
    """
    asked = error.retry_after_seconds
    if not _repeatable(error.code, asked is not None):
        return None
    doubled = options.delay_seconds_min * 2.0 ** min(attempts - 1, 30)
    return (asked or 0.0) + random * min(options.delay_seconds_max, doubled)


def _repeatable(code: str, asked: bool) -> bool:
    if code == "RESOURCE_EXHAUSTED":
        return asked  # the backlog's cap; what is too large stays too large
    # DEADLINE_EXCEEDED is that of one attempt; the id makes a repeat safe.
    return code in ("UNAVAILABLE", "ABORTED", "DEADLINE_EXCEEDED")
