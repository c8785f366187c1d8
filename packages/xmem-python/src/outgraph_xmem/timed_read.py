"""One read of Neo4j, over when its time is up."""

import time
from collections.abc import Mapping
from typing import Any

from neo4j import READ_ACCESS, Bookmarks, Driver
from neo4j.exceptions import DriverError, Neo4jError

_PAUSE_SECONDS_MIN = 0.1
_PAUSE_SECONDS_MAX = 1.0


def timed_read(
    driver: Driver,
    query: str,
    parameters: Mapping[str, Any],
    *,
    seconds: float,
    database: str | None,
    bookmarks: tuple[str, ...],
) -> list[dict[str, Any]]:
    """What the query returns, in a transaction of its own. Asks again after what may pass.

    :param seconds: for all of it: connections, further tries, and the query, which the server ends.
    :raises neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError: of the last try, when the
        time is up, and at once for what does not pass.
    """
    # Not the driver's own retries: they pause twice as long each time, and look at the clock
    # before the pause, so that 10 s become 14 to 25.
    until = time.monotonic() + seconds
    pause = _PAUSE_SECONDS_MIN
    while True:
        left = max(0.001, until - time.monotonic())
        try:
            with (
                driver.session(
                    database=database,
                    default_access_mode=READ_ACCESS,
                    bookmarks=Bookmarks.from_raw_values(bookmarks),
                    connection_acquisition_timeout=left,
                ) as session,
                session.begin_transaction(timeout=left) as transaction,
            ):
                return transaction.run(query, dict(parameters)).data()
        except (DriverError, Neo4jError) as error:
            if not error.is_retryable() or time.monotonic() + pause >= until:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _PAUSE_SECONDS_MAX)
