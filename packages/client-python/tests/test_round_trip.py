"""What Python writes, the relay applies: the graph is compared with what was said."""

import uuid
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import neo4j
import pytest
from blocking import BlockingClient
from mongo_faces import Face, face_of, given
from neo4j.spatial import CartesianPoint, WGS84Point

import outgraph as og

pytestmark = pytest.mark.servers

LABEL = "PyTrip"


@pytest.fixture
def graph() -> Iterator[neo4j.Session]:
    user, password = given("OUTGRAPH_NEO4J_USER"), given("OUTGRAPH_NEO4J_PASSWORD")
    auth = (user, password) if user else None
    with (
        neo4j.GraphDatabase.driver(given("OUTGRAPH_NEO4J_URI"), auth=auth) as driver,
        driver.session() as session,
    ):
        yield session


class Door:
    """One of the ways to append."""

    def __init__(self, kind: str) -> None:
        url = given("OUTGRAPH_APPEND_URL")
        self.face: Face | None = None
        self.client: Any = None
        if kind in ("pymongo", "async"):
            self.face = face_of(kind, given("OUTGRAPH_DATABASE"))
        elif kind == "threads":
            self.client = og.OutgraphClient(url, source="trip")
        else:
            self.client = BlockingClient(url, source="trip")

    def append_and_wait(self, *events: og.Event) -> og.Waited:
        if self.face is not None:
            done = self.face.run(self.face.writer.transact(lambda unit: None, events=events))
            waited = self.face.run(self.face.writer.wait_applied(done.entry_id))
        else:
            waited = self.client.wait_applied(self.client.append(events).entry_id)
        assert isinstance(waited, og.Waited)
        return waited

    def close(self) -> None:
        end = getattr(self.client, "stop", None) or getattr(self.client, "close", None)
        if self.face is not None:
            self.face.close()
        elif end is not None:
            end()


@pytest.fixture(params=["pymongo", "async", "threads", "asyncio"])
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    made = Door(request.param)
    yield made
    made.close()


BERLIN = ZoneInfo("Europe/Berlin")
EAST = timezone(timedelta(hours=5, minutes=30))

GIVEN: dict[str, Any] = {
    "whole": 2**62 + 1,
    "negative": -(2**63),
    "float_whole": 1.0,
    "text": "a ß 語 𝄞",
    "yes": True,
    "raw": b"\x00\xff",
    "day": date(1969, 12, 31),
    "clock": time(23, 59, 59, 999_999),
    "clock_east": time(1, 2, 3, tzinfo=EAST),
    "local": datetime(1969, 12, 31, 23, 59, 59, 250_000),
    "instant": datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=timezone.utc),
    "instant_east": datetime(2026, 1, 2, 3, 4, 5, tzinfo=EAST),
    "instant_berlin": datetime(2026, 7, 2, 3, 4, 5, tzinfo=BERLIN),
    "span": timedelta(days=1, seconds=2, microseconds=3),
    "months": og.Duration(months=1, days=-2, seconds=3, nanoseconds=4),
    "place": og.Point.wgs84(13.4, 52.5),
    "space": og.Point.cartesian(1, 2, 3),
    "vector": og.Vector([0.5, -1.5]),
    "wholes": [1, 2],
    "texts": ["b", "a"],
    "days": [date(2026, 1, 2)],
    "nothing": None,
    "empty": [],
}

EXPECTED: dict[str, Any] = {
    **{name: value for name, value in GIVEN.items() if name != "nothing"},
    "raw": b"\x00\xff",
    "span": neo4j.time.Duration(days=1, seconds=2, nanoseconds=3_000),
    "months": neo4j.time.Duration(months=1, days=-2, seconds=3, nanoseconds=4),
    "place": WGS84Point((13.4, 52.5)),
    "space": CartesianPoint((1.0, 2.0, 3.0)),
    "vector": [0.5, -1.5],
}


def test_every_type_arrives_as_it_was_given(door: Door, graph: neo4j.Session) -> None:
    key = uuid.uuid4().hex
    node = og.node(LABEL, {"id": key})

    waited = door.append_and_wait(og.event("trip.v1.Set", [og.merge_node(node, set=GIVEN)]))

    assert [entry.state for entry in waited.entries] == ["applied"]
    found = graph.run(f"MATCH (n:{LABEL} {{id: $id}}) RETURN properties(n) AS p", id=key).single()
    assert found is not None
    stored = {name: native(value) for name, value in found["p"].items() if name != "id"}
    assert stored == EXPECTED
    assert {name: type(value) for name, value in stored.items()} == {
        name: type(value) for name, value in EXPECTED.items()
    }


def test_every_mutation_takes_effect_in_order(door: Door, graph: neo4j.Session) -> None:
    run = uuid.uuid4().hex
    a, b, c = (og.node(LABEL, {"id": f"{run}/{name}"}) for name in "abc")
    linked = og.edge("LINKED", a, b)

    door.append_and_wait(
        og.event(
            "trip.v1.Made",
            [
                og.merge_node(a, set={"n": 1, "old": "x"}, add_labels=["PyExtra"]),
                og.merge_edge(linked, set={"w": 0.5}),  # b is a stub
                og.merge_node(c),
                og.accumulate(a, add={"n": 2}, append={"log": ["one"]}),
            ],
        ),
        og.event(
            "trip.v1.Changed",
            [
                og.merge_node(a, unset=["old"]),
                og.accumulate(a, add={"n": 4}, append={"log": ["two"]}),
                og.accumulate(linked, add={"hits": 1}),
                og.delete_node(c),
                og.delete_edge(og.edge("GONE", a, b)),
            ],
        ),
    )

    nodes = graph.run(
        f"MATCH (n:{LABEL}) WHERE n.id STARTS WITH $run "
        "RETURN n.id AS id, labels(n) AS labels, n.n AS n, n.log AS log, n.old AS old ORDER BY id",
        run=run,
    ).data()
    assert [(each["id"][-1], sorted(each["labels"])) for each in nodes] == [
        ("a", ["PyExtra", LABEL]),
        ("b", ["OutgraphStub", LABEL]),
    ]
    assert (nodes[0]["n"], nodes[0]["log"], nodes[0]["old"]) == (7, ["one", "two"], None)
    edges = graph.run(
        f"MATCH (a:{LABEL} {{id: $a}})-[e:LINKED]->(b) RETURN e.w AS w, e.hits AS hits, b.id AS b",
        a=f"{run}/a",
    ).data()
    assert edges == [{"w": 0.5, "hits": 1, "b": f"{run}/b"}]


def test_a_repeat_adds_nothing(door: Door, graph: neo4j.Session) -> None:
    run = uuid.uuid4().hex
    counter = og.node(LABEL, {"id": run})
    id = og.entry_id_for(datetime.now(timezone.utc), run)
    added = og.event("trip.v1.Added", [og.accumulate(counter, add={"n": 1})])

    for _ in range(3):
        if door.face is not None:
            writer = door.face.writer
            door.face.run(writer.transact(lambda unit: None, id=id, events=added))
        else:
            door.client.append(added, id=id)
    door.append_and_wait(og.event("trip.v1.Last", [og.merge_node(counter, set={"last": True})]))

    found = graph.run(f"MATCH (n:{LABEL} {{id: $id}}) RETURN n.n AS n", id=run).single()
    assert found is not None and found["n"] == 1


def native(value: Any) -> Any:
    """Neo4j's types as Python's, where Python has one."""
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return [native(each) for each in value]
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    to_native = getattr(value, "to_native", None)
    return value if to_native is None else to_native()
