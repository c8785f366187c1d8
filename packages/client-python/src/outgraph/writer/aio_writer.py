"""The in-transaction writer for PyMongo's async API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias, TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from outgraph.answers import Appended, Waited
from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId
from outgraph.writer.core import Core
from outgraph.writer.deadline import Deadline
from outgraph.writer.outbox import outbox_of
from outgraph.writer.progress import wait_applied
from outgraph.writer.unit import Transacted, Unit

T = TypeVar("T")

AsyncUnitOfWork: TypeAlias = Unit[AsyncClientSession]


class AsyncOutboxWriter:
    """``OutboxWriter`` for ``AsyncMongoClient``: the same methods, to be awaited.

    A task that is cancelled in ``transact`` leaves nothing behind, unless its commit had been sent:
    then the outcome is unknown, and a repeat with the same id tells.
    """

    def __init__(self, db: AsyncDatabase[Any], *, source: str, partition: str = "") -> None:
        self._core = Core(outbox_of(db), source, partition)

    async def append(
        self,
        session: AsyncClientSession,
        events: Event | Iterable[Event],
        *,
        id: EntryId | None = None,
        partition: str | None = None,
        trace: str | None = None,
    ) -> Appended:
        """Adds one entry to the outbox, inside the transaction of ``session``; as
        ``OutboxWriter.append``."""
        return await self._core.append(session, events, id, partition, trace)

    async def transact(
        self,
        work: Callable[[AsyncUnitOfWork], Awaitable[T]],
        *,
        events: Event | Iterable[Event] | None = None,
        id: EntryId | None = None,
        partition: str | None = None,
        trace: str | None = None,
        timeout_seconds: float = 30.0,
    ) -> Transacted[T]:
        """Runs ``work`` in a transaction and commits its documents with one entry; as
        ``OutboxWriter.transact``."""
        deadline = Deadline(timeout_seconds, asyncio.sleep)
        return await self._core.transact(work, events, id, partition, trace, deadline)

    @asynccontextmanager
    async def unit_of_work(
        self,
        *,
        id: EntryId | None = None,
        partition: str | None = None,
        trace: str | None = None,
        timeout_seconds: float = 30.0,
    ) -> AsyncIterator[AsyncUnitOfWork]:
        """``transact`` as an async with-block; as ``OutboxWriter.unit_of_work``."""
        deadline = Deadline(timeout_seconds, asyncio.sleep)
        block = self._core.block(id, partition, trace, deadline)
        unit = await block.enter()
        try:
            yield unit
        except BaseException as error:
            await block.leave(error)
            raise
        await block.leave(None)

    async def wait_applied(
        self,
        ids: EntryId | str | Iterable[EntryId | str],
        *,
        timeout_seconds: float = 30.0,
    ) -> Waited:
        """Waits until the entries are in the graph, or decided otherwise; as
        ``OutboxWriter.wait_applied``."""
        asked = [ids] if isinstance(ids, str) else ids
        deadline = Deadline(timeout_seconds, asyncio.sleep)
        return await wait_applied(self._core.outbox, asked, deadline)


async def open_async_writer(
    db: AsyncDatabase[Any], *, source: str, partition: str = ""
) -> AsyncOutboxWriter:
    """A writer for the outbox of a database, after a look that it is set up.

    :raises OutboxUnusable: ``not_set_up``, naming the command that makes it, or ``format_newer``.
    """
    writer = AsyncOutboxWriter(db, source=source, partition=partition)
    await writer._core.open()
    return writer
