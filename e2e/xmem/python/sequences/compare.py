"""What differs between two ways to carry one sequence out."""

from bisect import bisect_right
from collections import Counter
from datetime import datetime, timedelta

from sequences.calls import Sequence, calls_of
from sequences.graph_export import Export
from sequences.play import Played

_SHOWN_MAX = 12


def differences(sequence: Sequence, expected: Played, found: Played) -> list[str]:
    """Nothing when graph, documents, answers and the calls that stamps come from are the same."""
    calls = calls_of(sequence)
    told = [
        f"call {number} {calls[number]}: {expected.answers[number]} expected, not {answer}"
        for number, answer in enumerate(found.answers)
        if answer != expected.answers[number]
    ]
    for what in ("graph", "documents"):
        wanted, got = getattr(expected, what), getattr(found, what)
        told += [f"{what}: missing {line}" for line in _less(wanted, got)]
        told += [f"{what}: extra {line}" for line in _less(got, wanted)]
        if wanted.lines == got.lines:
            told += _stamps(what, wanted, expected.begun, got, found.begun)
    return told[:_SHOWN_MAX] + ([f"and {len(told) - _SHOWN_MAX} more"] * (len(told) > _SHOWN_MAX))


def _less(one: Export, other: Export) -> list[str]:
    return sorted((Counter(one.lines) - Counter(other.lines)).elements())


def _stamps(
    what: str,
    wanted: Export,
    wanted_begun: list[datetime],
    got: Export,
    got_begun: list[datetime],
) -> list[str]:
    """Each stamp must come from the same call: the last that wrote it. So those that one statement
    made are equal, and a later one is later."""
    told = []
    for line, elements in wanted.stamps.items():
        expected = sorted([_made_by(stamp, wanted_begun) for stamp in each] for each in elements)
        found = sorted([_made_by(stamp, got_begun) for stamp in each] for each in got.stamps[line])
        if expected != found:
            told.append(f"{what}: stamped by calls {expected}, not {found}: {line}")
    return told


def _made_by(stamp: datetime, begun: list[datetime]) -> int:
    """The number of the call in whose time a stamp lies. A stamp may be cut to milliseconds."""
    step = timedelta(milliseconds=1) if stamp.microsecond % 1000 == 0 else timedelta(0)
    return bisect_right(begun, stamp + step) - 1
