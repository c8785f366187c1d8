"""MongoDB documents on the wire."""

import importlib
from collections.abc import Mapping
from typing import Any, TypeAlias

from outgraph.append.v1.document_pb2 import Document

DocumentLike: TypeAlias = Mapping[str, Any] | bytes | Document
"""A mapping, BSON bytes, or a ready ``Document``, such as ``extended_json`` gives."""


def document_of(document: DocumentLike) -> Document:
    """A document as BSON bytes, as PyMongo would send it.

    :raises ModuleNotFoundError: for a mapping when ``bson`` is not there; bytes and Extended JSON
        need no package.
    :raises bson.errors.InvalidDocument: when a value cannot be stored.
    """
    if isinstance(document, Document):
        return document
    if isinstance(document, bytes):
        return Document(bson=document)
    return Document(bson=_bson().encode(document))


def extended_json(text: str) -> Document:
    """A document as Extended JSON v2. The service reads it, and refuses a text that is none."""
    return Document(extended_json=text)


def id_of(document: Document) -> Any:
    """The ``_id`` of ``{_id: …}``; where ``bson`` is not there, the BSON bytes as they are.

    No error: what this comes with has committed.
    """
    try:
        return _bson().decode(document.bson)["_id"]
    except ModuleNotFoundError:
        return document.bson


def _bson() -> Any:
    try:
        return importlib.import_module("bson")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "documents given as mappings need BSON: pip install 'outgraph-client[mongodb]'",
            name="bson",
        ) from error
