"""The examples of the README run as they stand, but for the addresses."""

import re
from pathlib import Path

import pymongo
import pytest
from mongo_faces import given, mongodb_uri

from outgraph import OutgraphClient
from outgraph.connection import Tls
from outgraph.retry import RetryOptions

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.S)


@pytest.mark.servers
def test_the_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(mongodb_uri())
    db = client[given("OUTGRAPH_DATABASE")]
    for name in ("papers",):
        db.drop_collection(name)
        db.create_collection(name)
    names: dict[str, object] = {}
    try:
        for example in EXAMPLES:
            here = example.replace("http://127.0.0.1:8480", given("OUTGRAPH_APPEND_URL"))
            here = here.replace("mongodb://127.0.0.1:27017/?replicaSet=rs0", mongodb_uri())
            here = here.replace('["library"]', f'["{db.name}"]')
            exec(compile(here, "README.md", "exec"), names)
        papers = db.papers.count_documents({})
        names["db"].client.close()  # type: ignore[attr-defined]
    finally:
        client.close()

    said = capsys.readouterr().out.splitlines()
    assert said[0] == "applied"
    assert said[1].endswith(" False")
    assert papers == 2


def test_the_first_example_is_short() -> None:
    assert len([line for line in EXAMPLES[0].splitlines() if line]) <= 12


def test_every_option_is_in_the_table_with_its_default() -> None:
    table = README[README.index("## Options") : README.index("## How it fails")]
    options = set(OutgraphClient.__init__.__annotations__) - {"url", "return"}

    assert set(re.findall(r"^\| `(\w+)`", table, re.M)) == options
    for name in {*RetryOptions.__annotations__, *Tls.__annotations__}:
        assert f"{name}=" in table
