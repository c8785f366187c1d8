"""The client of the append service, for asyncio."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any

from outgraph.aio_folder import AioFolder
from outgraph.aio_transport import AioTransport
from outgraph.answers import Appended, StoredEntry, Waited, appended, stored_entry, waited
from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.append.v1.outbox_service_pb2 import GetEntryRequest, WaitAppliedRequest
from outgraph.appends import Append, one_append, sized_append
from outgraph.attempts import Attempts, Limits
from outgraph.calls import GET_ENTRY, WAIT_APPLIED
from outgraph.client import WAIT_PIECE_SECONDS, out_of_time, seconds
from outgraph.connection import AioToken, Tls, aio_channel_to
from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId
from outgraph.errors import CancelledError, OutgraphError
from outgraph.retry import RetryOptions, in_range
from outgraph.unit_of_work import AsyncUnitOfWork


class AsyncOutgraphClient:
    """A client of the append service. For any number of tasks of the event loop it was made in.

    Its parameters and methods are those of ``OutgraphClient``, and mean the same; ``token`` may be
    a coroutine function too. A task that is cancelled leaves the outcome of its append unknown.
    """

    def __init__(
        self,
        url: str,
        *,
        source: str,
        token: AioToken | None = None,
        tls: Tls | None = None,
        timeout_seconds: float = 30.0,
        attempt_timeout_seconds: float = 10.0,
        retries: RetryOptions | None = None,
        calls_max: int = 2,
    ) -> None:
        in_range("calls_max", calls_max, 1, 64)
        in_range("bytes of source", len(source.encode()), 1, 128)
        self._limits = Limits(
            timeout_seconds=timeout_seconds, attempt_timeout_seconds=attempt_timeout_seconds
        )
        self._source = source
        self._retries = retries or RetryOptions()
        self._transport = AioTransport(aio_channel_to(url, tls), token, attempt_timeout_seconds)
        self._folder = AioFolder(self._transport, calls_max)
        self._closed = asyncio.Event()

    async def append(
        self,
        events: Event | Iterable[Event],
        *,
        writes: DocumentWrite | Iterable[DocumentWrite] = (),
        id: EntryId | None = None,
        partition: str = "",
        trace_parent: str | None = None,
        timeout_seconds: float | None = None,
    ) -> Appended:
        """Writes documents and one entry in one transaction; as ``OutgraphClient.append``."""
        result = await self._append(
            one_append(events, writes, id, partition, trace_parent), timeout_seconds
        )
        if isinstance(result, OutgraphError):
            raise result
        return result

    async def append_many(
        self, appends: Sequence[Append], *, timeout_seconds: float | None = None
    ) -> list[Appended | OutgraphError]:
        """Runs independent appends, each with its own result or error, in their order."""
        return list(
            await asyncio.gather(*(self._append(each, timeout_seconds) for each in appends))
        )

    def unit_of_work(
        self,
        *,
        id: EntryId | None = None,
        partition: str = "",
        timeout_seconds: float | None = None,
    ) -> AsyncUnitOfWork:
        """Collects document writes and events in a block, and appends them once, when it is left
        without an error. Events are needed, writes are not. The parameters, and the errors that
        leaving raises, are those of ``append``."""
        return AsyncUnitOfWork(
            lambda events, writes: self.append(
                events, writes=writes, id=id, partition=partition, timeout_seconds=timeout_seconds
            )
        )

    async def get_entry(
        self, id: EntryId | str, *, timeout_seconds: float | None = None
    ) -> StoredEntry:
        """An entry and how far it has come.

        :raises NotFoundError: when there is none.
        """
        request = GetEntryRequest(id=id).SerializeToString()
        limits = self._limits_of(timeout_seconds)
        return stored_entry(await self._repeat(GET_ENTRY, request, limits))

    async def wait_applied(
        self,
        ids: EntryId | str | Iterable[EntryId | str],
        *,
        timeout_seconds: float | None = None,
    ) -> Waited:
        """Waits until the entries are in the graph, or decided otherwise; as
        ``OutgraphClient.wait_applied``."""
        asked = [ids] if isinstance(ids, str) else list(ids)
        waiting = Attempts(self._limits_of(timeout_seconds), self._retries)
        while True:
            piece = min(WAIT_PIECE_SECONDS, waiting.left())
            request = WaitAppliedRequest(ids=asked, timeout=seconds(piece)).SerializeToString()
            # An answer may take as long as was asked for, and a little more.
            most = piece + self._limits.attempt_timeout_seconds
            limits = Limits(timeout_seconds=most, attempt_timeout_seconds=most)
            answer = waited(await self._repeat(WAIT_APPLIED, request, limits))
            if not answer.pending or waiting.left() == 0:
                return answer

    async def close(self) -> None:
        """Closes the connection and ends the calls under way. A closed client takes no more."""
        self._closed.set()
        await self._folder.close()
        await self._transport.close()

    async def __aenter__(self) -> "AsyncOutgraphClient":
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _limits_of(self, timeout_seconds: float | None) -> Limits:
        if timeout_seconds is None:
            return self._limits
        return replace(self._limits, timeout_seconds=timeout_seconds)

    async def _append(
        self, append: Append, timeout_seconds: float | None
    ) -> Appended | OutgraphError:
        attempts = Attempts(self._limits_of(timeout_seconds), self._retries)
        try:
            request = sized_append(self._source, append)
        except OutgraphError as error:
            return error
        while True:
            sent = self._folder.submit(request)
            try:
                return appended(await asyncio.wait_for(sent.future, attempts.left()))
            except asyncio.TimeoutError:
                self._folder.withdraw(sent)
                return out_of_time(append.id, attempts.count)
            except asyncio.CancelledError:
                self._folder.withdraw(sent)
                raise
            except OutgraphError as error:
                delay = attempts.delay_after(error)
                if delay is None:
                    return attempts.told(error)
            attempts.begin_next()
            await self._pause(delay)

    async def _repeat(self, method: str, request: bytes, limits: Limits) -> Any:
        attempts = Attempts(limits, self._retries)
        while True:
            try:
                return await self._transport.call(method, request, attempts.timeout())
            except OutgraphError as error:
                delay = attempts.delay_after(error)
                if delay is None:
                    raise
            attempts.begin_next()
            if await self._pause(delay):
                raise CancelledError("the client is closed", attempts=attempts.count)

    async def _pause(self, delay: float) -> bool:
        """Waits; true, at once, when the client is closed meanwhile."""
        try:
            await asyncio.wait_for(self._closed.wait(), delay)
        except asyncio.TimeoutError:
            return False
        return True
