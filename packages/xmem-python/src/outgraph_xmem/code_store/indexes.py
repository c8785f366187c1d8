"""The collections of the code store, and the indexes that its questions need."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

_REPO = [("org_id", ASCENDING), ("repo", ASCENDING)]

INDEXES: dict[str, list[IndexModel]] = {
    "raw_symbols": [
        # What a file holds: get_file_symbol_hashes, delete_symbols_for_file.
        IndexModel([*_REPO, ("file_path", ASCENDING)], name="symbols_of_file"),
        IndexModel([*_REPO, ("symbol_name", ASCENDING)], name="symbols_by_name"),
        # The enricher's question: what is not summarised yet, in an order that stays.
        IndexModel([*_REPO, ("summary_source", ASCENDING)], name="symbols_to_enrich"),
    ],
    "raw_files": [
        IndexModel([*_REPO, ("file_path", ASCENDING)], name="files_by_path"),
        IndexModel([*_REPO, ("summary_source", ASCENDING)], name="files_to_enrich"),
    ],
    "scan_runs": [IndexModel(_REPO, name="scan_of_repo", unique=True)],
    "scanner_jobs": [
        IndexModel([*_REPO, ("updated_at", DESCENDING)], name="jobs_of_repo"),
        IndexModel([("user_id", ASCENDING), ("updated_at", DESCENDING)], name="jobs_of_user"),
    ],
    "user_repos": [IndexModel([("user_id", ASCENDING), *_REPO], name="repos_of_user", unique=True)],
    "scanner_indexes": [
        IndexModel([("visibility", ASCENDING), ("updated_at", DESCENDING)], name="visible_indexes"),
    ],
    "community_stars": [IndexModel(_REPO, name="stars_of_repo")],
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
