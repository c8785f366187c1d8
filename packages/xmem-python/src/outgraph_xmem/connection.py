"""The one connection of a process to Outgraph."""

import os
import threading
from typing import Any

import pymongo
from outgraph.writer import OutboxWriter, open_writer
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import OperationFailure

from outgraph_xmem.deployment import ensure_same_deployment
from outgraph_xmem.errors import NotConfigured
from outgraph_xmem.options import Options, options_of
from outgraph_xmem.own_entries import OwnEntries

LIFETIME_SECONDS = 60.0
"""MongoDB's own default, for servers that do not say (routers, and users who may not ask)."""


class Connection:
    """Clients, writer and limits that everything in this package shares. Safe for all threads."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.client: MongoClient[Any] = MongoClient(options.mongodb_uri, appname="outgraph-xmem")
        try:
            with pymongo.timeout(options.timeout_seconds):
                self.writer: OutboxWriter = open_writer(
                    self.client[options.database], source=options.source
                )
                self.unit_seconds_max: float = _transaction_lifetime(self.client) / 2
        except BaseException:
            self.client.close()
            raise
        self.own_entries = OwnEntries(self.writer.wait_applied)

    def documents(self, uri: str, database: str) -> Database[Any]:
        """A database for documents, over the client that writes the outbox: so both can be in one
        transaction.

        :param uri: where the documents are. Only looked at: user, password and options are those of
            Outgraph's own address.
        :raises OtherDeployment: when that is not where the outbox is.
        """
        ensure_same_deployment(self.client, self.options.mongodb_uri, uri)
        return self.client[database]

    def close(self) -> None:
        self.client.close()


def _transaction_lifetime(client: MongoClient[Any]) -> float:
    name = "transactionLifetimeLimitSeconds"
    try:
        return float(client.admin.command({"getParameter": 1, name: 1})[name])
    except OperationFailure:
        return LIFETIME_SECONDS


_lock = threading.Lock()
_connection: Connection | None = None


def connect(
    mongodb_uri: str | None = None,
    database: str | None = None,
    *,
    source: str | None = None,
    timeout_seconds: float | None = None,
    read_timeout_seconds: float | None = None,
) -> Connection:
    """Connects this process to Outgraph: once, before the first client is made. What is not given
    comes from the environment (``OUTGRAPH_MONGODB_URI``, …; see ``Options``). Where the environment
    says it all, nobody needs to call this.

    Returns the connection that is there when it is asked for the same again.

    :raises NotConfigured: when addresses are missing, or others are connected already.
    :raises outgraph.writer.OutboxUnusable: when the database has no outbox; says what makes one.
    """
    global _connection
    options = options_of(
        os.environ,
        mongodb_uri=mongodb_uri,
        database=database,
        source=source,
        timeout_seconds=timeout_seconds,
        read_timeout_seconds=read_timeout_seconds,
    )
    with _lock:
        if _connection is None:
            _connection = Connection(options)
        elif _connection.options != options:
            raise NotConfigured(
                "this process is connected to Outgraph already, with other options; call "
                "outgraph_xmem.disconnect() first, when nothing uses them any more"
            )
        return _connection


def connected() -> Connection:
    """The connection of this process; made from the environment when there is none yet.

    :raises NotConfigured: when the environment does not say enough.
    """
    found = _connection
    return connect() if found is None else found


def disconnect() -> None:
    """Closes the connection; the next use makes a new one. Clients made before do not notice."""
    global _connection
    with _lock:
        found, _connection = _connection, None
    if found is not None:
        found.close()
