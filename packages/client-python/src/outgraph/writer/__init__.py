"""Append graph changes inside your own MongoDB transaction, by PyMongo.

Needs the extra ``mongodb``: ``pip install 'outgraph-client[mongodb]'``.
"""

from outgraph.writer.aio_writer import AsyncOutboxWriter, AsyncUnitOfWork, open_async_writer
from outgraph.writer.errors import (
    AlreadyAppended,
    AlreadyCommitted,
    EntryInvalid,
    EntryTooLarge,
    IdExpired,
    IdReused,
    MutationUnsupported,
    NoTransaction,
    OutboxUnusable,
    OutcomeUnknown,
    TransactionGaveUp,
)
from outgraph.writer.unit import Transacted
from outgraph.writer.writer import OutboxWriter, UnitOfWork, open_writer

__all__ = [
    "AlreadyAppended",
    "AlreadyCommitted",
    "AsyncOutboxWriter",
    "AsyncUnitOfWork",
    "EntryInvalid",
    "EntryTooLarge",
    "IdExpired",
    "IdReused",
    "MutationUnsupported",
    "NoTransaction",
    "OutboxUnusable",
    "OutboxWriter",
    "OutcomeUnknown",
    "Transacted",
    "TransactionGaveUp",
    "UnitOfWork",
    "open_async_writer",
    "open_writer",
]
