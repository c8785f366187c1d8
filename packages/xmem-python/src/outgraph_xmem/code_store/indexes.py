"""The collections of the code store, and the indexes that its questions need."""

from typing import Any, TypeAlias

from pymongo import IndexModel
from pymongo.collection import Collection
from pymongo.database import Database

Keys: TypeAlias = tuple[tuple[str, int], ...]

_REPO: Keys = (("org_id", 1), ("repo", 1))
_FILE: Keys = (*_REPO, ("file_path", 1))
_USER: Keys = (("username", 1),)

INDEXES: dict[str, dict[Keys, bool]] = {
    "raw_symbols": {
        (*_FILE, ("symbol_name", 1)): True,
        (*_REPO, ("content_hash", 1)): False,
    },
    "raw_files": {_FILE: True},
    "scan_runs": {_REPO: True},
    "scanner_jobs": {(("job_id", 1),): True, (*_USER, ("updated_at", -1)): False},
    "scanner_user_repos": {(*_USER, ("github_org", 1), ("repo", 1)): True, _USER: False},
    "scanner_index_visibility": {_REPO: True},
    "scanner_community_stars": {(*_USER, *_REPO): True, _REPO: False},
}
"""XMem's 11 indexes: the keys of each, and whether they are unique. The first one of a collection
also makes the collection, which MongoDB could not do as freely inside a transaction."""


def make_indexes(database: Database[Any]) -> None:
    """Makes collections and indexes. One on the same fields that is there already does, whatever
    its name and options: XMem's own may be.

    :raises pymongo.errors.OperationFailure: when documents break a unique one.
    """
    for name, wanted in INDEXES.items():
        collection = database[name]
        there = _keys_of(collection)
        missing = [
            IndexModel(list(keys), unique=True) if unique else IndexModel(list(keys))
            for keys, unique in wanted.items()
            if keys not in there
        ]
        if missing:
            collection.create_indexes(missing)


def _keys_of(collection: Collection[Any]) -> set[Keys]:
    return {tuple(index["key"].items()) for index in collection.list_indexes()}
