"""Collects document writes and graph changes, and appends them once."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from outgraph.answers import Appended
from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.entry.v1.entry_pb2 import Event


class _Collected:
    def __init__(self, append: Callable[[list[Event], list[DocumentWrite]], Any]) -> None:
        self._append = append
        self._events: list[Event] = []
        self._writes: list[DocumentWrite] = []
        self.appended: Appended | None = None
        """What was committed, once the block was left without an error."""

    def add(self, *events: Event) -> None:
        """Adds events, in order."""
        self._events.extend(events)

    def write(self, *writes: DocumentWrite) -> None:
        """Adds document writes; they are done in order, before the entry is written."""
        self._writes.extend(writes)


class UnitOfWork(_Collected):
    """For ``with``: nothing is sent before the block ends, and nothing at all when it raises."""

    def __enter__(self) -> "UnitOfWork":
        return self

    def __exit__(
        self,
        type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if type is None:
            self.appended = self._append(self._events, self._writes)


class AsyncUnitOfWork(_Collected):
    """For ``async with``: nothing is sent before the block ends, nothing at all when it raises."""

    async def __aenter__(self) -> "AsyncUnitOfWork":
        return self

    async def __aexit__(
        self,
        type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if type is None:
            self.appended = await self._append(self._events, self._writes)
