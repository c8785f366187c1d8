"""Requests of the client."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.append.v1.outbox_service_pb2 import AppendRequest
from outgraph.entry.v1.entry_pb2 import Entry, Event
from outgraph.entry_id import EntryId, new_entry_id
from outgraph.errors import FieldViolation, ResourceExhaustedError
from outgraph.limits import ENTRY_BYTES_MAX, REQUEST_BYTES_MAX
from outgraph.trace_context import active_trace_parent


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
    trace_parent: str | None = field(default_factory=active_trace_parent)
    """The W3C ``traceparent`` of what caused it, kept with the entry. Default that of
    OpenTelemetry's current span, where ``opentelemetry`` is installed."""


@dataclass(frozen=True)
class SizedAppend:
    """An append as it is sent, every time the same."""

    entry_id: str
    encoded: bytes


def sized_append(source: str, append: Append) -> SizedAppend:
    """:raises ResourceExhaustedError: when it is larger than the contract allows, with the field
    ``entry`` when that is; nothing was sent."""
    entry = Entry(id=append.id, source=source, partition=append.partition, events=append.events)
    request = AppendRequest(
        entry=entry, writes=append.writes, trace_parent=append.trace_parent or ""
    )
    encoded = request.SerializeToString()
    # In the order in which the service looks, and with the fields that it names.
    if len(encoded) > REQUEST_BYTES_MAX:
        raise _too_large(append.id, "request", len(encoded), REQUEST_BYTES_MAX)
    if len(encoded) > ENTRY_BYTES_MAX and entry.ByteSize() > ENTRY_BYTES_MAX:
        raise _too_large(append.id, "entry", entry.ByteSize(), ENTRY_BYTES_MAX)
    return SizedAppend(append.id, encoded)


def _too_large(id: str, what: str, size: int, most: int) -> ResourceExhaustedError:
    text = f"the {what} has {size} bytes; at most {most} are taken"
    fields = [FieldViolation("entry", text)] if what == "entry" else []
    return ResourceExhaustedError(text, field_violations=fields, entry_id=id, attempts=0)


def one_append(
    events: Event | Iterable[Event],
    writes: DocumentWrite | Iterable[DocumentWrite],
    id: EntryId | None,
    partition: str,
    trace_parent: str | None,
) -> Append:
    """An ``Append`` of an append's arguments, where a single thing may stand for a list of one."""
    return Append(
        [events] if isinstance(events, Event) else list(events),
        [writes] if isinstance(writes, DocumentWrite) else list(writes),
        new_entry_id() if id is None else id,
        partition,
        active_trace_parent() if trace_parent is None else trace_parent,
    )
