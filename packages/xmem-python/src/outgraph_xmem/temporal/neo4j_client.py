"""XMem's ``Neo4jClient``."""

from collections.abc import Mapping
from typing import Any

from outgraph import create_edge, delete_edges, edges, nodes, update_edges
from outgraph.graph.v1.mutation_pb2 import EdgeMatch

from outgraph_xmem.graph_changes import Node, node_of, node_ref
from outgraph_xmem.graph_client import Consistency, Embedding, GraphClient
from outgraph_xmem.temporal.event_log import (
    DAYS,
    DatesMade,
    Done,
    Event,
    EventMade,
    EventsDeleted,
    EventsRenamed,
    dates_in_question,
    events_after,
    is_meant,
)
from outgraph_xmem.temporal.event_properties import event_properties, floats
from outgraph_xmem.unit import Unit, all_or_nothing, current_unit, run_unit

FAMILY = "temporal"

_EVENTS = "MATCH (:User {user_id: $user_id})-[r:HAS_EVENT]->(d:Date)"
_ANSWER = """
RETURN r.event_name AS event_name, r.desc AS desc, r.year AS year, r.time AS time,
       d.date AS date, r.date_expression AS date_expression"""
_BY_NAME = f"""
{_EVENTS}
WHERE toLower(r.event_name) = toLower($event_name) {_ANSWER}
LIMIT $top_k"""
# Neo4j's score of a cosine c is (1 + c) / 2.
_BY_EMBEDDING = f"""
{_EVENTS}
WHERE r.embedding IS NOT NULL AND size(r.embedding) = size($wanted)
WITH r, d, 2.0 * vector.similarity.cosine(r.embedding, $wanted) - 1.0 AS score
WHERE score >= $threshold {_ANSWER}, score AS similarity_score
ORDER BY similarity_score DESC
LIMIT $top_k"""
_COUNTED = f"""
RETURN COLLECT {{ {_EVENTS} RETURN [d.date, r.event_name] }} AS events,
       COLLECT {{ MATCH (d:Date) WHERE d.date IN $dates RETURN d.date }} AS known_dates"""


