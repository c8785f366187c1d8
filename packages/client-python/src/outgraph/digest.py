"""The digest by which a repeated append is told from another one."""

import hashlib
from collections.abc import Iterable

from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.append.v1.outbox_service_pb2 import AppendRequest
from outgraph.canonical import canonical_bytes
from outgraph.entry.v1.entry_pb2 import Entry, Event


def content_digest(events: Iterable[Event], writes: Iterable[DocumentWrite] = ()) -> bytes:
    """The SHA-256 (32 bytes) of an append's content, the same in every language.

    It is taken over the canonical encoding of an ``AppendRequest`` that holds the writes and an
    entry with nothing but the events, each without ``occurred_at``. Two appends with this digest
    say the same.
    """
    request = AppendRequest(entry=Entry(events=events), writes=writes)
    for event in request.entry.events:
        event.ClearField("occurred_at")
    return hashlib.sha256(canonical_bytes(request)).digest()
