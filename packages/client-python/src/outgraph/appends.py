"""Requests of the client."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.append.v1.outbox_service_pb2 import AppendRequest
from outgraph.entry.v1.entry_pb2 import Entry, Event
from outgraph.entry_id import EntryId, new_entry_id


@dataclass(frozen=True)
class Append:
    """Documents and events for one transaction."""

    events: Sequence[Event]
    writes: Sequence[DocumentWrite] = ()
    """Document writes, done in order."""
    id: EntryId = field(default_factory=new_entry_id)
    """The entry's id. Give one (``new_entry_id()``, ``entry_id_for(time, text)``) to make a repeat
    by another process harmless too; the client makes one otherwise and keeps it for its repeats."""
    partition: str = ""
    """What order is kept by once a graph is fed by many lanes."""


def append_request(source: str, append: Append) -> AppendRequest:
    return AppendRequest(
        entry=Entry(id=append.id, source=source, partition=append.partition, events=append.events),
        writes=append.writes,
    )


def one_append(
    events: Event | Iterable[Event],
    writes: DocumentWrite | Iterable[DocumentWrite],
    id: EntryId | None,
    partition: str,
) -> Append:
    """An ``Append`` of an append's arguments, where a single thing may stand for a list of one."""
    return Append(
        [events] if isinstance(events, Event) else list(events),
        [writes] if isinstance(writes, DocumentWrite) else list(writes),
        new_entry_id() if id is None else id,
        partition,
    )
