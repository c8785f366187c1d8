"""The code store."""

from outgraph_xmem.code_store.dashboard import Dashboard
from outgraph_xmem.code_store.files import Files
from outgraph_xmem.code_store.indexes import make_indexes
from outgraph_xmem.code_store.scans import Scans
from outgraph_xmem.code_store.symbols import Symbols
from outgraph_xmem.connection import connected


class CodeStore(Files, Symbols, Scans, Dashboard):
    """Symbols, files, scans and what the dashboard keeps, as documents.

    Outside a unit of work each method is a plain write, done when it returns. Inside
    (``with outgraph_xmem.unit():``) it joins the unit's transaction, with the graph's changes; the
    unit's reads see it at once, everybody else when the unit has committed.

    Safe for all threads. Makes its collections and 11 indexes at once, unless they are there. The
    client is that of Outgraph's connection.

    :param uri: where the documents are: the deployment that holds Outgraph's outbox.
    :param database: which database they are in; need not be the outbox's.
    :raises outgraph_xmem.NotConfigured: when nobody said where the outbox is.
    :raises outgraph_xmem.OtherDeployment: when it is elsewhere.
    """

    def __init__(self, uri: str, database: str) -> None:
        super().__init__(connected().documents(uri, database))
        make_indexes(self._database)

    def close(self) -> None:
        """Does nothing: the connection is the process', and others use it."""
