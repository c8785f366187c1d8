"""Files that are known to be in the graph, so that nobody has to ask."""

import threading
from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from outgraph_xmem.connection import Connection, connected

_FILES_MAX: Final = 100_000

Path = tuple[str, str, str]
"""Organisation, repository and path of a file."""

Repository = tuple[str, str]


class KnownFiles:
    """The files whose upserts this process has committed. Their symbols' upserts need not wait for
    the graph to see that the file is there, nor need Neo4j to be up.

    Deletes by this process are known, too. A delete by another process is not: a symbol that is
    upserted afterwards gets a node that belongs to no file, where XMem would write nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: set[Path] = set()
        self._deletes = 0
        self._deleted: dict[Path | Repository, int] = {}
        """By which delete a file, or all of a repository, was deleted last."""
        self._deleted_before = 0
        """What was deleted by this one or before is not remembered one by one any more."""

    def now(self) -> int:
        """How many deletes there were; to be asked before an upsert is committed."""
        with self._lock:
            return self._deletes

    def add(self, files: Iterable[Path], since: int) -> None:
        """To be called when their upserts have committed. Files that were deleted meanwhile stay
        unknown: which came last, only the graph knows.

        :param since: what ``now`` said when they were upserted.
        """
        with self._lock:
            if since < self._deleted_before:
                return
            self._files.update(each for each in files if self._deleted_at(each) <= since)
            # Nothing is lost but time: what is not known is asked for.
            if len(self._files) > _FILES_MAX:
                self._files.clear()

    def forget(self, file: Path) -> None:
        """To be called before a delete is committed, so that nobody counts on the file, and when it
        has been, for whoever has upserted it between."""
        with self._lock:
            self._delete(file)
            self._files.discard(file)

    def forget_all(self, org_id: str, repo: str) -> None:
        """As ``forget``, of all files of a repository."""
        with self._lock:
            self._delete((org_id, repo))
            self._files = {each for each in self._files if each[:2] != (org_id, repo)}

    def of(self, files: Iterable[Path]) -> set[Path]:
        """Those of the files that are known."""
        with self._lock:
            return {each for each in files if each in self._files}

    def _delete(self, what: Path | Repository) -> None:
        self._deletes += 1
        self._deleted[what] = self._deletes
        if len(self._deleted) > _FILES_MAX:
            self._deleted.clear()
            self._deleted_before = self._deletes

    def _deleted_at(self, file: Path) -> int:
        return max(self._deleted.get(file, 0), self._deleted.get(file[:2], 0))


_lock = threading.Lock()
_known: "WeakKeyDictionary[Connection, KnownFiles]" = WeakKeyDictionary()


def known_files() -> KnownFiles:
    """Those of this process' connection: its clients know the same."""
    with _lock:
        return _known.setdefault(connected(), KnownFiles())
