"""The collections of the code store, as the thread's unit of work sees them."""

from typing import Any

from pymongo.collection import Collection
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

    @property
    def symbols(self) -> Any:
        return self._joined("raw_symbols")

    @property
    def files(self) -> Any:
        return self._joined("raw_files")

    @property
    def scans(self) -> Any:
        return self._joined("scan_runs")

    @property
    def scanner_jobs(self) -> Any:
        return self._joined("scanner_jobs")

    @property
    def user_repos(self) -> Any:
        return self._joined("user_repos")

    @property
    def scanner_indexes(self) -> Any:
        return self._joined("scanner_indexes")

    @property
    def community_stars(self) -> Any:
        return self._joined("community_stars")

    def _joined(self, name: str) -> Collection[Any] | SessionCollection:
        collection = self._database[name]
        unit = current_unit()
        return collection if unit is None else SessionCollection(collection, unit)
