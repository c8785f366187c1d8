"""While Neo4j is away a read is over when its time is up, however Neo4j is away."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from threading import Timer

import pytest
from code_stores import entry_count
from neo4j import Driver
from neo4j.exceptions import DriverError, Neo4jError
from wire import Wire

from outgraph_xmem import Connection, Neo4jClient

pytestmark = pytest.mark.servers

SECONDS = 3.0
LATE_SECONDS = 1.5
"""What a busy machine adds. The driver's own retries of ``SECONDS`` take 7 s."""

Address = tuple[str, str, str]


@pytest.fixture(autouse=True)
def brief(graph: Driver, connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        connection, "options", replace(connection.options, read_timeout_seconds=SECONDS)
    )


@pytest.fixture
def client_at(neo4j_address: Address) -> Iterator[Callable[[int], Neo4jClient]]:
    """A client of what is at a port of this machine."""
    made: list[Neo4jClient] = []

    def make(port: int) -> Neo4jClient:
        client = Neo4jClient(f"bolt://127.0.0.1:{port}", *neo4j_address[1:])
        client.connect()
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


def target_of(address: Address) -> str:
    return address[0].partition("://")[2]


def given_up(client: Neo4jClient) -> None:
    """Its counts and searches raise in time, and nothing is written."""
    entries = entry_count()
    asked: list[Callable[[], object]] = [
        lambda: client.delete_event("ann", "03-15"),
        lambda: client.search_events_by_name("Run", "ann"),
    ]
    for ask in asked:
        began = time.monotonic()
        with pytest.raises((DriverError, Neo4jError)):
            ask()
        assert time.monotonic() - began < SECONDS + LATE_SECONDS
    assert entry_count() == entries


def test_a_neo4j_that_refuses_is_given_up_in_time(
    client_at: Callable[[int], Neo4jClient],
) -> None:
    given_up(client_at(1))


def test_one_that_says_nothing_is_given_up_in_time(
    client_at: Callable[[int], Neo4jClient],
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        given_up(client_at(silent.getsockname()[1]))


def test_one_that_falls_silent_is_given_up_in_time(
    client_at: Callable[[int], Neo4jClient], neo4j_address: Address
) -> None:
    with closing(Wire(target_of(neo4j_address))) as wire:
        client = client_at(wire.port)
        assert client.search_events_by_name("Run", "ann") == []
        wire.silent = True
        given_up(client)


def test_one_that_comes_back_in_time_answers(
    client_at: Callable[[int], Neo4jClient], neo4j_address: Address
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
        port = reserved.getsockname()[1]
    wires: list[Wire] = []
    back = Timer(1.0, lambda: wires.append(Wire(target_of(neo4j_address), port)))
    back.start()
    try:
        assert client_at(port).search_events_by_name("Run", "ann") == []
    finally:
        back.join()
        wires[0].close()
