"""Set-up of every test."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from neo4j import Driver, GraphDatabase

from outgraph_xmem import Connection, connect, disconnect
from outgraph_xmem.own_entries import Scope

ROOT = Path(__file__).resolve().parents[3]

# Machines differ in speed; a test is no measurement.
hypothesis.settings.register_profile(
    "outgraph", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("outgraph")


def given(name: str) -> str:
    """A variable of the environment that a test cannot do without."""
    if name not in os.environ:
        pytest.fail(f"{name} is not set; without servers, run: pytest -m 'not servers'")
    return os.environ[name]


@pytest.fixture(scope="session")
def neo4j_address() -> tuple[str, str, str]:
    """What a client is constructed with: URI, user, password."""
    user, password = (
        os.environ.get("OUTGRAPH_NEO4J_USER"),
        os.environ.get("OUTGRAPH_NEO4J_PASSWORD"),
    )
    return given("OUTGRAPH_NEO4J_URI"), user or "neo4j", password or "none"


@pytest.fixture(scope="session")
def connection() -> Iterator[Connection]:
    """To the outbox that the relay of this run carries from."""
    yield connect(
        given("OUTGRAPH_MONGODB_URI"), given("OUTGRAPH_DATABASE"), read_timeout_seconds=60
    )
    disconnect()


@pytest.fixture(scope="session")
def driver(neo4j_address: tuple[str, str, str]) -> Iterator[Driver]:
    uri, user, password = neo4j_address
    with GraphDatabase.driver(uri, auth=(user, password)) as made:
        yield made


@pytest.fixture
def graph(driver: Driver, connection: Connection) -> Driver:
    """Neo4j, emptied of all but the relay's own nodes, once what was written before is in it."""
    for family in ("temporal", "code", "code_v1"):
        connection.own_entries.wait(Scope(family), 60)
    ours = "none(label IN labels(n) WHERE label STARTS WITH 'Outgraph')"
    driver.execute_query(f"MATCH (n) WHERE {ours} DETACH DELETE n")
    return driver


@pytest.fixture(scope="session")
def outbox_elsewhere(connection: Connection) -> Iterator[str]:
    """The name of a database with an outbox that no relay carries from."""
    name = f"{connection.options.database}_elsewhere"
    setup = [str(ROOT / "node_modules/.bin/node"), str(ROOT / "packages/outbox/src/main.ts")]
    command = [*setup, "setup", "--mongodb-uri", connection.options.mongodb_uri, "--database", name]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    yield name
    connection.client.drop_database(name)


def nodes_in(driver: Driver, label: str) -> list[dict[str, Any]]:
    """The properties of every node of a label, and ``labels`` where there are more."""
    found = driver.execute_query(f"MATCH (n:{label}) RETURN properties(n) AS p, labels(n) AS l")
    return [
        {**each["p"], **({"labels": each["l"]} if each["l"] != [label] else {})}
        for each in found.records
    ]
