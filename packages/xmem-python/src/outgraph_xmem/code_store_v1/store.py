"""The code store V1."""

from neo4j import Bookmarks, Session

from outgraph_xmem.code_store_v1.base import FAMILY
from outgraph_xmem.code_store_v1.edges_written import EdgesWritten
from outgraph_xmem.code_store_v1.labels import DIMENSION_MAX
from outgraph_xmem.code_store_v1.nodes_written import NodesWritten
from outgraph_xmem.code_store_v1.reads import Reads
from outgraph_xmem.code_store_v1.removals import Removals
from outgraph_xmem.code_store_v1.scans import Scans
from outgraph_xmem.code_store_v1.schema import schema_cypher
from outgraph_xmem.code_store_v1.searches import Searches
from outgraph_xmem.code_store_v1.summaries import Summaries
from outgraph_xmem.graph_client import Consistency


class CodeStoreV1(NodesWritten, EdgesWritten, Summaries, Removals, Scans, Reads, Searches):
    """The code graph V1: all of a scan in the graph, sources and vectors included. Labels, keys and
    what each write means in Cypher stand in ``code_store_v1.labels``.

    Each write returns when it has committed in MongoDB, whether Neo4j is up or not, but for
    ``delete_repository`` and ``start_scan``, which look at the graph first, and a symbol whose file
    this process did not write. Safe for all threads.

    :param database: which of Neo4j's databases reads ask; the relay's. Default the server's own.
    :param embedding_dimension: how many components the model's vectors have; 1 to 4 096. Only
        ``setup_schema`` asks for it.
    :param consistency: ``own_writes`` lets each read wait for what this process wrote before;
        ``eventual`` reads what is there. What a write depends on is waited for in any case.
    """

    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        database: str | None = None,
        embedding_dimension: int = 384,
        *,
        consistency: Consistency = "own_writes",
    ) -> None:
        if not 1 <= embedding_dimension <= DIMENSION_MAX:
            raise ValueError(
                f"a vector has 1 to {DIMENSION_MAX} components, not {embedding_dimension}"
            )
        super().__init__(
            uri,
            username,
            password,
            family=FAMILY,
            embedding_fn=None,
            consistency=consistency,
            database=database,
        )
        self.database = database
        self.embedding_dimension = embedding_dimension

    def setup_schema(self) -> None:
        """Makes 5 constraints, 3 vector indexes and 2 fulltext indexes, unless they are there;
        through the driver, at once.
        """
        with self.driver.session(database=self._database) as session:
            for cypher in schema_cypher(self.embedding_dimension):
                session.run(cypher).consume()

    def _session(self) -> Session:
        """A session of the Neo4j driver for reads of your own, which see what this process wrote
        before. Waits for that first, unless consistency is ``eventual``; pages over
        ``summary_source <> 'llm'`` take one for each page.

        :raises outgraph_xmem.NotInGraphYet: when that takes longer than ``read_timeout_seconds``.
        :raises outgraph_xmem.GraphChangesPending: inside a unit of work that has changed the graph.
        """
        seen = Bookmarks.from_raw_values(self._seen())
        return self.driver.session(database=self._database, bookmarks=seen)
