"""How long a writer is held up by a Neo4j that is away.

``python3 -m blocking <job as JSON>`` with a ``Job``; tells one line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import outgraph_xmem
import reference
from outgraph_xmem import CodeGraphClient, Neo4jClient
from reference.connected import Connected
from reference.retrying import FIRST_PAUSE_SECONDS
from sequences.arm import Servers

_SYMBOL = {
    **{"org_id": "acme", "repo": "blocking", "file_path": "a/b.py", "symbol_name": "f"},
    **{"symbol_type": "function", "signature_hash": "h"},
}
_EVENT = ("u-blocking", "01-01", {"event_name": "away", "desc": "while Neo4j was away"})


@dataclass(frozen=True)
class Job:
    servers: dict[str, str]
    calls: int
    """How often each call of Outgraph is made; the median is told."""
    pause_part: float
    """The reference pauses for so much of XMem's time, and what it comes to is reckoned up."""


def main(job: Job) -> dict[str, Any]:
    servers = Servers(**job.servers)
    outgraph_xmem.connect(servers.mongodb_uri, servers.database, source="blocking")
    graph, temporal = CodeGraphClient(*servers.neo4j), Neo4jClient(*servers.neo4j)
    symbols, events = (
        reference.CodeGraphClient(*servers.neo4j),
        reference.Neo4jClient(*servers.neo4j),
    )
    for client in (graph, temporal):
        client.connect()
    return {
        "outgraph_upsert_symbol": _held(lambda: graph.upsert_symbol(**_SYMBOL), job.calls),
        "outgraph_create_event": _held(lambda: temporal.create_event(*_EVENT), job.calls),
        "direct_upsert_symbol": _given_up(
            symbols, lambda: symbols.upsert_symbol(**_SYMBOL), job.pause_part
        ),
        "direct_create_event": _given_up(
            events, lambda: events.create_event(*_EVENT), job.pause_part
        ),
    }


def _held(call: Callable[[], None], times: int) -> dict[str, Any]:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return {"median_seconds": median(taken), "most_seconds": max(taken), "calls": times}


def _given_up(client: Connected, call: Callable[[], None], pause_part: float) -> dict[str, Any]:
    """:returns: what XMem's rule comes to: the measured time, with pauses of their full length."""
    client.retry_delay = FIRST_PAUSE_SECONDS * pause_part
    began = time.perf_counter()
    try:
        client.connect()
    except Exception as error:  # as it meets it later too, in the midst of a call
        client.last_reconnect_error = error
    try:
        call()
    except Exception as error:
        raised = type(error).__name__
    else:
        raise RuntimeError("Neo4j was to be away, and took the write")
    measured = time.perf_counter() - began
    others = measured - client.paused_seconds
    return {
        "seconds": others + client.paused_seconds / pause_part,
        "measured_seconds": measured,
        "attempts": client.attempts_failed,
        "raised": raised,
    }


if __name__ == "__main__":
    print(json.dumps({"ended": main(Job(**json.loads(sys.argv[1])))}), flush=True)
