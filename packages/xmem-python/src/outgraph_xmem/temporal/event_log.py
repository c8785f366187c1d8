"""What a unit did to events, so that a count inside it knows what the graph does not yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class DatesMade:
    """All days of a year are there from now on."""


@dataclass(frozen=True)
class EventMade:
    user_id: str
    date: str
    name: Any


@dataclass(frozen=True)
class EventsRenamed:
    """All events of a day have this name now."""

    user_id: str
    date: str
    name: Any


@dataclass(frozen=True)
class EventsDeleted:
    user_id: str
    date: str | None
    """None means every day."""
    name: Any
    """None means whatever the name."""


Done: TypeAlias = DatesMade | EventMade | EventsRenamed | EventsDeleted

Event = tuple[str, Any]
"""A day, and the name of an event on it."""


def dates_in_question(log: Iterable[Done], user_id: str) -> list[str]:
    """Days that a unit made events on, which are there only if the day is."""
    return sorted(
        {each.date for each in log if isinstance(each, EventMade) and each.user_id == user_id}
    )


def events_after(
    events: Sequence[Event], known_dates: Iterable[str], log: Iterable[Done], user_id: str
) -> list[Event]:
    """A user's events after what the unit did.

    :param events: those in the graph.
    :param known_dates: which of ``dates_in_question`` the graph has.
    """
    there = list(events)
    known = set(known_dates)
    any_date = False
    for each in log:
        if isinstance(each, DatesMade):
            any_date = True
        elif each.user_id != user_id:
            continue
        elif isinstance(each, EventMade):
            if each.date in known or (any_date and each.date in DAYS):
                there.append((each.date, each.name))
        elif isinstance(each, EventsRenamed):
            there = [(date, each.name if date == each.date else name) for date, name in there]
        else:
            there = [event for event in there if not is_meant(event, each.date, each.name)]
    return there


def is_meant(event: Event, date: str | None, name: Any) -> bool:
    """Whether a deletion of this day and name takes the event. Without a name it takes all."""
    return (date is None or event[0] == date) and (not name or event[1] == name)


def _days() -> tuple[str, ...]:
    lengths = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return tuple(
        f"{month:02}-{day:02}"
        for month, length in enumerate(lengths, 1)
        for day in range(1, length + 1)
    )


DAYS = _days()
"""The 366 days of a year, as ``MM-DD``."""
