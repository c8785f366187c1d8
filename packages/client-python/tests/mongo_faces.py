"""PyMongo and its async API behind one face, so that one test holds both writers to one meaning."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
from blocking import LoopThread

from outgraph.writer import open_async_writer, open_writer

ROOT = Path(__file__).resolve().parents[3]


def mongodb_uri() -> str:
    return given("OUTGRAPH_MONGODB_URI")


def given(name: str) -> str:
    """A variable of the environment that a test cannot do without."""
    if name not in os.environ:
        pytest.fail(f"{name} is not set; without servers, run: pytest -m 'not servers'")
    return os.environ[name]


@contextmanager
def outbox_database() -> Iterator[str]:
    """A database of its own with an outbox, made by the set-up that everybody runs."""
    name = f"python_{uuid.uuid4().hex[:12]}"
    setup = [str(ROOT / "node_modules/.bin/node"), str(ROOT / "packages/outbox/src/main.ts")]
    command = [*setup, "setup", "--mongodb-uri", mongodb_uri(), "--database", name]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(mongodb_uri())
    try:
        client[name].create_collection("orders")
        yield name
    finally:
        client.drop_database(name)
        client.close()


class Face:
    """A client, its database and a writer."""

    def __init__(self, client: Any, database: str) -> None:
        self.client = client
        self.db = client[database]
        self.orders = self.db.orders
        self.writer: Any = None

    def run(self, answer: Any) -> Any:
        """What a call gives."""
        return answer

    def session(self) -> Any:
        return self.client.start_session()

    def close(self) -> None:
        self.run(self.client.close())


class AsyncFace(Face):
    def __init__(self, client: Any, database: str, thread: LoopThread) -> None:
        super().__init__(client, database)
        self.thread = thread

    def run(self, answer: Any) -> Any:
        async def awaited() -> Any:
            return await answer

        return self.thread.run(awaited())

    def close(self) -> None:
        super().close()
        self.thread.stop()


def face_of(kind: str, database: str, uri: str | None = None, **options: Any) -> Face:
    """:param kind: "pymongo" or "async"."""
    face: Face
    if kind == "pymongo":
        face = Face(pymongo.MongoClient(uri or mongodb_uri(), **options), database)
        face.writer = open_writer(face.db, source="shop") if uri is None else None
        return face
    thread = LoopThread()

    async def connect() -> Any:
        return pymongo.AsyncMongoClient(uri or mongodb_uri(), **options)

    face = AsyncFace(thread.run(connect()), database, thread)
    face.writer = thread.run(open_async_writer(face.db, source="shop")) if uri is None else None
    return face
