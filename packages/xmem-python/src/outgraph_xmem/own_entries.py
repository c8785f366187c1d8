"""The entries of this process that may not be in the graph yet, and waiting for them."""

import threading
import time
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from outgraph.answers import Waited
from outgraph.entry_id import EntryId
from outgraph.limits import WAIT_IDS_MAX

from outgraph_xmem.errors import NotInGraph, NotInGraphYet

KEPT_MAX = 10_000
"""Most entries that are remembered one by one. Of more, the older half is forgotten, and the newest
entry is waited for instead, by whoever reads anything of the same families: it began when those had
committed, and the graph is a prefix of history."""


class Scope(NamedTuple):
    """What an entry, or a read, is about."""

    family: str
    """``temporal``, ``code`` or ``code_v1``."""
    part: str = ""
    """A user, or a repository; ``""`` means all of the family."""

    def meets(self, other: "Scope") -> bool:
        return self.family == other.family and (
            self.part == other.part or not self.part or not other.part
        )


class OwnEntries:
    """Remembers by what they are about, for all threads: XMem hands the steps of one flow to a pool
    of threads, so "its own writes" are those of the process.

    :param wait_applied: as ``OutboxWriter.wait_applied``.
    """

    def __init__(self, wait_applied: Callable[..., Waited]) -> None:
        self._wait_applied = wait_applied
        self._lock = threading.Lock()
        self._waiting: dict[EntryId, tuple[Scope, ...]] = {}
        self._bookmarks: tuple[str, ...] = ()

    def written(self, id: EntryId, scopes: Iterable[Scope]) -> None:
        """Says that an entry was committed."""
        about = tuple(scopes)
        if not about:
            return
        with self._lock:
            self._waiting[id] = about
            if len(self._waiting) > KEPT_MAX:
                self._forget_older_half(id)

    def wait(self, scope: Scope, timeout_seconds: float) -> tuple[str, ...]:
        """Returns when everything that was written about the scope before this call is in the
        graph, with Neo4j's bookmarks of it. Asks nobody when there is nothing to wait for.

        :raises NotInGraphYet: when the time is up.
        :raises NotInGraph: when something will not come; once each.
        """
        until = time.monotonic() + timeout_seconds
        ids = self._about(scope)
        # The latest first: it tells of most of the others, too.
        for start in range(len(ids), 0, -WAIT_IDS_MAX):
            self._wait(ids[max(0, start - WAIT_IDS_MAX) : start], until, timeout_seconds)
        with self._lock:
            return self._bookmarks

    def _forget_older_half(self, newest: EntryId) -> None:
        older = list(islice(self._waiting, KEPT_MAX // 2))
        scopes = (scope for each in older for scope in self._waiting.pop(each))
        families = dict.fromkeys(Scope(scope.family) for scope in scopes)
        self._waiting[newest] = (*self._waiting[newest], *families)

    def _about(self, scope: Scope) -> list[EntryId]:
        with self._lock:
            return [
                id
                for id, scopes in self._waiting.items()
                if any(each.meets(scope) for each in scopes)
            ]

    def _wait(self, ids: list[EntryId], until: float, timeout_seconds: float) -> None:
        left = max(0.001, until - time.monotonic())
        waited = self._wait_applied(ids, timeout_seconds=left)
        done = [each for each in waited.entries if each.state != "pending"]
        with self._lock:
            for each in done:
                self._waiting.pop(each.id, None)
            if waited.bookmarks:
                self._bookmarks = waited.bookmarks
        # One that was committed and is not found was purged, and nothing is before it is applied.
        lost = [each for each in done if each.state not in ("applied", "not_found")]
        if lost:
            raise NotInGraph(
                "written before, and not in the graph: "
                + "; ".join(f"entry {each.id} is {each.state}: {each.reason}" for each in lost)
            )
        if len(done) < len(ids):
            late = [each for each in waited.entries if each not in done]
            raise NotInGraphYet(
                f"{len(late)} of the entries written before are not in the graph after "
                f"{timeout_seconds:g} s, such as {late[-1].id} ({late[-1].state}): is the relay "
                "running, and Neo4j there?"
            )
