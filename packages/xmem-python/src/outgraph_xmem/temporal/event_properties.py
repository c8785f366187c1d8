"""The properties of an event's edge."""

from collections.abc import Mapping
from typing import Any

from outgraph_xmem.graph_client import Embedding

NAMES = ("event_name", "year", "desc", "time", "date_expression")


def event_properties(event: Mapping[str, Any], embedding_fn: Embedding | None) -> dict[str, Any]:
    """What is stored of an event: what it says, without Nones, and the embedding of its name and
    description, as a list of floats that Neo4j's vector functions take."""
    properties = {name: event.get(name) for name in NAMES}
    properties["embedding"] = _embedding(event, embedding_fn)
    return {name: value for name, value in properties.items() if value is not None}


def _embedding(event: Mapping[str, Any], embedding_fn: Embedding | None) -> list[float] | None:
    name, text = event.get("event_name", ""), event.get("desc", "")
    searched = f"{name}: {text}" if text else name
    return floats(embedding_fn(searched)) if embedding_fn is not None and searched else None


def floats(components: Any) -> list[float] | None:
    """Components of any kind of sequence or array of numbers."""
    return None if components is None else [float(each) for each in components]
