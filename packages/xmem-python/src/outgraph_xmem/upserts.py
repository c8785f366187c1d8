"""Upserts of a unit of work that go to MongoDB together."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo import UpdateOne
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

TOGETHER_MAX = 500


class Upserts:
    """A scan writes a document for each symbol: together they are one round trip for a file."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Collection[Any], UpdateOne]] = []

    def add(
        self, collection: Collection[Any], filter: Mapping[str, Any], changes: Mapping[str, Any]
    ) -> None:
        """Takes the changes as they are now, whatever becomes of lists in them.

        :raises bson.errors.InvalidDocument: when MongoDB has no type for a value.
        """
        encoded = RawBSONDocument(bson.encode(changes, codec_options=collection.codec_options))
        self._waiting.append((collection, UpdateOne(filter, encoded, upsert=True)))

    @property
    def many(self) -> bool:
        """Whether they should be sent, before they are too much to keep."""
        return len(self._waiting) >= TOGETHER_MAX

    def send(self, session: ClientSession) -> None:
        """Does them in the session's transaction, in the order in which they came."""
        waiting, self._waiting = self._waiting, []
        for collection, upserts in groupby(waiting, key=lambda each: each[0]):
            collection.bulk_write([upsert for _, upsert in upserts], session=session)
