"""Clients by what they are made of, for threads and for asyncio behind one face."""

import asyncio
import base64
import inspect
import json
import re
import threading
from typing import Any

from bson import json_util

import outgraph as og
from outgraph.append.v1.outbox_service_pb2 import AppendRequest


class Loop:
    """An event loop of its own thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, awaitable: Any) -> Any:
        async def awaited() -> Any:
            return await awaitable if inspect.isawaitable(awaitable) else awaitable

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class Clients:
    def __init__(self) -> None:
        self._loop = Loop()
        self._opening = threading.Lock()
        self._open: dict[str, Any] = {}

    def call(self, call: dict[str, Any]) -> dict[str, Any]:
        spec = call["client"]
        client = self._client(spec)
        wait = self._loop.run if spec.get("asyncio") else (lambda answer: answer)
        try:
            match call["kind"]:
                case "append":
                    append = append_of(call["request"], call.get("textBytes", 0))
                    return committed(
                        wait(
                            client.append(
                                append.events,
                                writes=append.writes,
                                id=append.id,
                                partition=append.partition,
                            )
                        )
                    )
                case "append_many":
                    results = wait(
                        client.append_many([append_of(each) for each in call["requests"]])
                    )
                    many = [
                        failed(each) if isinstance(each, og.OutgraphError) else committed(each)
                        for each in results
                    ]
                    return {"kind": "many", "many": many}
                case "get_entry":
                    return found(wait(client.get_entry(call["id"])))
                case "wait_applied":
                    seconds = call["timeoutMs"] / 1_000
                    return waited(wait(client.wait_applied(call["ids"], timeout_seconds=seconds)))
                case "close":
                    wait(client.close())
                    return {"kind": "closed"}
                case other:
                    raise ValueError(other)
        except og.OutgraphError as error:
            return failed(error)

    def close(self) -> None:
        for key, client in self._open.items():
            closing = client.close()
            if json.loads(key).get("asyncio"):
                self._loop.run(closing)
        self._loop.stop()

    def _client(self, spec: dict[str, Any]) -> Any:
        key = json.dumps(spec, sort_keys=True)
        with self._opening:
            if key not in self._open:
                self._open[key] = (
                    self._loop.run(made(spec)) if spec.get("asyncio") else opened(spec)
                )
            return self._open[key]


async def made(spec: dict[str, Any]) -> Any:
    return opened(spec)


def opened(spec: dict[str, Any]) -> Any:
    kind = og.AsyncOutgraphClient if spec.get("asyncio") else og.OutgraphClient
    least = spec["delayMsMin"] / 1_000
    return kind(
        spec["url"],
        source="python",
        token=spec.get("token"),
        timeout_seconds=spec["timeoutMs"] / 1_000,
        attempt_timeout_seconds=spec["attemptTimeoutMs"] / 1_000,
        retries=og.RetryOptions(delay_seconds_min=least, delay_seconds_max=max(least, 5.0)),
    )


def append_of(request: str, text_bytes: int = 0) -> og.Append:
    message = AppendRequest.FromString(base64.b64decode(request))
    entry = message.entry
    if text_bytes > 0:
        entry.events[0].mutations[0].merge_node.set["text"].string_value = "x" * text_bytes
    id = {"id": og.EntryId(entry.id)} if entry.id else {}
    return og.Append(entry.events, message.writes, partition=entry.partition, **id)


def committed(done: og.Appended) -> dict[str, Any]:
    documents = [write_result(each) for each in done.documents]
    return {
        "kind": "committed",
        "committed": {
            "entryId": done.entry_id,
            "replayed": done.replayed,
            "documents": documents,
        },
    }


def found(stored: og.StoredEntry) -> dict[str, Any]:
    return {
        "kind": "entry",
        "entry": {
            "bytes": base64.b64encode(stored.entry.SerializeToString()).decode(),
            "state": stored.state,
            "reason": stored.reason or "",
            "documents": [write_result(each) for each in stored.documents],
        },
    }


def waited(answer: og.Waited) -> dict[str, Any]:
    entries = [
        {
            "id": each.id,
            "state": each.state,
            "reason": each.reason or "",
            "acked": each.acked_at is not None,
        }
        for each in answer.entries
    ]
    return {"kind": "waited", "waited": {"entries": entries, "bookmarks": len(answer.bookmarks)}}


def write_result(result: og.WriteResult) -> dict[str, Any]:
    id = None
    if result.id is not None:
        options = json_util.CANONICAL_JSON_OPTIONS
        id = json_util.dumps({"_id": result.id}, json_options=options)
    return {
        "inserted": result.inserted,
        "matched": result.matched,
        "modified": result.modified,
        "deleted": result.deleted,
        "id": id,
    }


def failed(error: og.OutgraphError, **more: Any) -> dict[str, Any]:
    wait = error.retry_after_seconds
    return {
        "kind": "failed",
        "failed": {
            "code": code_of(type(error)),
            "said": error.code,
            "fields": [each.field for each in error.field_violations],
            "retryAfterMs": None if wait is None else round(wait * 1_000),
            "entryId": error.entry_id,
            "attempts": error.attempts,
            **more,
        },
    }


def code_of(kind: type[og.OutgraphError]) -> str:
    """``FailedPreconditionError`` → ``FAILED_PRECONDITION``; of a subclass, its base."""
    base = next(each for each in kind.__mro__ if each.__module__ == "outgraph.errors")
    name = base.__name__.removesuffix("Error")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
