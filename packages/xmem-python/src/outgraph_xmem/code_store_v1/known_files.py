"""Files that are known to be in the graph, so that nobody has to ask."""

import threading
from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from outgraph_xmem.connection import Connection, connected

_FILES_MAX: Final = 100_000

Path = tuple[str, str, str]


class KnownFiles:
    """The files whose upserts this process has committed. Their symbols' upserts need not wait for
    the graph to see that the file is there, nor need Neo4j to be up.

    Deletes by this process are known, too. A delete by another process is not: a symbol that is
    upserted afterwards gets a node that belongs to no file, where XMem would write nothing.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: set[Path] = set()

    def add(self, files: Iterable[Path]) -> None:
        with self._lock:
            self._files.update(files)
            # Nothing is lost but time: what is not known is asked for.
            if len(self._files) > _FILES_MAX:
                self._files.clear()

    def forget(self, file: Path) -> None:
        with self._lock:
            self._files.discard(file)

    def forget_all(self, org_id: str, repo: str) -> None:
        with self._lock:
            self._files = {each for each in self._files if each[:2] != (org_id, repo)}

    def of(self, files: Iterable[Path]) -> set[Path]:
        """Those of the files that are known."""
        with self._lock:
            return {each for each in files if each in self._files}


_lock = threading.Lock()
_known: "WeakKeyDictionary[Connection, KnownFiles]" = WeakKeyDictionary()


def known_files() -> KnownFiles:
    """Those of this process' connection: its clients know the same."""
    with _lock:
        return _known.setdefault(connected(), KnownFiles())
