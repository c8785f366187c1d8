"""The collections of the code store, as the thread's unit of work sees them."""

from collections.abc import Mapping
from typing import Any

from pymongo.database import Database

from outgraph_xmem.code_store.session_collection import SessionCollection
from outgraph_xmem.unit import current_unit


class Collections:
    """Collections by attribute, as callers use them directly: ``store.symbols.find(...)``.

    Inside a unit of work of this thread they read and write in its transaction; outside they are
    PyMongo's own.
    """

    def __init__(self, database: Database[Any]) -> None:
        self._database = database

    # PyMongo's collection, or what stands for it in a unit; both have its methods.
    symbols: Any = property(lambda self: self._joined("raw_symbols"))
    files: Any = property(lambda self: self._joined("raw_files"))
    scan_runs: Any = property(lambda self: self._joined("scan_runs"))
    scanner_jobs: Any = property(lambda self: self._joined("scanner_jobs"))
    scanner_user_repos: Any = property(lambda self: self._joined("scanner_user_repos"))
    scanner_index_visibility: Any = property(lambda self: self._joined("scanner_index_visibility"))
    scanner_community_stars: Any = property(lambda self: self._joined("scanner_community_stars"))

    def _joined(self, name: str) -> Any:
        collection = self._database[name]
        unit = current_unit()
        return collection if unit is None else SessionCollection(collection, unit)

    def _find_all(
        self, name: str, filter: Mapping[str, Any], projection: Mapping[str, int]
    ) -> list[dict[str, Any]]:
        """As ``list(….find(…))``; with no cursor left, a unit's upserts may go on to wait."""
        collection = self._database[name]
        unit = current_unit()
        session = None if unit is None else unit.session_now()
        return list(collection.find(filter, projection, session=session))

    def _upsert(self, name: str, filter: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """As ``update_one`` with ``upsert``; in a unit together with others."""
        collection = self._database[name]
        unit = current_unit()
        if unit is None:
            collection.update_one(filter, changes, upsert=True)
        else:
            unit.upsert(collection, filter, changes)


def field_of(collection: Any, id: str, name: str) -> str | None:
    """A field of the document with that id; None when it has none, or there is no document."""
    found = collection.find_one({"_id": id}, {name: 1})
    value: str | None = found.get(name) if found else None
    return value
