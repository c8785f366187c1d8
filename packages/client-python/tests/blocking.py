"""The asyncio client as if it were the other one, so that one test holds both to one meaning."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from outgraph import (
    Append,
    Appended,
    AsyncOutgraphClient,
    AsyncUnitOfWork,
    OutgraphError,
    StoredEntry,
    Waited,
)


class LoopThread:
    """An event loop of its own thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, awaitable: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(awaitable, self.loop).result()

    def stop(self) -> None:
        """Ends as ``asyncio.run`` does: tasks that are left, such as a driver's, are cancelled."""

        async def end() -> None:
            left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        self.run(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class BlockingClient:
    """``AsyncOutgraphClient`` with the methods of ``OutgraphClient``."""

    def __init__(self, url: str, **options: Any) -> None:
        self._thread = LoopThread()

        async def make() -> AsyncOutgraphClient:
            return AsyncOutgraphClient(url, **options)

        self.client: AsyncOutgraphClient = self._thread.run(make())

    def append(self, *arguments: Any, **options: Any) -> Appended:
        result: Appended = self._thread.run(self.client.append(*arguments, **options))
        return result

    def append_many(
        self, appends: Sequence[Append], **options: Any
    ) -> list[Appended | OutgraphError]:
        result: list[Appended | OutgraphError] = self._thread.run(
            self.client.append_many(appends, **options)
        )
        return result

    def get_entry(self, id: str, **options: Any) -> StoredEntry:
        result: StoredEntry = self._thread.run(self.client.get_entry(id, **options))
        return result

    def wait_applied(self, ids: Any, **options: Any) -> Waited:
        result: Waited = self._thread.run(self.client.wait_applied(ids, **options))
        return result

    @contextmanager
    def unit_of_work(self, **options: Any) -> Iterator[AsyncUnitOfWork]:
        unit = self.client.unit_of_work(**options)
        self._thread.run(unit.__aenter__())
        try:
            yield unit
        except BaseException as error:
            self._thread.run(unit.__aexit__(type(error), error, None))
            raise
        self._thread.run(unit.__aexit__(None, None, None))

    def close(self) -> None:
        self._thread.run(self.client.close())

    def stop(self) -> None:
        self.close()
        self._thread.stop()
