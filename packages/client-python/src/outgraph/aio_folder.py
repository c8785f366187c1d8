"""Folds the appends of many tasks into few calls."""

import asyncio
from collections.abc import Sequence
from typing import Protocol, TypeAlias

from outgraph.append.v1.outbox_service_pb2 import (
    AppendManyResponse,
    AppendResponse,
)
from outgraph.appends import SizedAppend
from outgraph.calls import many, results_of
from outgraph.errors import CancelledError, OutgraphError
from outgraph.folding import Line, Waiting, errors_for, may_be_one_appends

AioResult: TypeAlias = asyncio.Future[AppendResponse]


class AioCalls(Protocol):
    """What the folder needs of the service. A call fails with an ``OutgraphError`` only."""

    async def append(self, encoded: bytes) -> AppendResponse: ...
    async def append_many(self, encoded: bytes) -> AppendManyResponse: ...


class AioFolder:
    """Sends appends, and gives each its own result. For the tasks of one event loop."""

    def __init__(self, calls: AioCalls, calls_max: int) -> None:
        self._calls = calls
        self._calls_max = calls_max
        self._line: Line[AioResult] = Line()
        self._under_way: set[asyncio.Task[None]] = set()
        self._closed = False

    def submit(self, sized: SizedAppend) -> Waiting[AioResult]:
        """Sends it with the next call. Its future has the result, or an ``OutgraphError``."""
        future: AioResult = asyncio.get_running_loop().create_future()
        append = Waiting(sized.entry_id, sized.encoded, future)
        if self._closed:
            _fail(append, CancelledError("the client is closed"))
        else:
            self._line.join(append)
            # At the end of this turn of the loop: tasks that append side by side go together.
            asyncio.get_running_loop().call_soon(self._send)
        return append

    def withdraw(self, append: Waiting[AioResult]) -> None:
        """Takes it out of the line if its call has not begun; nobody waits for it any more."""
        self._line.leave(append)

    async def close(self) -> None:
        """Fails what waits, and all that comes; cancels the calls under way."""
        self._closed = True
        while len(self._line):
            for append in self._line.take():
                _fail(append, CancelledError("the client is closed"))
        for call in self._under_way:
            call.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _send(self) -> None:
        while len(self._under_way) < self._calls_max and len(self._line):
            call = asyncio.create_task(self._run(self._line.take()))
            self._under_way.add(call)
            call.add_done_callback(self._ended)

    def _ended(self, call: "asyncio.Task[None]") -> None:
        self._under_way.discard(call)
        self._send()

    async def _run(self, appends: Sequence[Waiting[AioResult]]) -> None:
        try:
            if len(appends) == 1:
                _succeed(appends[0], await self._calls.append(appends[0].encoded))
                return
            encoded = many([append.encoded for append in appends])
            response = await self._calls.append_many(encoded)
        except asyncio.CancelledError:
            for append in appends:
                _fail(append, CancelledError("the client is closed"))
        except OutgraphError as error:
            if len(appends) > 1 and may_be_one_appends(error) and not self._closed:
                self._line.join_in_halves(appends)
                return
            for append in appends:
                _fail(append, error)
        except Exception as error:  # of a token's function: it is the caller's to see
            for append in appends:
                _fail(append, error)
        else:
            ids = [append.entry_id for append in appends]
            for append, result in zip(appends, results_of(response, ids), strict=True):
                if isinstance(result, OutgraphError):
                    _fail(append, result)
                else:
                    _succeed(append, result)


def _succeed(append: Waiting[AioResult], response: AppendResponse) -> None:
    if not append.future.done():  # its task may have been cancelled meanwhile
        append.future.set_result(response)


def _fail(append: Waiting[AioResult], error: Exception) -> None:
    if append.future.done():
        return
    if isinstance(error, OutgraphError):
        error = errors_for(error, append.entry_id)
    append.future.set_exception(error)
