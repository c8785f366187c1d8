"""Entries that are ready to be inserted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Final
from uuid import UUID

from outgraph.check import MUTATIONS, unsupported_mutations, violations_of
from outgraph.digest import content_digest
from outgraph.entry.v1.entry_pb2 import Entry, Event
from outgraph.entry_id import EntryId, entry_id_bytes, new_entry_id
from outgraph.limits import ENTRY_BYTES_MAX
from outgraph.writer.errors import EntryInvalid, EntryTooLarge, MutationUnsupported
from outgraph.writer.outbox import FORMAT, STAMPED_BY_SERVER

SUPPORTED_MUTATIONS: Final = MUTATIONS
"""The kinds of mutation that the relay of this version applies."""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class PreparedEntry:
    """Checked, with its id, encoded and digested."""

    id: EntryId
    entry: Entry
    encoded: bytes
    digest: bytes
    """What a repeated append is compared by."""
    trace: str | None = None
    """The W3C ``traceparent`` of the append."""

    def document(self) -> dict[str, Any]:
        """The document to insert. Its ``at`` is empty: the server stamps it."""
        document: dict[str, Any] = {
            "_id": uuid_of(self.id),
            "at": STAMPED_BY_SERVER,
            "v": FORMAT,
            "source": self.entry.source,
        }
        if self.entry.partition:
            document["partition"] = self.entry.partition
        document["types"] = list(dict.fromkeys(event.type for event in self.entry.events))
        document["body"] = self.encoded
        document["digest"] = self.digest
        if self.trace is not None:
            document["trace"] = self.trace
        return document


def prepared_entry(
    events: Iterable[Event],
    *,
    source: str,
    partition: str = "",
    id: EntryId | None = None,
    trace: str | None = None,
) -> PreparedEntry:
    """Makes an entry, and refuses what the contract forbids.

    An event that does not say when it happened is given the present time.

    :raises MutationUnsupported: for mutations that this version cannot apply.
    :raises EntryInvalid: with the paths of the fields at fault.
    :raises EntryTooLarge: above 8 MiB.
    :raises ValueError: for a ``trace`` that is no W3C ``traceparent``.
    """
    if trace is not None and _TRACEPARENT.fullmatch(trace) is None:
        raise ValueError(f"trace must be a W3C traceparent, not {trace!r}")
    entry = Entry(id=id or "", source=source, partition=partition, events=events)
    now = datetime.now(timezone.utc)
    for event in entry.events:
        if not event.HasField("occurred_at"):
            event.occurred_at.FromDatetime(now)
    unsupported = unsupported_mutations(entry, SUPPORTED_MUTATIONS)
    if unsupported:
        raise MutationUnsupported(unsupported)
    violations = violations_of(entry)
    if violations:
        raise EntryInvalid(violations)
    entry.id = made_id = id or new_entry_id()
    encoded = entry.SerializeToString()
    if len(encoded) > ENTRY_BYTES_MAX:
        raise EntryTooLarge(made_id, len(encoded))
    return PreparedEntry(made_id, entry, encoded, content_digest(entry.events), trace)


def uuid_of(id: EntryId) -> UUID:
    """An entry id as MongoDB stores it: binary subtype 4, which sorts by the id's time."""
    return UUID(bytes=entry_id_bytes(id))
