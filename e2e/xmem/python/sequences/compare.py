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
        told += [f"{what}: {line}" for line in _between(_less(wanted, got), _less(got, wanted))]
        if wanted.lines == got.lines:
            told += _stamps(what, wanted, expected.begun, got, found.begun)
    return told[:_SHOWN_MAX] + ([f"and {len(told) - _SHOWN_MAX} more"] * (len(told) > _SHOWN_MAX))


def _less(one: Export, other: Export) -> list[str]:
    return sorted((Counter(one.lines) - Counter(other.lines)).elements())


def _between(missing: list[str], extra: list[str]) -> list[str]:
    """Of two lines that look alike, where they part."""
    told = []
    left = list(extra)
    for line in missing:
        likest = max(left, key=lambda other: _alike(line, other), default=None)
        if likest is None or _alike(line, likest) < len(line) // 2:
            told.append(f"missing {line}")
            continue
        left.remove(likest)
        start, end = _same(line, likest)
        from_, to = max(0, start - 40), end - 20 if end > 20 else 0
        parts = [each[from_ : len(each) - to] for each in (line, likest)]
        told.append(f"{line[:60]}… expected …{parts[0]}… not …{parts[1]}…")
    return told + [f"extra {line}" for line in left]


def _alike(one: str, other: str) -> int:
    return sum(_same(one, other))


def _same(one: str, other: str) -> tuple[int, int]:
    """How many letters are the same at the start, and how many of the rest at the end."""
    start = _in_common(one, other)
    return start, _in_common(one[start:][::-1], other[start:][::-1])


def _in_common(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


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
        expected = sorted([_makers(stamp, wanted_begun) for stamp in each] for each in elements)
        found = sorted([_makers(stamp, got_begun) for stamp in each] for each in got.stamps[line])
        if not all(map(_may_be_same, expected, found)):
            told.append(f"{what}: stamped by calls {expected}, not {found}: {line}")
    return told


def _makers(stamp: datetime, begun: list[datetime]) -> tuple[int, int]:
    """The numbers of the first and the last call that a stamp may come from: one, unless it is cut
    to milliseconds and several calls began in that one."""
    step = timedelta(milliseconds=1) if stamp.microsecond % 1000 == 0 else timedelta(0)
    return bisect_right(begun, stamp) - 1, bisect_right(begun, stamp + step) - 1


def _may_be_same(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> bool:
    return all(
        first <= other_last and other_first <= last
        for (first, last), (other_first, other_last) in zip(one, other, strict=True)
    )
