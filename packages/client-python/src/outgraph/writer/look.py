"""What the outbox knows about an id, and what follows for an append."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import pymongo
from pymongo.read_concern import ReadConcern

from outgraph.answers import Appended, write_results
from outgraph.append.v1.outbox_service_pb2 import Receipt
from outgraph.entry_id import EntryId, entry_id_time
from outgraph.writer.errors import IdExpired, IdReused, OutboxUnusable
from outgraph.writer.outbox import Outbox
from outgraph.writer.prepare import uuid_of
from outgraph.writer.settle import settle

_PROJECTION = {"digest": 1, "result": 1}


@dataclass(frozen=True)
class FirstOutcome:
    """What an earlier append with the same id had committed."""

    digest: bytes
    appended: Appended


@dataclass(frozen=True)
class Look:
    """What was seen of one id."""

    first: FirstOutcome | None
    horizon: datetime | None
    """Ids that carry this time or an earlier one may have been purged."""


Verdict: TypeAlias = Appended | IdReused | IdExpired | Literal["new"]


async def look(outbox: Outbox, id: EntryId, session: Any) -> Look:
    """Reads what the outbox knows about the id, in the snapshot of the session's transaction.

    The purge raises its horizon, majority, before it deletes anything at or below it. So a snapshot
    that lacks a purged entry has the horizon above it.
    """
    found = await settle(outbox.entries.find_one(_by(id), _PROJECTION, session=session))
    purge = await settle(outbox.meta.find_one({"_id": "purge"}, session=session))
    if purge is None:
        text = f"{outbox.meta.full_name} has lost its purge horizon"
        raise OutboxUnusable("not_set_up", text)
    return Look(_outcome(id, found), purge["horizon"])


async def look_again(outbox: Outbox, id: EntryId, timeout_seconds: float) -> Look:
    """Looks outside any transaction, after one has failed: what another append committed meanwhile,
    or this one's own commit whose reply was lost.

    A linearizable read: it sees everything that was committed before it began, also what our own
    failed insert has seen without a majority having it yet, which a majority read might miss.
    """
    entries = outbox.entries.with_options(read_concern=ReadConcern("linearizable"))
    with pymongo.timeout(timeout_seconds):
        found = await settle(entries.find_one(_by(id), _PROJECTION))
    return Look(_outcome(id, found), None)


def judge(id: EntryId, digest: bytes | None, seen: Look) -> Verdict:
    """What a look says about an append.

    :param digest: of its content; without one, a known id is taken at its word.
    """
    if seen.first is not None:
        if digest is None or digest == seen.first.digest:
            return seen.first.appended
        return IdReused(id)
    if seen.horizon is not None and entry_id_time(id) <= seen.horizon:
        return IdExpired(id, seen.horizon)
    return "new"


def _by(id: EntryId) -> Mapping[str, Any]:
    return {"_id": uuid_of(id)}


def _outcome(id: EntryId, document: Mapping[str, Any] | None) -> FirstOutcome | None:
    if document is None:
        return None
    receipt = Receipt.FromString(document.get("result", b""))
    return FirstOutcome(document["digest"], Appended(id, write_results(receipt), replayed=True))
