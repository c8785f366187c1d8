"""The collections of the code store, as the thread's unit of work sees them."""

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
    user_repos: Any = property(lambda self: self._joined("user_repos"))
    scanner_indexes: Any = property(lambda self: self._joined("scanner_indexes"))
    community_stars: Any = property(lambda self: self._joined("community_stars"))

    def _joined(self, name: str) -> Any:
        collection = self._database[name]
        unit = current_unit()
        return collection if unit is None else SessionCollection(collection, unit)
