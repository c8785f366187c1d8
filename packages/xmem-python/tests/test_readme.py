"""The README says what is."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from conftest import given, nodes_in
from neo4j import Driver

import outgraph_xmem
from outgraph_xmem import Connection, Options
from outgraph_xmem.options import variable_of

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf8")


@pytest.mark.servers
def test_the_example_runs(
    graph: Driver, connection: Connection, neo4j_address: tuple[str, str, str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    assert len(example.splitlines()) <= 12
    uri, user, password = neo4j_address
    database = f"{connection.options.database}_readme"
    replaced = {
        "outgraph_xmem.connect(": "(",  # this process is connected already
        "mongodb://127.0.0.1:27017/?replicaSet=rs0": given("OUTGRAPH_MONGODB_URI"),
        '"xmem"': repr(database),
        '"bolt://127.0.0.1:7687", "neo4j", "password"': f"{uri!r}, {user!r}, {password!r}",
    }
    for old, new in replaced.items():
        assert old in example
        example = example.replace(old, new)
    names: dict[str, object] = {}
    try:
        exec(compile(example, "README.md", "exec"), names)
        client = names["graph"]
        assert isinstance(client, outgraph_xmem.CodeGraphClient)
        client.barrier()

        (file,) = nodes_in(graph, "File")
        assert file["symbol_count"] == 1
        assert connection.client[database].raw_files.count_documents({}) == 1
    finally:
        connection.client.drop_database(database)
        if isinstance(made := names.get("graph"), outgraph_xmem.CodeGraphClient):
            made.close()


def test_every_option_is_in_the_table_with_its_variable() -> None:
    rows = re.findall(r"^\| `(\w+)` +\| `(OUTGRAPH_\w+)`", README, re.M)

    assert rows == [(field.name, variable_of(field.name)) for field in fields(Options)]


def test_every_error_is_in_the_table() -> None:
    table = README[README.index("## How it fails") : README.index("## What differs")]
    ours = {
        name
        for name in outgraph_xmem.__all__
        if isinstance(getattr(outgraph_xmem, name), type)
        and issubclass(getattr(outgraph_xmem, name), outgraph_xmem.XmemError)
    }

    told = set(re.findall(r"`(\w+)`", table))
    assert ours - {"XmemError"} <= told