class Neo4jClient(GraphClient):
    """Users and their events, for XMem's temporal pipelines.

    A write returns when it has committed to the outbox; Neo4j follows. Reads go to Neo4j, after
    what this process wrote before about the user (``consistency="own_writes"``), so a decision
    that is made from them is made from all of it. Inside a unit the methods that return a count
    count the unit's own changes too, and the searches are refused once it has changes.

    :param embedding_fn: the vector of a text, called at once by whoever writes or searches.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        *,
        embedding_fn: Embedding | None = None,
        consistency: Consistency = "own_writes",
    ) -> None:
        super().__init__(
            uri,
            username,
            password,
            family=FAMILY,
            embedding_fn=embedding_fn,
            consistency=consistency,
        )

    @all_or_nothing
    def initialize_date_nodes(self) -> None:
        """The 366 days of a year, ``01-01`` to ``12-31``: in one entry."""

        def make(unit: Unit) -> None:
            unit.about(FAMILY)
            _log_of(unit).append(DatesMade())
            for day in DAYS:
                unit.graph.merge_node(_date(day), {})

        run_unit(make, name="initialize_date_nodes")

    @all_or_nothing
    def create_user_node(self, user_id: str) -> None:
        """The user, unless it is there."""

        def make(unit: Unit) -> None:
            unit.about(FAMILY, user_id)
            _make_user(unit, user_id)

        run_unit(make, name="create_user_node")

    @all_or_nothing
    def create_event(self, user_id: str, date_str: str, event_data: Mapping[str, Any]) -> None:
        """One more event of the user on that day, parallel to those there; where the day is none of
        the 366, there is no event, and nobody is told. The user is made in any case."""
        properties = event_properties(event_data, self._embedding_fn)
        user, date = node_ref(_user(user_id)), node_ref(_date(date_str))
        made = create_edge("HAS_EVENT", user, date, properties, absent_ends="if_present")

        def create(unit: Unit) -> None:
            unit.about(FAMILY, user_id)
            _make_user(unit, user_id)
            unit.graph.add(made)
            _log_of(unit).append(EventMade(user_id, date_str, properties.get("event_name")))

        run_unit(create, name="create_event")

    @all_or_nothing
    def update_event(self, user_id: str, date_str: str, event_data: Mapping[str, Any]) -> None:
        """Sets the properties that are given on **every** event of the user on that day, the name
        too."""
        properties = event_properties(event_data, self._embedding_fn)
        changed = update_edges(_events(user_id, date_str), set=properties)

        def update(unit: Unit) -> None:
            unit.about(FAMILY, user_id)
            unit.graph.add(changed)
            if "event_name" in properties:
                renamed = EventsRenamed(user_id, date_str, properties["event_name"])
                _log_of(unit).append(renamed)

        run_unit(update, name="update_event")

    @all_or_nothing
    def delete_event(self, user_id: str, date_str: str, event_name: str | None = None) -> int:
        """Deletes the user's events of that day, with a name only those that have exactly it.

        Returns how many there were, by a count in Neo4j right before: others who write at the same
        time may change it.

        :raises NotInGraphYet, neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError: when it
            cannot be counted in time; nothing was written.
        """
        match = _events(user_id, date_str, event_name)
        deleted = EventsDeleted(user_id, date_str, event_name or None)
        return self._delete(match, deleted, "delete_event")

    @all_or_nothing
    def clear_user_events(self, user_id: str) -> int:
        """Deletes all events of the user; returns how many, as ``delete_event``."""
        match = edges("HAS_EVENT", nodes("User", {"user_id": user_id}))
        return self._delete(match, EventsDeleted(user_id, None, None), "clear_user_events")

    def search_events_by_name(
        self, event_name: str, user_id: str, top_k: int = 1
    ) -> list[dict[str, Any]]:
        """Events with that name, whatever its case: ``event_name``, ``desc``, ``year``, ``time``,
        ``date`` and ``date_expression`` of each, in no order."""
        return self._read(_BY_NAME, user_id, user_id=user_id, event_name=event_name, top_k=top_k)

    def search_events_by_embedding(
        self,
        user_id: str,
        query_text: str,
        top_k: int = 1,
        similarity_threshold: float = 0.3,
    ) -> list[dict[str, Any]]:
        """Events whose embedding is like that of the text, the most alike first, with their
        ``similarity_score`` (the cosine, at least the threshold). None without ``embedding_fn``."""
        wanted = None if self._embedding_fn is None else floats(self._embedding_fn(query_text))
        if not wanted:
            return []
        return self._read(
            _BY_EMBEDDING,
            user_id,
            user_id=user_id,
            wanted=wanted,
            threshold=similarity_threshold,
            top_k=top_k,
        )

    def get_all_events_for_user(self, user_id: str) -> list[dict[str, Any]]:
        """All events of the user, in no order."""
        return self._read(_EVENTS + _ANSWER, user_id, user_id=user_id)

    def _delete(self, match: EdgeMatch, deleted: EventsDeleted, name: str) -> int:
        def delete(unit: Unit) -> None:
            unit.about(FAMILY, deleted.user_id)
            unit.graph.add(delete_edges(match))
            _log_of(unit).append(deleted)

        unit = current_unit()
        there = self._events_of(deleted.user_id, [] if unit is None else _log_of(unit))
        run_unit(delete, name=name)
        return sum(is_meant(event, deleted.date, deleted.name) for event in there)

    def _events_of(self, user_id: str, log: list[Done]) -> list[Event]:
        """The user's events, in the graph and then in the unit."""
        dates = dates_in_question(log, user_id)
        (counted,) = self._count(_COUNTED, user_id, user_id=user_id, dates=dates)
        events = [(date, name) for date, name in counted["events"]]
        return events_after(events, counted["known_dates"], log, user_id)


def _user(user_id: str) -> Node:
    return node_of("User", ("user_id",), user_id)


def _date(day: str) -> Node:
    return node_of("Date", ("date",), day)


def _events(user_id: str, day: str, name: str | None = None) -> EdgeMatch:
    where = {"event_name": name} if name else {}
    user, date = nodes("User", {"user_id": user_id}), nodes("Date", {"date": day})
    return edges("HAS_EVENT", user, date, where)


def _make_user(unit: Unit, user_id: str) -> None:
    # Nothing deletes users, so once is enough.
    if not unit.graph.has_node(_user(user_id)):
        unit.graph.merge_node(_user(user_id), {})


def _log_of(unit: Unit) -> list[Done]:
    return unit.notes.setdefault(FAMILY, [])
