"""What a transaction of ``transact`` works with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId

T = TypeVar("T")
S = TypeVar("S")


class Unit(Generic[S]):
    """A unit of work: a session for the documents, and the events that go with them."""

    def __init__(self, session: S, takes_events: bool, entry_id: EntryId) -> None:
        self.session: S = session
        """For every operation of the work, one after another."""
        self.entry_id = entry_id
        """Of the entry that will be appended."""
        self.partition: str | None = None
        """Instead of the one given with the call, for work that finds out what it is about."""
        self._takes_events = takes_events
        self.events: list[Event] = []

    def add(self, *events: Event) -> None:
        """Adds to the one entry that is appended when the work is done.

        :raises TypeError: when the events were given up front.
        """
        if not self._takes_events:
            raise TypeError("the events were given up front: add takes no more")
        self.events.extend(events)


@dataclass(frozen=True)
class Transacted(Generic[T]):
    """A committed unit of work."""

    entry_id: EntryId
    replayed: bool
    """True when an earlier one with this id had committed; the work did not run, or what it did was
    undone."""
    result: T | None
    """What the work returned; None when replayed."""


def listed(events: Event | Iterable[Event]) -> list[Event]:
    """A single event may stand for a list of one."""
    return [events] if isinstance(events, Event) else list(events)
