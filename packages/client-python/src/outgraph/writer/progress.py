"""How far entries have come: read from entries, acks and parked documents."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from pymongo.errors import PyMongoError

from outgraph.answers import Progress, Waited
from outgraph.entry_id import EntryId, entry_id, entry_id_time
from outgraph.limits import WAIT_IDS_MAX
from outgraph.writer.deadline import Deadline
from outgraph.writer.failure import failure_of
from outgraph.writer.outbox import Outbox
from outgraph.writer.prepare import uuid_of
from outgraph.writer.settle import settle

_FIRST_SECONDS = 0.02
_MOST_SECONDS = 0.5

Document = Mapping[str, Any]


async def wait_applied(outbox: Outbox, ids: Iterable[str], deadline: Deadline) -> Waited:
    """Asks again and again, ever more slowly, until every entry is decided or the time is up. What
    fails and may pass is asked again; its time counts.

    :raises ValueError: for an id that is none, or more than 1 000 of them.
    """
    asked = [entry_id(id) for id in ids]
    if len(asked) > WAIT_IDS_MAX:
        raise ValueError(f"at most {WAIT_IDS_MAX} ids, not {len(asked)}")
    pause = _FIRST_SECONDS
    while True:
        late = deadline.passed
        try:
            waited, seen = await progress_of(outbox, asked)
            if late or (seen and not waited.pending):
                return waited
        except PyMongoError as error:
            if late or not failure_of(error).transient:
                raise
        await deadline.nap(pause)
        pause = min(_MOST_SECONDS, pause * 1.5)


async def progress_of(outbox: Outbox, ids: Sequence[EntryId]) -> tuple[Waited, bool]:
    """How far the entries have come now, and whether each was seen, or is so old that it may have
    been purged: one that was not may yet come."""
    session = outbox.client.start_session(causal_consistency=True)
    try:
        return await _progress(outbox, ids, session)
    finally:
        await settle(session.end_session())


async def _progress(outbox: Outbox, ids: Sequence[EntryId], session: Any) -> tuple[Waited, bool]:
    asked = {"_id": {"$in": [uuid_of(id) for id in ids]}}
    # In this order: an entry is deleted after the horizon was raised, and a parked document after
    # the ack was written. So what is missing from one read is told by a later one.
    stored = await _all(outbox.entries.find(asked, {"at": 1}, session=session))
    parked = {each["_id"]: each for each in await _all(outbox.parked.find(asked, session=session))}
    acks = await _acks(outbox, {each["_id"]: each["at"] for each in stored}, session)
    reapplying: Document | None = None
    if acks:
        reapplying = await settle(outbox.meta.find_one({"_id": "reapplying"}, session=session))
    purge: Document | None = None
    if len(stored) < len(set(ids)):
        purge = await settle(outbox.meta.find_one({"_id": "purge"}, session=session))
    here = {each["_id"] for each in stored}
    entries: list[Progress] = []
    bookmarks: dict[str, None] = {}
    seen = True
    for id in ids:
        uuid = uuid_of(id)
        ack = acks.get(uuid)
        if uuid not in here:
            # As far as anybody knows, not there.
            entries.append(Progress(id, "not_found"))
            seen = seen and purge is not None and entry_id_time(id) <= purge["horizon"]
            continue
        entries.append(derived(id, ack, parked.get(uuid), reapplying))
        if ack is not None and entries[-1].state == "applied" and "bookmark" in ack:
            bookmarks[ack["bookmark"]] = None
    return Waited(tuple(entries), tuple(bookmarks)), seen


def derived(
    id: EntryId, ack: Document | None, parked: Document | None, reapplying: Document | None
) -> Progress:
    """State is never stored, only derived. An ack wins, also over a parked document, which is
    deleted only after the ack is confirmed. Only where the graph was put back, and the ack's batch
    is not in it yet again, the entry is pending; a skip has no batch."""
    if ack is not None:
        if "skipped" in ack:
            return Progress(id, "skipped", ack["skipped"]["reason"], ack["skipped"]["at"])
        if reapplying is not None and ack["batch"] > reapplying.get("after", ack["batch"]):
            return Progress(id, "pending")
        return Progress(id, "applied", None, ack["ackedAt"])
    if parked is not None and parked["kind"] == "parked":
        return Progress(id, "parked", parked["error"])
    if parked is not None:
        behind = ", ".join(str(other) for other in parked["conflicts"])
        return Progress(id, "blocked", f"waits behind {behind}")
    return Progress(id, "pending")


async def _acks(outbox: Outbox, places: Mapping[UUID, Any], session: Any) -> dict[UUID, Document]:
    """The acks that name some of these entries. An entry's ``at`` lies in the range of its ack, and
    that ack names its neighbours too: so applied entries cost one read for each ack."""
    found: dict[UUID, Document] = {}
    for uuid, at in sorted(places.items(), key=lambda place: (place[1].time, place[1].inc)):
        if uuid in found:
            continue
        filter = {"at.max": {"$gte": at}, "at.min": {"$lte": at}, "entries": uuid}
        ack = await settle(outbox.acks.find_one(filter, session=session, sort=[("at.max", 1)]))
        if ack is not None:
            found.update((each, ack) for each in ack["entries"] if each in places)
    return found


async def _all(cursor: Any) -> list[Document]:
    documents: list[Document] = await settle(cursor.to_list())
    return documents
