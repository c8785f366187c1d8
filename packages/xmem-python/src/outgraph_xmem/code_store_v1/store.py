"""The code store V1."""

import os
from typing import Any

from neo4j import Bookmarks, Session

from outgraph_xmem.code_store_v1.base import FAMILY
from outgraph_xmem.code_store_v1.edges_written import EdgesWritten
from outgraph_xmem.code_store_v1.nodes_written import NodesWritten
from outgraph_xmem.code_store_v1.reads import Reads
from outgraph_xmem.code_store_v1.removals import Removals
from outgraph_xmem.code_store_v1.scans import Scans
from outgraph_xmem.code_store_v1.schema import schema_cypher
from outgraph_xmem.code_store_v1.summaries import Summaries
from outgraph_xmem.graph_client import Consistency

DIMENSION_VARIABLE = "OUTGRAPH_XMEM_DIMENSION"
DIMENSION = 768


class CodeStoreV1(NodesWritten, EdgesWritten, Summaries, Removals, Scans, Reads):
    """The code graph V1: all of a scan in the graph, sources and vectors included. Labels, keys and
    what each write means in Cypher stand in ``code_store_v1.labels``.

    Each write returns when it has committed in MongoDB, whether Neo4j is up or not, but for
    ``delete_repository`` and ``start_scan``, which look at the graph first, and a symbol whose file
    this process did not write. Safe for all threads.

    :param dimension: how many components the vectors have, for ``setup_schema``; 1 to 4 096.
        Default ``OUTGRAPH_XMEM_DIMENSION``, else 768.
    :param consistency: ``own_writes`` lets each read wait for what this process wrote before;
        ``eventual`` reads what is there.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        *,
        dimension: int | None = None,
        consistency: Consistency = "own_writes",
    ) -> None:
        super().__init__(
            uri,
            username,
            password,
            family=FAMILY,
            embedding_fn=None,
            consistency=consistency,
        )
        self._dimension = _dimension(dimension)

    def setup_schema(self) -> None:
        """Makes 5 constraints, 3 vector indexes and 2 fulltext indexes, unless they are there;
        through the driver, at once."""
        with self.driver.session() as session:
            for cypher in schema_cypher(self._dimension):
                session.run(cypher).consume()

    def _session(self, **config: Any) -> Session:
        """A session of the Neo4j driver for reads of your own, which see what this process wrote
        before. Waits for that first, unless consistency is ``eventual``; pages over
        ``summary_source <> 'llm'`` take one for each page.

        :raises outgraph_xmem.NotInGraphYet: when that takes longer than ``read_timeout_seconds``.
        """
        if self._consistency == "own_writes":
            config.setdefault("bookmarks", Bookmarks.from_raw_values(self.barrier()))
        return self.driver.session(**config)


def _dimension(given: int | None) -> int:
    dimension = int(os.environ.get(DIMENSION_VARIABLE) or DIMENSION) if given is None else given
    if not 1 <= dimension <= 4_096:
        raise ValueError(f"a vector has 1 to 4096 components, not {dimension}")
    return dimension
