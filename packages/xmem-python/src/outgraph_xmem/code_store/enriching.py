"""The enricher's cursor: where a document's summary came from."""

from collections.abc import Mapping
from typing import Any

from outgraph_xmem.code_store.now import now

UNENRICHED: dict[str, Any] = {"summary_source": {"$ne": "llm"}}
"""Documents whose summary no model has written."""


def enrich_again(named: Mapping[str, str], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The update that an upsert is: the fields, and no model's summary unless they say so.

    :param named: what the document is about, which the fields do not change.
    """
    return {"$set": {"summary_source": "", **fields, **named, "indexed_at": now()}}


def summarise(collection: Any, doc_id: str, summary: str, source: str) -> bool:
    """True when the document is there. It is visible to this thread's next read when this returns,
    inside a unit of work too: so a loop that asks for what is not enriched yet ends."""
    fields = {"summary": summary, "summary_source": source, "enriched_at": now()}
    return bool(collection.update_one({"_id": doc_id}, {"$set": fields}).modified_count)
