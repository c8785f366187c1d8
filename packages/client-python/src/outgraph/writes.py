"""Builders for document writes.

For each of them: ``database`` is by default the one that holds the outbox. ``expected_matches`` is
how many documents must match (for a delete: be deleted); with any other number nothing of the
append is written, and it fails with ``FailedPreconditionError``. ``collation``, ``hint``,
``upsert`` and ``array_filters`` are MongoDB's options of these names.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from outgraph.append.v1 import document_pb2 as pb
from outgraph.append.v1.document_pb2 import DocumentWrite
from outgraph.documents import DocumentLike, document_of

Change = DocumentLike | Sequence[DocumentLike]
"""Update operators, or the stages of an aggregation pipeline."""

HintLike = str | DocumentLike
"""The index to use: its name or its keys."""


def insert_one(
    collection: str, document: DocumentLike, *, database: str | None = None
) -> DocumentWrite:
    """Inserts a document; without an ``_id``, the service makes an ObjectId."""
    insert = pb.InsertOne(document=document_of(document))
    return DocumentWrite(collection=collection, database=database, insert_one=insert)


def replace_one(
    collection: str,
    filter: DocumentLike,
    replacement: DocumentLike,
    *,
    expected_matches: int | None = None,
    upsert: bool = False,
    collation: DocumentLike | None = None,
    hint: HintLike | None = None,
    database: str | None = None,
) -> DocumentWrite:
    """Replaces the first document that matches."""
    replace = pb.ReplaceOne(
        filter=document_of(filter),
        replacement=document_of(replacement),
        upsert=upsert,
        **_choice(collation, hint),
    )
    return DocumentWrite(
        collection=collection,
        database=database,
        expected_matches=expected_matches,
        replace_one=replace,
    )


def update_one(
    collection: str,
    filter: DocumentLike,
    change: Change,
    *,
    expected_matches: int | None = None,
    upsert: bool = False,
    array_filters: Iterable[DocumentLike] = (),
    collation: DocumentLike | None = None,
    hint: HintLike | None = None,
    database: str | None = None,
) -> DocumentWrite:
    """Updates the first document that matches, by update operators or a pipeline."""
    return DocumentWrite(
        collection=collection,
        database=database,
        expected_matches=expected_matches,
        update_one=_update(filter, change, upsert, array_filters, collation, hint),
    )


def update_many(
    collection: str,
    filter: DocumentLike,
    change: Change,
    *,
    expected_matches: int | None = None,
    upsert: bool = False,
    array_filters: Iterable[DocumentLike] = (),
    collation: DocumentLike | None = None,
    hint: HintLike | None = None,
    database: str | None = None,
) -> DocumentWrite:
    """Updates every document that matches, by update operators or a pipeline."""
    return DocumentWrite(
        collection=collection,
        database=database,
        expected_matches=expected_matches,
        update_many=_update(filter, change, upsert, array_filters, collation, hint),
    )


def delete_one(
    collection: str,
    filter: DocumentLike,
    *,
    expected_matches: int | None = None,
    collation: DocumentLike | None = None,
    hint: HintLike | None = None,
    database: str | None = None,
) -> DocumentWrite:
    """Deletes the first document that matches."""
    return DocumentWrite(
        collection=collection,
        database=database,
        expected_matches=expected_matches,
        delete_one=pb.Delete(filter=document_of(filter), **_choice(collation, hint)),
    )


def delete_many(
    collection: str,
    filter: DocumentLike,
    *,
    expected_matches: int | None = None,
    collation: DocumentLike | None = None,
    hint: HintLike | None = None,
    database: str | None = None,
) -> DocumentWrite:
    """Deletes every document that matches."""
    return DocumentWrite(
        collection=collection,
        database=database,
        expected_matches=expected_matches,
        delete_many=pb.Delete(filter=document_of(filter), **_choice(collation, hint)),
    )


def _update(
    filter: DocumentLike,
    change: Change,
    upsert: bool,
    array_filters: Iterable[DocumentLike],
    collation: DocumentLike | None,
    hint: HintLike | None,
) -> pb.Update:
    made = pb.Update(
        filter=document_of(filter),
        upsert=upsert,
        array_filters=[document_of(each) for each in array_filters],
        **_choice(collation, hint),
    )
    if isinstance(change, (Mapping, bytes, pb.Document)):
        made.operators.CopyFrom(document_of(change))
    else:
        made.pipeline.stages.extend(document_of(stage) for stage in change)
        made.pipeline.SetInParent()
    return made


def _choice(collation: DocumentLike | None, hint: HintLike | None) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if collation is not None:
        chosen["collation"] = document_of(collation)
    if isinstance(hint, str):
        chosen["hint"] = pb.Hint(name=hint)
    elif hint is not None:
        chosen["hint"] = pb.Hint(keys=document_of(hint))
    return chosen
