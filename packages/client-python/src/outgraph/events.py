"""What an entry is made of."""

from collections.abc import Iterable
from datetime import datetime

from google.protobuf.any_pb2 import Any
from google.protobuf.message import Message

from outgraph.entry.v1.entry_pb2 import Event
from outgraph.graph.v1.mutation_pb2 import Mutation


def event(
    type: str,
    mutations: Iterable[Mutation] = (),
    *,
    occurred_at: datetime | None = None,
    payload: Message | None = None,
) -> Event:
    """One typed fact, and what it changes in the graph.

    :param type: the name of its type, such as ``shop.v1.OrderPlaced``.
    :param mutations: what it changes, in order; by ``merge_node``, ``delete_edge``, … None is
        allowed: the event is then for other consumers alone.
    :param occurred_at: when it happened, by your clock, with a zone.
    :param payload: the typed event itself, for other consumers; it is packed into an ``Any``
        unless it is one.
    :raises ValueError: when ``occurred_at`` has no zone.
    """
    made = Event(type=type, mutations=mutations)
    if occurred_at is not None:
        if occurred_at.utcoffset() is None:
            raise ValueError("occurred_at needs a zone, such as timezone.utc")
        made.occurred_at.FromDatetime(occurred_at)
    if isinstance(payload, Any):
        made.payload.CopyFrom(payload)
    elif payload is not None:
        # In one order of its maps, so that a repeat has equal content.
        made.payload.Pack(payload, deterministic=True)
    return made
