"""§1: users, the 366 days of a year, and events as edges between them."""

from datetime import date, timedelta
from typing import Any

from reference.connected import Connected
from reference.retrying import retrying

_NAMES = ("event_name", "year", "desc", "time", "date_expression")
_EVENTS = """
MATCH (:User {user_id: $user_id})-[r:HAS_EVENT]->(d:Date)
"""
_FOUND = """
RETURN r.event_name AS event_name, r.desc AS desc, r.year AS year, r.time AS time, d.date AS date,
       r.date_expression AS date_expression
"""


class Neo4jClient(Connected):
    @retrying
    def initialize_date_nodes(self) -> None:
        days = [(date(2024, 1, 1) + timedelta(n)).strftime("%m-%d") for n in range(366)]
        self.run("UNWIND $days AS day MERGE (:Date {date: day})", days=days)
        self.run(
            "CREATE (d:__Dummy__ {event_name: '', desc: '', year: '', time: '', "
            "date_expression: '', embedding: []}) DELETE d"
        )

    @retrying
    def create_user_node(self, user_id: str) -> None:
        self.run("MERGE (:User {user_id: $user_id})", user_id=user_id)

    @retrying
    def create_event(self, user_id: str, date_str: str, event_data: dict[str, Any]) -> None:
        self.create_user_node(user_id)
        self.run(
            """
            MATCH (u:User {user_id: $user_id})
            MATCH (d:Date {date: $date})
            CREATE (u)-[r:HAS_EVENT]->(d)
            SET r += $props
            """,
            user_id=user_id,
            date=date_str,
            props=self._properties(event_data),
        )

    @retrying
    def update_event(self, user_id: str, date_str: str, event_data: dict[str, Any]) -> None:
        self.run(
            """
            MATCH (:User {user_id: $user_id})-[r:HAS_EVENT]->(:Date {date: $date})
            SET r += $props
            """,
            user_id=user_id,
            date=date_str,
            props=self._properties(event_data),
        )

    @retrying
    def delete_event(self, user_id: str, date_str: str, event_name: str | None = None) -> int:
        named = "{event_name: $event_name}" if event_name else ""
        return self._count(
            f"""
            MATCH (:User {{user_id: $user_id}})-[r:HAS_EVENT {named}]->(:Date {{date: $date}})
            DELETE r
            RETURN count(r) AS n
            """,
            user_id=user_id,
            date=date_str,
            event_name=event_name,
        )

    @retrying
    def clear_user_events(self, user_id: str) -> int:
        return self._count(
            "MATCH (:User {user_id: $user_id})-[r:HAS_EVENT]->() DELETE r RETURN count(r) AS n",
            user_id=user_id,
        )

    @retrying
    def search_events_by_name(
        self, event_name: str, user_id: str, top_k: int = 1
    ) -> list[dict[str, Any]]:
        return self.run(
            f"{_EVENTS} WHERE toLower(r.event_name) = toLower($event_name) {_FOUND} LIMIT $top_k",
            user_id=user_id,
            event_name=event_name,
            top_k=top_k,
        )

    @retrying
    def search_events_by_embedding(
        self, user_id: str, query_text: str, top_k: int = 1, similarity_threshold: float = 0.3
    ) -> list[dict[str, Any]]:
        if self._embedding_fn is None:
            return []
        wanted = list(self._embedding_fn(query_text))
        if not wanted:
            return []
        return self.run(
            f"""
            {_EVENTS}
            WHERE r.embedding IS NOT NULL AND size(r.embedding) = size($wanted)
            WITH r, d, 2.0 * vector.similarity.cosine(r.embedding, $wanted) - 1.0 AS score
            WHERE score >= $threshold
            {_FOUND}, score AS similarity_score
            ORDER BY similarity_score DESC LIMIT $top_k
            """,
            user_id=user_id,
            wanted=wanted,
            threshold=similarity_threshold,
            top_k=top_k,
        )

    @retrying
    def get_all_events_for_user(self, user_id: str) -> list[dict[str, Any]]:
        return self.run(_EVENTS + _FOUND, user_id=user_id)

    def _properties(self, event: dict[str, Any]) -> dict[str, Any]:
        properties = {name: event.get(name) for name in _NAMES}
        if self._embedding_fn is not None:
            name, text = event.get("event_name", ""), event.get("desc", "")
            searchable = f"{name}: {text}" if text else name
            if searchable:
                properties["embedding"] = self._embedding_fn(searchable)
        return {name: value for name, value in properties.items() if value is not None}

    def _count(self, statement: str, **parameters: Any) -> int:
        return self.run(statement, **parameters)[0]["n"]
