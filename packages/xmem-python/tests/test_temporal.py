"""The temporal client does what XMem's does, and returns what that returns."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import nodes_in
from neo4j import Bookmarks, Driver, Session
from outgraph import InvalidValue

from outgraph_xmem import GraphChangesPending, Neo4jClient, UnitFailed, unit

pytestmark = pytest.mark.servers


@pytest.fixture
def client(neo4j_address: tuple[str, str, str], graph: Driver) -> Iterator[Neo4jClient]:
    made = Neo4jClient(*neo4j_address, embedding_fn=lambda text: [float(len(text)), 1.0])
    made.connect()
    for day in ("03-15", "03-16"):
        graph.execute_query("MERGE (:Date {date: $day})", day=day)
    yield made
    made.close()


def edges_in(graph: Driver) -> list[dict[str, Any]]:
    found = graph.execute_query(
        "MATCH (u)-[r:HAS_EVENT]->(d) RETURN u.user_id AS user, d.date AS date, "
        "properties(r) AS p ORDER BY p.event_name, date"
    )
    return [{"user": each["user"], "date": each["date"], **each["p"]} for each in found.records]


def names(client: Neo4jClient, user: str = "ann") -> list[tuple[str, str]]:
    events = client.get_all_events_for_user(user)
    return sorted((each["date"], each["event_name"]) for each in events)


def test_the_days_of_a_year_are_made_once(client: Neo4jClient, graph: Driver) -> None:
    client.initialize_date_nodes()
    client.initialize_date_nodes()
    client.barrier()

    days = [each["date"] for each in nodes_in(graph, "Date")]
    assert len(days) == len(set(days)) == 366
    assert {"01-01", "02-29", "12-31", "03-15"} <= set(days)


def test_an_event_keeps_what_is_said_of_it(client: Neo4jClient, graph: Driver) -> None:
    event = {"event_name": "Run", "desc": "in the park", "year": 2024, "time": None, "other": 1}
    client.create_event("ann", "03-15", event)
    client.barrier()

    assert nodes_in(graph, "User") == [{"user_id": "ann"}]
    (edge,) = edges_in(graph)
    assert edge.pop("embedding") == [16.0, 1.0]
    said = {"event_name": "Run", "desc": "in the park", "year": 2024}
    assert edge == {"user": "ann", "date": "03-15", **said}


def test_equal_events_are_parallel(client: Neo4jClient, graph: Driver) -> None:
    for _ in range(3):
        client.create_event("ann", "03-15", {"event_name": "Run"})

    assert names(client) == [("03-15", "Run")] * 3


def test_an_unknown_day_leaves_the_user_alone(client: Neo4jClient, graph: Driver) -> None:
    client.create_event("ann", "2024-03-15", {"event_name": "Run"})
    client.update_event("bob", "03-15", {"event_name": "Run"})

    assert names(client) == []
    assert nodes_in(graph, "User") == [{"user_id": "ann"}]
    assert len(nodes_in(graph, "Date")) == 2


def test_an_update_changes_every_event_of_the_day(client: Neo4jClient, graph: Driver) -> None:
    client.create_event("ann", "03-15", {"event_name": "Run", "time": "noon"})
    client.create_event("ann", "03-15", {"event_name": "Walk"})
    client.create_event("ann", "03-16", {"event_name": "Walk"})
    client.create_event("bob", "03-15", {"event_name": "Walk"})

    client.update_event("ann", "03-15", {"event_name": "Swim", "desc": None})

    assert names(client) == [("03-15", "Swim"), ("03-15", "Swim"), ("03-16", "Walk")]
    assert names(client, "bob") == [("03-15", "Walk")]
    assert sorted(each.get("time", "") for each in edges_in(graph)) == ["", "", "", "noon"]


def test_deletions_return_how_many_there_were(client: Neo4jClient) -> None:
    for name in ("Run", "Run", "run", "Walk"):
        client.create_event("ann", "03-15", {"event_name": name})
    client.create_event("ann", "03-16", {"event_name": "Run"})
    client.create_event("bob", "03-16", {"event_name": "Run"})

    assert client.delete_event("ann", "03-15", "Run") == 2
    assert client.delete_event("ann", "03-15", "Run") == 0
    assert client.delete_event("ann", "03-15", "") == 2
    assert client.delete_event("ann", "04-01") == 0
    assert client.clear_user_events("ann") == 1
    assert client.clear_user_events("nobody") == 0
    assert names(client, "bob") == [("03-16", "Run")]


def test_a_search_sees_what_was_written_right_before(client: Neo4jClient) -> None:
    for i in range(10):
        name = f"Event {i}"
        client.create_event("ann", "03-15", {"event_name": name, "desc": "x", "year": "2024"})
        (found,) = client.search_events_by_name(name.upper(), "ann")
        assert found == {
            "event_name": name,
            "desc": "x",
            "year": "2024",
            "time": None,
            "date": "03-15",
            "date_expression": None,
        }
    assert client.search_events_by_name("Event 1", "bob") == []
    client.create_event("ann", "03-15", {"event_name": "Event 1"})
    assert len(client.search_events_by_name("event 1", "ann", top_k=5)) == 2


def test_a_search_asks_a_member_of_a_cluster_that_has_what_was_written(
    client: Neo4jClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One server has it at once; of several each could be behind."""
    given: list[Bookmarks] = []
    session = client.driver.session

    def watched(**config: Any) -> Session:
        given.append(config["bookmarks"])
        return session(**config)

    monkeypatch.setattr(client.driver, "session", watched)
    client.create_event("ann", "03-15", {"event_name": "Run"})
    client.search_events_by_name("Run", "ann")

    assert [each.raw_values for each in given] == [frozenset(client.barrier("ann"))] != [set()]


