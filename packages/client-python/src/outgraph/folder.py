"""Folds the appends of many threads into few calls."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeAlias

from outgraph.append.v1.outbox_service_pb2 import (
    AppendManyResponse,
    AppendResponse,
)
from outgraph.appends import SizedAppend
from outgraph.calls import many, results_of
from outgraph.errors import CancelledError, OutgraphError
from outgraph.folding import Line, Waiting, errors_for, may_be_one_appends

Result: TypeAlias = Future[AppendResponse]


class Calls(Protocol):
    """What the folder needs of the service. A future fails with an ``OutgraphError`` only."""

    def append(self, encoded: bytes) -> Future[AppendResponse]: ...
    def append_many(self, encoded: bytes) -> Future[AppendManyResponse]: ...


class Folder:
    """Sends appends, and gives each its own result. Safe for any number of threads.

    It has no thread of its own: whoever appends starts a call when fewer than ``calls_max`` are
    under way; else the end of a call starts the next.
    """

    def __init__(self, calls: Calls, calls_max: int) -> None:
        self._calls = calls
        self._calls_max = calls_max
        self._lock = threading.Lock()
        self._line: Line[Result] = Line()
        self._under_way = 0
        self._closed = False

    def submit(self, appends: Sequence[SizedAppend]) -> list[Waiting[Result]]:
        """Sends them with the next call, together if there is room. The future of each has its
        result, or an ``OutgraphError``."""
        waiting = [Waiting(each.entry_id, each.encoded, Result()) for each in appends]
        with self._lock:
            closed = self._closed
            for append in waiting:
                if not closed:
                    self._line.join(append)
        if closed:
            for append in waiting:
                _fail(append, _closed())
        self._send()
        return waiting

    def withdraw(self, append: Waiting[Result]) -> None:
        """Takes it out of the line if its call has not begun; nobody waits for it any more."""
        with self._lock:
            self._line.leave(append)

    def close(self) -> None:
        """Fails what waits, and all that comes; calls under way end as the connection does."""
        with self._lock:
            self._closed = True
            left = [each for _ in range(len(self._line)) for each in self._line.take()]
        for append in left:
            _fail(append, _closed())

    def _send(self) -> None:
        while True:
            with self._lock:
                if self._under_way >= self._calls_max or len(self._line) == 0:
                    return
                appends = self._line.take()
                self._under_way += 1
            if len(appends) == 1:
                self._calls.append(appends[0].encoded).add_done_callback(self._one(appends[0]))
            else:
                encoded = many([append.encoded for append in appends])
                self._calls.append_many(encoded).add_done_callback(self._many(appends))

    def _one(self, append: Waiting[Result]) -> Callable[[Future[AppendResponse]], None]:
        def done(call: Future[AppendResponse]) -> None:
            self._ended([])
            error = call.exception()
            if error is None:
                append.future.set_result(call.result())
            else:
                _fail(append, error)

        return done

    def _many(
        self, appends: Sequence[Waiting[Result]]
    ) -> Callable[[Future[AppendManyResponse]], None]:
        def done(call: Future[AppendManyResponse]) -> None:
            error = call.exception()
            if isinstance(error, OutgraphError) and may_be_one_appends(error):
                self._ended(appends)
                return
            self._ended([])
            if error is not None:
                for append in appends:
                    _fail(append, error)
                return
            ids = [append.entry_id for append in appends]
            for append, result in zip(appends, results_of(call.result(), ids), strict=True):
                if isinstance(result, OutgraphError):
                    append.future.set_exception(result)
                else:
                    append.future.set_result(result)

        return done

    def _ended(self, again: Sequence[Waiting[Result]]) -> None:
        """A call has ended; these appends of it are sent again, in halves."""
        with self._lock:
            self._under_way -= 1
            closed = self._closed
            if not closed:
                self._line.join_in_halves(again)
        if closed:
            for append in again:
                _fail(append, _closed())
        self._send()


def _fail(append: Waiting[Result], error: BaseException) -> None:
    if isinstance(error, OutgraphError):
        error = errors_for(error, append.entry_id)
    append.future.set_exception(error)


def _closed() -> CancelledError:
    return CancelledError("the client is closed")
