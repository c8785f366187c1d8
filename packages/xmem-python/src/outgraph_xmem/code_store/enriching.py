"""The enricher's cursor: where a document's summary came from."""

from typing import Any

from outgraph_xmem.code_store.now import now

UNENRICHED: dict[str, Any] = {"summary_source": {"$ne": "llm"}}
"""Documents whose summary no model has written."""


def summary_of(summary: str, source: str) -> dict[str, Any]:
    stamped = {"summary": summary, "summary_source": source, "enriched_at": now()}
    return {"$set": stamped}
