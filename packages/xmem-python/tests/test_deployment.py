"""Documents are taken where the outbox is, whatever it is called, and nowhere else."""

from typing import Any

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from outgraph_xmem import OtherDeployment
from outgraph_xmem.deployment import ensure_same_deployment

HERE = "mongodb://a:1,b:2/?replicaSet=rs0"


class Server:
    """Answers as a ``MongoClient`` of that deployment."""

    def __init__(self, hello: dict[str, Any] | None) -> None:
        self.admin = self
        self._hello = hello

    def command(self, name: str) -> dict[str, Any]:
        assert name == "hello"
        if self._hello is None:
            raise ServerSelectionTimeoutError("nobody there")
        return self._hello

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        pass


MEMBERS = {"setName": "rs0", "hosts": ["a:1", "b:2"]}


def ask(
    monkeypatch: pytest.MonkeyPatch, here: dict[str, Any], there: dict[str, Any] | None, uri: str
) -> None:
    class Other:
        def __class_getitem__(cls, _: object) -> Any:
            return lambda uri, appname: Server(there)

    monkeypatch.setattr("outgraph_xmem.deployment.MongoClient", Other)
    ensure_same_deployment(Server(here), HERE, uri)  # type: ignore[arg-type]


@pytest.mark.parametrize("uri", [HERE, "mongodb://b:2", "mongodb://user:pass@B:2/db?w=1"])
def test_a_shared_host_is_enough(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    ask(monkeypatch, {}, None, uri)


def test_another_name_of_the_same_members_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"setName": "rs0", "hosts": ["b:2", "a:1"]}
    ask(monkeypatch, MEMBERS, there, "mongodb://alias:9")


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (MEMBERS, {"setName": "rs0", "hosts": ["c:1"]}),
        (MEMBERS, {"setName": "rs1", "hosts": ["a:1", "b:2"]}),
        (MEMBERS, {"topologyVersion": {"processId": 1}}),
        (MEMBERS, None),
        ({"topologyVersion": {"processId": 1}}, {"topologyVersion": {"processId": 2}}),
    ],
)
def test_others_are_refused(
    monkeypatch: pytest.MonkeyPatch, here: dict[str, Any], there: dict[str, Any] | None
) -> None:
    with pytest.raises(OtherDeployment, match="c:9"):
        ask(monkeypatch, here, there, "mongodb://user:secret@c:9")
