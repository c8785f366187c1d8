"""Documents in MongoDB, graph in Neo4j, never out of step.

``OutgraphClient`` and ``AsyncOutgraphClient`` append documents and graph changes through the append
service; ``outgraph.writer`` does so inside your own PyMongo transaction.
"""

from outgraph.aio_client import AsyncOutgraphClient
from outgraph.answers import Appended, EntryState, Progress, StoredEntry, Waited, WriteResult
from outgraph.appends import Append
from outgraph.check import Violation, violations_of
from outgraph.client import OutgraphClient
from outgraph.connection import Tls
from outgraph.documents import extended_json
from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId, entry_id, entry_id_for, entry_id_time, new_entry_id
from outgraph.errors import (
    AbortedError,
    AlreadyExistsError,
    CancelledError,
    DeadlineExceededError,
    FailedPreconditionError,
    FieldViolation,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    OutgraphError,
    PermissionDeniedError,
    ResourceExhaustedError,
    UnauthenticatedError,
    UnavailableError,
    UnimplementedError,
)
from outgraph.events import event
from outgraph.matches import (
    delete_edges,
    delete_nodes,
    edges,
    merge_edges,
    nodes,
    update_edges,
    update_nodes,
)
from outgraph.mutations import (
    accumulate,
    create_edge,
    delete_edge,
    delete_node,
    edge,
    merge_edge,
    merge_node,
    node,
)
from outgraph.point import Point
from outgraph.projection import ProjectedEdge, ProjectedNode, Projection, projection_diff
from outgraph.retry import RetryOptions
from outgraph.temporal import Duration
from outgraph.typed_event import EventType, define_event
from outgraph.unit_of_work import AsyncUnitOfWork, UnitOfWork
from outgraph.value import InvalidValue, Properties, PropertyValue, Vector, to_properties, to_value
from outgraph.writes import (
    delete_many,
    delete_one,
    insert_one,
    replace_one,
    update_many,
    update_one,
)

__all__ = [
    "AbortedError",
    "AlreadyExistsError",
    "Append",
    "Appended",
    "AsyncOutgraphClient",
    "AsyncUnitOfWork",
    "CancelledError",
    "DeadlineExceededError",
    "Duration",
    "EntryId",
    "EntryState",
    "Event",
    "EventType",
    "FailedPreconditionError",
    "FieldViolation",
    "InternalError",
    "InvalidArgumentError",
    "InvalidValue",
    "NotFoundError",
    "OutgraphClient",
    "OutgraphError",
    "PermissionDeniedError",
    "Point",
    "Progress",
    "ProjectedEdge",
    "ProjectedNode",
    "Projection",
    "Properties",
    "PropertyValue",
    "ResourceExhaustedError",
    "RetryOptions",
    "StoredEntry",
    "Tls",
    "UnauthenticatedError",
    "UnavailableError",
    "UnimplementedError",
    "UnitOfWork",
    "Vector",
    "Violation",
    "Waited",
    "WriteResult",
    "accumulate",
    "create_edge",
    "define_event",
    "delete_edge",
    "delete_edges",
    "delete_many",
    "delete_node",
    "delete_nodes",
    "delete_one",
    "edge",
    "edges",
    "entry_id",
    "entry_id_for",
    "entry_id_time",
    "event",
    "extended_json",
    "insert_one",
    "merge_edge",
    "merge_edges",
    "merge_node",
    "new_entry_id",
    "node",
    "nodes",
    "projection_diff",
    "replace_one",
    "to_properties",
    "to_value",
    "update_edges",
    "update_many",
    "update_nodes",
    "update_one",
    "violations_of",
]
