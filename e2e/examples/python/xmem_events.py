"""XMem's events, and what they change in the graph."""

from datetime import timezone

import outgraph as og
from outgraph.graph.v1.mutation_pb2 import Mutation

from xmem.v1.xmem_pb2 import (
    CallFound,
    FileKey,
    FileRemoved,
    MemoryEventRecorded,
    MemoryEventRemoved,
    SymbolIndexed,
)


def file_properties(file: FileKey) -> dict[str, og.PropertyValue]:
    """What tells a file in the graph, and all its symbols; "" where nobody told it."""
    return {"org_id": file.org_id, "repo": file.repo, "file_path": file.file_path}


def _recorded(event: MemoryEventRecorded) -> list[Mutation]:
    user, day = og.node("User", {"user_id": event.user_id}), og.node("Date", {"date": event.date})
    set: dict[str, og.PropertyValue] = {
        "event_name": event.event_name,
        "desc": event.desc,
        "year": event.year,
        "time": event.time,
        "date_expression": event.date_expression,
    }
    if event.embedding:
        set["embedding"] = list(event.embedding)
    return [og.merge_node(user), og.merge_node(day), og.create_edge("HAS_EVENT", user, day, set)]


def _removed(event: MemoryEventRemoved) -> list[Mutation]:
    user = og.nodes("User", {"user_id": event.user_id})
    day = og.nodes("Date", {"date": event.date})
    where: dict[str, og.PropertyValue] = (
        {"event_name": event.event_name} if event.event_name else {}
    )
    return [og.delete_edges(og.edges("HAS_EVENT", user, day, where))]


def _indexed(event: SymbolIndexed) -> list[Mutation]:
    key = file_properties(event.file)
    file = og.node("File", key)
    symbol = og.node(
        "Symbol",
        {**key, "symbol_name": event.symbol_name, "signature_hash": event.signature_hash},
    )
    set: dict[str, og.PropertyValue] = {
        "symbol_type": event.symbol_type,
        "signature": event.signature,
        "start_line": event.start_line,
        "end_line": event.end_line,
        "imports": list(event.imports),
    }
    if event.HasField("parent_class"):
        set["parent_class"] = event.parent_class
    if event.HasField("indexed_at"):
        set["indexed_at"] = event.indexed_at.ToDatetime(timezone.utc)
    return [
        og.merge_node(file),
        og.merge_node(symbol, set=set, replace=True),
        og.merge_edge(og.edge("DEFINES", file, symbol)),
    ]


def _called(event: CallFound) -> list[Mutation]:
    caller = {**file_properties(event.caller_file), "symbol_name": event.caller_name}
    callee = {**file_properties(event.callee_file), "symbol_name": event.callee_name}
    ends = og.nodes("Symbol", caller), og.nodes("Symbol", callee)
    return [og.merge_edges("CALLS", *ends, set={"call_count": event.call_count})]


def _file_removed(event: FileRemoved) -> list[Mutation]:
    key = file_properties(event.file)
    return [og.delete_nodes(og.nodes("Symbol", key)), og.delete_node(og.node("File", key))]


memory_event_recorded = og.define_event(MemoryEventRecorded, _recorded)
"""One more event of a user's day, parallel to those there: what is appended once is there once."""

memory_event_removed = og.define_event(MemoryEventRemoved, _removed)
"""The events of that name on the day are gone; without a name, all of the day's."""

symbol_indexed = og.define_event(SymbolIndexed, _indexed)
"""A symbol in its file. What nobody told is taken away, also from one that is there."""

call_found = og.define_event(CallFound, _called)
"""From every version of the caller to every version of the callee; nothing where there is none."""

file_removed = og.define_event(FileRemoved, _file_removed)
"""Neither the file nor any version of its symbols is left."""
