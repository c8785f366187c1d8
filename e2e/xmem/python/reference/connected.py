"""A driver, and one auto-commit statement at a time."""

from collections.abc import Callable
from typing import Any

from neo4j import Driver, GraphDatabase

from reference.retrying import FIRST_PAUSE_SECONDS

Embedding = Callable[[str], list[float]]


class Connected:
    def __init__(
        self, uri: str, username: str, password: str, *, embedding_fn: Embedding | None = None
    ) -> None:
        self._uri = uri
        self._auth = (username, password)
        self._driver: Driver | None = None
        self._embedding_fn = embedding_fn
        self.retry_delay = FIRST_PAUSE_SECONDS
        self.attempts_failed = 0
        self.paused_seconds = 0.0
        self.last_reconnect_error: Exception | None = None
        self.statements = 0
        """How many were sent."""

    def connect(self) -> None:
        self._driver = GraphDatabase.driver(
            self._uri, auth=self._auth, notifications_min_severity="OFF"
        )
        self._driver.verify_connectivity()

    def close(self) -> None:
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    @property
    def driver(self) -> Driver:
        if self._driver is None:
            raise RuntimeError("connect() was not called")
        return self._driver

    def run(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        """A transaction of its own, in a session of its own."""
        self.statements += 1
        with self.driver.session() as session:
            return session.run(statement, parameters).data()
