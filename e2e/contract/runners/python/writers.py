"""The in-transaction writers."""

import asyncio
import base64
from typing import Any

import pymongo

import outgraph as og
from clients import failed
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.writer import open_async_writer, open_writer


def transact(call: dict[str, Any]) -> dict[str, Any]:
    """Entries, each with a document, each in a transaction of its own."""
    if call["writer"].get("asyncio"):
        return asyncio.run(_with_tasks(call))
    many = []
    connect: pymongo.MongoClient[Any] = pymongo.MongoClient(call["writer"]["mongodbUri"])
    with connect as client:
        db = client[call["writer"]["database"]]
        writer = open_writer(db, source="writer")
        for entry in map(_entry, call["entries"]):

            def insert(unit: Any, id: str = entry.id) -> None:
                db.told.insert_one({"_id": id}, session=unit.session)

            try:
                done = writer.transact(insert, **_append(entry))
            except og.OutgraphError as error:
                many.append(_failed(error))
            else:
                many.append(_committed(done))
    return {"kind": "many", "many": many}


async def _with_tasks(call: dict[str, Any]) -> dict[str, Any]:
    many = []
    uri = call["writer"]["mongodbUri"]
    connect: pymongo.AsyncMongoClient[Any] = pymongo.AsyncMongoClient(uri)
    async with connect as client:
        db = client[call["writer"]["database"]]
        writer = await open_async_writer(db, source="writer")
        for entry in map(_entry, call["entries"]):

            async def insert(unit: Any, id: str = entry.id) -> None:
                await db.told.insert_one({"_id": id}, session=unit.session)

            try:
                done = await writer.transact(insert, **_append(entry))
            except og.OutgraphError as error:
                many.append(_failed(error))
            else:
                many.append(_committed(done))
    return {"kind": "many", "many": many}


def _entry(encoded: str) -> Entry:
    return Entry.FromString(base64.b64decode(encoded))


def _append(entry: Entry) -> dict[str, Any]:
    return {
        "events": list(entry.events),
        "id": og.entry_id(entry.id),
        "partition": entry.partition,
    }


def _committed(done: Any) -> dict[str, Any]:
    committed = {"entryId": done.entry_id, "replayed": done.replayed, "documents": []}
    return {"kind": "committed", "committed": committed}


def _failed(error: og.OutgraphError) -> dict[str, Any]:
    return failed(error, reason=type(error).__name__)
