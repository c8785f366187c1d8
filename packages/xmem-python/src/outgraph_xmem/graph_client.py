"""What every client of the graph does: writes through Outgraph, reads from Neo4j."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

from neo4j import Driver, GraphDatabase

from outgraph_xmem.connection import connected
from outgraph_xmem.errors import GraphChangesPending
from outgraph_xmem.own_entries import Scope
from outgraph_xmem.timed_read import timed_read
from outgraph_xmem.unit import current_unit

Consistency: TypeAlias = Literal["own_writes", "eventual"]
"""What reads of the graph see: ``own_writes``, after waiting, all that this process wrote before;
``eventual``, what is there."""

Embedding: TypeAlias = Callable[[str], Sequence[float]]

CONNECT_SECONDS_MAX = 5.0


class GraphClient:
    """A driver for reads, made by ``connect``. Safe for all threads.

    :param family: what its writes and reads are about, told from those of other clients.
    :param database: which of Neo4j's databases reads ask; the server's own by default.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        *,
        family: str,
        embedding_fn: Embedding | None,
        consistency: Consistency,
        database: str | None = None,
    ) -> None:
        if consistency not in ("own_writes", "eventual"):
            raise ValueError(f"consistency is own_writes or eventual, not {consistency!r}")
        self._uri = uri
        self._auth = (username, password) if username else None
        self._family = family
        self._embedding_fn = embedding_fn
        self._consistency = consistency
        self._database = database
        self._driver: Driver | None = None
        self._lock = threading.Lock()

    def connect(self) -> None:
        """Makes the driver. Looks for Outgraph, not for Neo4j: writes do not need that.

        :raises NotConfigured: when Outgraph's addresses are not known.
        """
        seconds = connected().options.read_timeout_seconds
        with self._lock:
            if self._driver is None:
                self._driver = GraphDatabase.driver(
                    self._uri,
                    auth=self._auth,
                    connection_timeout=min(CONNECT_SECONDS_MAX, seconds),
                    connection_acquisition_timeout=seconds,
                    # Asks a connection whether it lives before each use: one whose server fell
                    # silent would hold a read for two minutes, which is what servers ask for.
                    liveness_check_timeout=0,
                    max_transaction_retry_time=seconds,
                )

    def close(self) -> None:
        """Closes the driver; ``connect`` makes another."""
        with self._lock:
            found, self._driver = self._driver, None
        if found is not None:
            found.close()

    @property
    def driver(self) -> Driver:
        """The Neo4j driver: for schema statements, and for reads of your own. What is *written*
        through it is out of step with the documents.

        :raises RuntimeError: before ``connect``.
        """
        found = self._driver
        if found is None:
            raise RuntimeError(f"{type(self).__name__} is not connected: call connect() first")
        return found

    def barrier(self, part: str = "") -> tuple[str, ...]:
        """Waits until what this process wrote before about the part (a user, a repository; ``""``
        is all) is in the graph; returns Neo4j's bookmarks of it.

        :raises NotInGraphYet: when it takes longer than ``read_timeout_seconds``.
        :raises NotInGraph: when it will not come; once.
        """
        connection = connected()
        seconds = connection.options.read_timeout_seconds
        return connection.own_entries.wait(Scope(self._family, part), seconds)

    def _read(self, query: str, part: str = "", **parameters: Any) -> list[dict[str, Any]]:
        """What a client's own read returns."""
        return self._ask(query, self._seen(part), parameters)

    def _seen(self, part: str = "") -> tuple[str, ...]:
        """Waits for what a read must see, as its consistency has it; returns the bookmarks of it.

        :raises GraphChangesPending: in a unit that has changed the graph, unless it is eventual.
        """
        if self._consistency == "eventual":
            return ()
        unit = current_unit()
        if unit is not None and unit.changes(self._family):
            raise GraphChangesPending(
                f"the unit {unit.name!r} has changed the graph, and a read inside it cannot see "
                "that yet: read before the first change, or after the unit"
            )
        return self.barrier(part)

    def _count(self, query: str, part: str = "", **parameters: Any) -> list[dict[str, Any]]:
        """What a write depends on, such as a count: always after the barrier, also inside a unit,
        whose own changes the caller adds."""
        current_unit()
        return self._ask(query, self.barrier(part), parameters)

    def _ask(
        self, query: str, bookmarks: tuple[str, ...], parameters: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return timed_read(
            self.driver,
            query,
            parameters,
            seconds=connected().options.read_timeout_seconds,
            database=self._database,
            bookmarks=bookmarks,
        )
