"""When everything that was written is in the graph."""

from typing import Any

from pymongo.database import Database

from outgraph.writer import OutboxWriter


class NotDrained(Exception):
    """What was written is not in the graph, and says why."""


class Drain:
    def __init__(self, database: Database[Any], writer: OutboxWriter) -> None:
        self._database = database
        self._writer = writer

    def wait(self, seconds: float) -> None:
        """Waits for the newest entry: the graph is a prefix of history.

        :raises NotDrained: when it takes longer, or an entry was set aside.
        """
        newest = self._database["outbox"].find_one(
            projection={"_id": 1}, sort=[("at", -1), ("_id", -1)]
        )
        if newest is None:
            return
        (entry,) = self._writer.wait_applied(
            str(newest["_id"].as_uuid()), timeout_seconds=seconds
        ).entries
        aside = self._database["outbox_parked"].find_one()
        if aside is not None:
            raise NotDrained(f"set aside: {aside}")
        if entry.state != "applied":
            raise NotDrained(f"after {seconds:g} s entry {entry.id} is {entry.state}")
