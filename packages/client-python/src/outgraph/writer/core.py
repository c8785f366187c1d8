"""What both writers do."""

from collections.abc import Callable, Iterable
from typing import Any

from outgraph.answers import Appended
from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId, new_entry_id
from outgraph.trace_context import active_trace_parent
from outgraph.writer.block import Block
from outgraph.writer.claim import claim_transaction
from outgraph.writer.commit_append import PendingAppend, commit_append
from outgraph.writer.deadline import Deadline
from outgraph.writer.errors import AlreadyCommitted, OutboxUnusable
from outgraph.writer.look import judge, look
from outgraph.writer.outbox import FORMAT, Outbox
from outgraph.writer.prepare import PreparedEntry, prepared_entry
from outgraph.writer.settle import settle
from outgraph.writer.unit import Transacted, Unit, listed


class Core:
    """Appends to one outbox, for one source."""

    def __init__(self, outbox: Outbox, source: str, partition: str) -> None:
        self.outbox = outbox
        self._source = source
        self._partition = partition

    async def open(self) -> None:
        """:raises OutboxUnusable: ``not_set_up``, naming the command, or ``format_newer``."""
        name = self.outbox.meta.database.name
        identity = await settle(self.outbox.meta.find_one({"_id": "outbox"}))
        if identity is None:
            raise OutboxUnusable(
                "not_set_up",
                f"database {name} has no outbox yet; make it with: "
                f"outgraph-outbox setup --mongodb-uri <uri> --database {name}",
            )
        if identity["format"] > FORMAT:
            raise OutboxUnusable(
                "format_newer",
                f"the outbox in {name} has format {identity['format']}, and this version of "
                f"Outgraph reads format {FORMAT}: upgrade it",
            )

    async def append(
        self,
        session: Any,
        events: Event | Iterable[Event],
        id: EntryId | None,
        partition: str | None,
        trace: str | None,
    ) -> Appended:
        prepared = self._prepared(events, id, partition, trace)
        claim_transaction(session)
        if id is not None:
            verdict = judge(id, prepared.digest, await look(self.outbox, id, session))
            if isinstance(verdict, Appended):
                raise AlreadyCommitted(id, verdict)
            if verdict != "new":
                raise verdict
        await settle(self.outbox.entries.insert_one(prepared.document(), session=session))
        return Appended(prepared.id, (), replayed=False)

    async def transact(
        self,
        work: Callable[[Unit[Any]], Any],
        events: Event | Iterable[Event] | None,
        id: EntryId | None,
        partition: str | None,
        trace: str | None,
        deadline: Deadline,
    ) -> Transacted[Any]:
        given = None if events is None else self._prepared(events, id, partition, trace)
        made_id = given.id if given is not None else id or new_entry_id()
        result: list[Any] = []

        async def write(session: Any) -> PreparedEntry:
            claim_transaction(session)
            unit = Unit(session, takes_events=given is None, entry_id=made_id)
            result[:] = [await settle(work(unit))]
            return given or self._prepared_of(unit, partition, trace)

        digest = None if given is None else given.digest
        append = PendingAppend(made_id, id is not None, digest, write)
        appended = await commit_append(self.outbox, append, deadline)
        return Transacted(made_id, appended.replayed, None if appended.replayed else result[0])

    def block(
        self, id: EntryId | None, partition: str | None, trace: str | None, deadline: Deadline
    ) -> Block:
        def prepared(unit: Unit[Any]) -> PreparedEntry:
            return self._prepared_of(unit, partition, trace)

        return Block(self.outbox, id, prepared, deadline)

    def _prepared_of(
        self, unit: Unit[Any], partition: str | None, trace: str | None
    ) -> PreparedEntry:
        own = partition if unit.partition is None else unit.partition
        return self._prepared(unit.events, unit.entry_id, own, trace)

    def _prepared(
        self,
        events: Event | Iterable[Event],
        id: EntryId | None,
        partition: str | None,
        trace: str | None,
    ) -> PreparedEntry:
        return prepared_entry(
            listed(events),
            source=self._source,
            partition=self._partition if partition is None else partition,
            id=id,
            trace=active_trace_parent() if trace is None else trace,
        )
