"""Events with a protobuf message of their own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from google.protobuf.message import Message

from outgraph.entry.v1.entry_pb2 import Event
from outgraph.events import event
from outgraph.graph.v1.mutation_pb2 import Mutation

M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class EventType(Generic[M]):
    """A type of event: a protobuf message of your own, and what it changes in the graph."""

    message: type[M]
    project: Callable[[M], Iterable[Mutation]]
    """What an event of this type changes."""

    def of(self, message: M, *, occurred_at: datetime | None = None) -> Event:
        """An event of this type, ready to append.

        :raises TypeError: for a message of another type.
        """
        if message.DESCRIPTOR.full_name != self.message.DESCRIPTOR.full_name:
            given, wanted = message.DESCRIPTOR.full_name, self.message.DESCRIPTOR.full_name
            raise TypeError(f"an event of type {wanted} cannot be made of a {given}")
        name = message.DESCRIPTOR.full_name
        return event(name, self.project(message), occurred_at=occurred_at, payload=message)


def define_event(message: type[M], project: Callable[[M], Iterable[Mutation]]) -> EventType[M]:
    """Ties a protobuf message to its projection, so that every writer of such an event changes the
    graph in the same way. The message's full name becomes the event's type.

    :param project: pure: no clock, no random numbers, no look at anything but the event; the same
        event then always gives the same mutations, and a repeated append equal content.
    """
    return EventType(message, project)
