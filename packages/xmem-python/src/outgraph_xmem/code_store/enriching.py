"""The enricher's cursor: where a document's summary came from."""

from typing import Any

from outgraph_xmem.code_store.now import now

UNENRICHED: dict[str, Any] = {"summary_source": {"$ne": "llm"}}
"""Documents whose summary no model has written."""


def summarise(collection: Any, doc_id: str, summary: str, source: str) -> bool:
    """True when the document is there. It is visible to this thread's next read when this returns,
    inside a unit of work too: so a loop that asks for what is not enriched yet ends."""
    fields = {"summary": summary, "summary_source": source, "enriched_at": now()}
    return bool(collection.update_one({"_id": doc_id}, {"$set": fields}).modified_count)
