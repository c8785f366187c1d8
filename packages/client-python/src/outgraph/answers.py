"""What the service answers, in Python's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Literal, TypeAlias

from outgraph.append.v1.document_pb2 import DocumentResult
from outgraph.append.v1.outbox_service_pb2 import (
    AppendResponse,
    GetEntryResponse,
    Receipt,
    WaitAppliedResponse,
)
from outgraph.documents import id_of
from outgraph.entry.v1 import state_pb2
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.entry_id import EntryId

EntryState: TypeAlias = Literal["pending", "applied", "skipped", "parked", "blocked", "not_found"]
"""How far an entry has come."""


@dataclass(frozen=True)
class WriteResult:
    """What one document write did."""

    inserted: int
    matched: int
    modified: int
    deleted: int
    id: Any = None
    """The ``_id`` of the document that was inserted or upserted; None when none was."""


@dataclass(frozen=True)
class Appended:
    """Documents and entry are committed."""

    entry_id: EntryId
    documents: tuple[WriteResult, ...]
    """What each document write did, in order; of the first call, when this one repeated it."""
    replayed: bool
    """True when an earlier call with this id had committed, and nothing was written now."""


@dataclass(frozen=True)
class StoredEntry:
    """An entry as it is stored, and how far it has come."""

    entry: Entry
    state: EntryState
    at: tuple[int, int]
    """Its place in history: MongoDB's logical clock at the insert, seconds and increment."""
    documents: tuple[WriteResult, ...]
    reason: str | None = None
    """Why it is parked, blocked or skipped."""


@dataclass(frozen=True)
class Progress:
    """How far one entry has come."""

    id: EntryId
    state: EntryState
    reason: str | None = None
    """Why it is parked, blocked or skipped."""
    acked_at: datetime | None = None
    """When the relay acknowledged it."""


@dataclass(frozen=True)
class Waited:
    """How far the entries have come, in the order of the call."""

    entries: tuple[Progress, ...]
    bookmarks: tuple[str, ...] = ()
    """Neo4j bookmarks: a session that is given them sees what was applied."""

    @property
    def pending(self) -> bool:
        """Whether any of them is still on its way."""
        return any(entry.state == "pending" for entry in self.entries)


def appended(response: AppendResponse) -> Appended:
    """:raises TypeError: when the service answered without a receipt."""
    if not response.HasField("receipt"):
        raise TypeError("the service answered without a receipt")
    receipt = response.receipt
    return Appended(EntryId(receipt.entry_id), write_results(receipt), response.replayed)


def stored_entry(response: GetEntryResponse) -> StoredEntry:
    """:raises TypeError: when the service answered without an entry."""
    if not response.HasField("entry"):
        raise TypeError("the service answered without an entry")
    return StoredEntry(
        response.entry,
        state_name(response.state),
        (response.at.seconds, response.at.increment),
        write_results(response.receipt),
        response.reason or None,
    )


def waited(response: WaitAppliedResponse) -> Waited:
    return Waited(
        tuple(
            Progress(
                EntryId(entry.id),
                state_name(entry.state),
                entry.reason or None,
                entry.acked_at.ToDatetime(timezone.utc) if entry.HasField("acked_at") else None,
            )
            for entry in response.entries
        ),
        tuple(response.bookmarks),
    )


def write_results(receipt: Receipt) -> tuple[WriteResult, ...]:
    return tuple(_write_results(receipt.documents))


def _write_results(results: Iterable[DocumentResult]) -> Iterable[WriteResult]:
    for each in results:
        id = id_of(each.id) if each.id.bson else None
        yield WriteResult(each.inserted, each.matched, each.modified, each.deleted, id)


_STATE_NAME: dict[int, EntryState] = {
    state_pb2.ENTRY_STATE_PENDING: "pending",
    state_pb2.ENTRY_STATE_APPLIED: "applied",
    state_pb2.ENTRY_STATE_SKIPPED: "skipped",
    state_pb2.ENTRY_STATE_PARKED: "parked",
    state_pb2.ENTRY_STATE_BLOCKED: "blocked",
    state_pb2.ENTRY_STATE_NOT_FOUND: "not_found",
}


def state_name(state: int) -> EntryState:
    """A state that a newer service made up is not one that this client knows to be an end."""
    return _STATE_NAME.get(state, "pending")