def test_a_pool_of_threads_shares_a_client_and_each_sees_what_it_wrote(
    client: Neo4jClient, graph: Driver
) -> None:
    def flow(user: str) -> int:
        for number in range(5):
            client.create_event(user, "03-15", {"event_name": f"Event {number}"})
            assert len(client.search_events_by_name(f"event {number}", user, top_k=9)) == 1
        return client.delete_event(user, "03-15", "Event 0")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(flow, map(str, range(8)))) == [1] * 8
    client.barrier()

    assert len(edges_in(graph)) == 8 * 4


def test_schema_statements_run_through_its_driver(client: Neo4jClient, graph: Driver) -> None:
    with client.driver.session() as session:
        session.run("CREATE INDEX mine IF NOT EXISTS FOR (n:Mine) ON (n.own)").consume()
    try:
        shown = graph.execute_query("SHOW INDEXES YIELD name WHERE name = 'mine' RETURN name")
        assert len(shown.records) == 1
    finally:
        graph.execute_query("DROP INDEX mine IF EXISTS")


def test_embeddings_are_searched_by_their_cosine(
    neo4j_address: tuple[str, str, str], client: Neo4jClient
) -> None:
    vectors = {"a": [1.0, 0.0], "b": [1.0, 1.0], "c": [-1.0, 0.0], "d": [1.0, 0.0, 0.0]}
    searching = Neo4jClient(*neo4j_address, embedding_fn=lambda text: vectors[text])
    searching.connect()
    for name in vectors:
        searching.create_event("ann", "03-15", {"event_name": name})
    client.create_event("ann", "03-15", {"desc": ""})  # has no embedding

    found = searching.search_events_by_embedding("ann", "a", top_k=5)
    searching.close()

    assert [each["event_name"] for each in found] == ["a", "b"]
    assert found[0]["similarity_score"] == pytest.approx(1)
    assert found[1]["similarity_score"] == pytest.approx(math.sqrt(0.5), abs=1e-6)


def test_without_embeddings_nothing_is_found_by_them(
    neo4j_address: tuple[str, str, str], graph: Driver
) -> None:
    client = Neo4jClient(*neo4j_address)
    client.connect()
    client.create_event("ann", "03-15", {"event_name": "Run"})

    assert client.search_events_by_embedding("ann", "Run") == []
    client.close()


class TestUnits:
    def test_counts_take_the_units_own_changes(self, client: Neo4jClient) -> None:
        client.create_event("ann", "03-15", {"event_name": "Run"})

        with unit():
            client.create_event("ann", "03-15", {"event_name": "Walk"})
            client.create_event("ann", "02-31", {"event_name": "Walk"})  # no such day
            client.create_event("bob", "03-15", {"event_name": "Walk"})
            client.update_event("ann", "03-15", {"event_name": "Swim"})
            assert client.delete_event("ann", "03-15", "Run") == 0
            assert client.delete_event("ann", "03-15", "Swim") == 2
            client.create_event("ann", "03-16", {"event_name": "Walk"})
            assert client.clear_user_events("ann") == 1
            client.create_event("ann", "03-16", {"event_name": "Late"})

        assert names(client) == [("03-16", "Late")]
        assert names(client, "bob") == [("03-15", "Walk")]

    def test_days_made_in_the_unit_count(self, client: Neo4jClient) -> None:
        with unit():
            client.create_event("ann", "07-01", {"event_name": "Early"})
            client.initialize_date_nodes()
            client.create_event("ann", "07-01", {"event_name": "Run"})
            assert client.delete_event("ann", "07-01") == 1
            client.create_event("ann", "07-01", {"event_name": "Again"})

        assert names(client) == [("07-01", "Again")]

    def test_a_moved_event_is_moved_or_stays(self, client: Neo4jClient) -> None:
        client.create_event("ann", "03-15", {"event_name": "Run"})

        with pytest.raises(InvalidValue), unit():
            client.delete_event("ann", "03-15", "Run")
            client.create_event("ann", "03-16", {"event_name": {"not": "storable"}})
        assert names(client) == [("03-15", "Run")]

        with unit():
            client.delete_event("ann", "03-15", "Run")
            client.create_event("ann", "03-16", {"event_name": "Run"})
        assert names(client) == [("03-16", "Run")]

    def test_an_error_that_is_dropped_inside_still_stops_the_unit(
        self, client: Neo4jClient
    ) -> None:
        with pytest.raises(UnitFailed) as failed, unit("move"):
            client.create_event("ann", "03-16", {"event_name": "Run"})
            try:
                client.create_event("ann", "03-16", {"event_name": {"not": "storable"}})
            except InvalidValue as error:
                dropped = error

        assert failed.value.__cause__ is dropped
        assert "'move'" in str(failed.value)
        assert names(client) == []

    def test_a_search_after_a_change_is_refused(self, client: Neo4jClient) -> None:
        with unit():
            assert client.search_events_by_name("Run", "ann") == []
            client.create_event("ann", "03-15", {"event_name": "Run"})
            with pytest.raises(GraphChangesPending):
                client.search_events_by_name("Run", "ann")

        assert len(client.search_events_by_name("Run", "ann")) == 1
