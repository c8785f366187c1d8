"""The collections of the code store, and the indexes that its questions need."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

_REPO = [("org_id", ASCENDING), ("repo", ASCENDING)]
_FILE = [*_REPO, ("file_path", ASCENDING)]
_LATEST = ("updated_at", DESCENDING)


def _index(*keys: tuple[str, int], unique: bool = False) -> IndexModel:
    # By the name that MongoDB gives it: under another one it would be refused beside XMem's own.
    return IndexModel(list(keys), unique=True) if unique else IndexModel(list(keys))


INDEXES: dict[str, list[IndexModel]] = {
    "raw_symbols": [
        _index(*_FILE, ("symbol_name", ASCENDING), unique=True),
        _index(*_REPO, ("content_hash", ASCENDING)),
    ],
    "raw_files": [_index(*_FILE, unique=True)],
    "scan_runs": [_index(*_REPO, unique=True)],
    "scanner_jobs": [
        _index(("job_id", ASCENDING), unique=True),
        _index(("username", ASCENDING), _LATEST),
    ],
    "scanner_user_repos": [
        _index(
            ("username", ASCENDING), ("github_org", ASCENDING), ("repo", ASCENDING), unique=True
        ),
        _index(("username", ASCENDING)),
    ],
    "scanner_index_visibility": [_index(*_REPO, unique=True)],
    "scanner_community_stars": [
        _index(("username", ASCENDING), *_REPO, unique=True),
        _index(*_REPO),
    ],
}
"""11 indexes. The first one of a collection also makes the collection, which MongoDB could not do
as freely inside a transaction."""


def make_indexes(database: Database[Any]) -> None:
    """Makes collections and indexes unless they are there.

    :raises pymongo.errors.OperationFailure: when another index stands in the way, or documents
        break a unique one.
    """
    for collection, indexes in INDEXES.items():
        database[collection].create_indexes(indexes)
