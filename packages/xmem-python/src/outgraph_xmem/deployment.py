"""Whether two addresses lead to one MongoDB deployment."""

from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

from outgraph_xmem.errors import OtherDeployment

ASK_SECONDS = 10.0
"""How long the other address may take to answer."""


def ensure_same_deployment(client: MongoClient[Any], known_uri: str, uri: str) -> None:
    """Addresses that share a host are one deployment; else both are asked who they are.

    :raises OtherDeployment: when they are two, or the other does not answer.
    """
    if uri == known_uri or _hosts(uri) & _hosts(known_uri):
        return
    with pymongo.timeout(ASK_SECONDS):
        here = _identity(client)
        try:
            with MongoClient[Any](uri, appname="outgraph-xmem") as other:
                there = _identity(other)
        except pymongo.errors.PyMongoError as error:
            raise OtherDeployment(f"{_shown(uri)} does not say which deployment it is") from error
    if here != there:
        raise OtherDeployment(
            f"{_shown(uri)} is another MongoDB deployment than {_shown(known_uri)}, which holds "
            "Outgraph's outbox: documents and graph changes could not commit together"
        )


def _hosts(uri: str) -> set[tuple[str, int | None]]:
    return set(parse_uri(uri)["nodelist"])


def _identity(client: MongoClient[Any]) -> Any:
    hello = client.admin.command("hello")
    # A replica set says who is in it; a router says nothing but its own process.
    members = (hello.get("setName"), *sorted(hello.get("hosts", ())))
    return members if members[0] is not None else hello.get("topologyVersion", {}).get("processId")


def _shown(uri: str) -> str:
    """Without user and password."""
    return ",".join(f"{host}:{port}" for host, port in sorted(_hosts(uri), key=str))
