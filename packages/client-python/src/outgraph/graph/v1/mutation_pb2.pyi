from outgraph.graph.v1 import value_pb2 as _value_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AbsentEnds(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ABSENT_ENDS_UNSPECIFIED: _ClassVar[AbsentEnds]
    ABSENT_ENDS_STUB: _ClassVar[AbsentEnds]
    ABSENT_ENDS_REQUIRE: _ClassVar[AbsentEnds]
    ABSENT_ENDS_IF_PRESENT: _ClassVar[AbsentEnds]
ABSENT_ENDS_UNSPECIFIED: AbsentEnds
ABSENT_ENDS_STUB: AbsentEnds
ABSENT_ENDS_REQUIRE: AbsentEnds
ABSENT_ENDS_IF_PRESENT: AbsentEnds

class Mutation(_message.Message):
    __slots__ = ("merge_node", "delete_node", "merge_edge", "create_edge", "delete_edge", "accumulate", "update_nodes", "delete_nodes", "merge_edges", "update_edges", "delete_edges")
    MERGE_NODE_FIELD_NUMBER: _ClassVar[int]
    DELETE_NODE_FIELD_NUMBER: _ClassVar[int]
    MERGE_EDGE_FIELD_NUMBER: _ClassVar[int]
    CREATE_EDGE_FIELD_NUMBER: _ClassVar[int]
    DELETE_EDGE_FIELD_NUMBER: _ClassVar[int]
    ACCUMULATE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_NODES_FIELD_NUMBER: _ClassVar[int]
    DELETE_NODES_FIELD_NUMBER: _ClassVar[int]
    MERGE_EDGES_FIELD_NUMBER: _ClassVar[int]
    UPDATE_EDGES_FIELD_NUMBER: _ClassVar[int]
    DELETE_EDGES_FIELD_NUMBER: _ClassVar[int]
    merge_node: MergeNode
    delete_node: DeleteNode
    merge_edge: MergeEdge
    create_edge: CreateEdge
    delete_edge: DeleteEdge
    accumulate: Accumulate
    update_nodes: UpdateNodes
    delete_nodes: DeleteNodes
    merge_edges: MergeEdges
    update_edges: UpdateEdges
    delete_edges: DeleteEdges
    def __init__(self, merge_node: _Optional[_Union[MergeNode, _Mapping]] = ..., delete_node: _Optional[_Union[DeleteNode, _Mapping]] = ..., merge_edge: _Optional[_Union[MergeEdge, _Mapping]] = ..., create_edge: _Optional[_Union[CreateEdge, _Mapping]] = ..., delete_edge: _Optional[_Union[DeleteEdge, _Mapping]] = ..., accumulate: _Optional[_Union[Accumulate, _Mapping]] = ..., update_nodes: _Optional[_Union[UpdateNodes, _Mapping]] = ..., delete_nodes: _Optional[_Union[DeleteNodes, _Mapping]] = ..., merge_edges: _Optional[_Union[MergeEdges, _Mapping]] = ..., update_edges: _Optional[_Union[UpdateEdges, _Mapping]] = ..., delete_edges: _Optional[_Union[DeleteEdges, _Mapping]] = ...) -> None: ...

class NodeRef(_message.Message):
    __slots__ = ("label", "key")
    class KeyEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    LABEL_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    label: str
    key: _containers.MessageMap[str, _value_pb2.Value]
    def __init__(self, label: _Optional[str] = ..., key: _Optional[_Mapping[str, _value_pb2.Value]] = ...) -> None: ...

class EdgeRef(_message.Message):
    __slots__ = ("type", "to", "key")
    class KeyEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    type: str
    to: NodeRef
    key: _containers.MessageMap[str, _value_pb2.Value]
    def __init__(self, type: _Optional[str] = ..., to: _Optional[_Union[NodeRef, _Mapping]] = ..., key: _Optional[_Mapping[str, _value_pb2.Value]] = ..., **kwargs) -> None: ...

class MergeNode(_message.Message):
    __slots__ = ("node", "set", "unset", "replace", "add_labels", "remove_labels")
    class SetEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    NODE_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    UNSET_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    ADD_LABELS_FIELD_NUMBER: _ClassVar[int]
    REMOVE_LABELS_FIELD_NUMBER: _ClassVar[int]
    node: NodeRef
    set: _containers.MessageMap[str, _value_pb2.Value]
    unset: _containers.RepeatedScalarFieldContainer[str]
    replace: bool
    add_labels: _containers.RepeatedScalarFieldContainer[str]
    remove_labels: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, node: _Optional[_Union[NodeRef, _Mapping]] = ..., set: _Optional[_Mapping[str, _value_pb2.Value]] = ..., unset: _Optional[_Iterable[str]] = ..., replace: bool = ..., add_labels: _Optional[_Iterable[str]] = ..., remove_labels: _Optional[_Iterable[str]] = ...) -> None: ...

class DeleteNode(_message.Message):
    __slots__ = ("node",)
    NODE_FIELD_NUMBER: _ClassVar[int]
    node: NodeRef
    def __init__(self, node: _Optional[_Union[NodeRef, _Mapping]] = ...) -> None: ...

class MergeEdge(_message.Message):
    __slots__ = ("edge", "set", "unset", "replace", "absent_ends")
    class SetEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    EDGE_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    UNSET_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    ABSENT_ENDS_FIELD_NUMBER: _ClassVar[int]
    edge: EdgeRef
    set: _containers.MessageMap[str, _value_pb2.Value]
    unset: _containers.RepeatedScalarFieldContainer[str]
    replace: bool
    absent_ends: AbsentEnds
    def __init__(self, edge: _Optional[_Union[EdgeRef, _Mapping]] = ..., set: _Optional[_Mapping[str, _value_pb2.Value]] = ..., unset: _Optional[_Iterable[str]] = ..., replace: bool = ..., absent_ends: _Optional[_Union[AbsentEnds, str]] = ...) -> None: ...

class CreateEdge(_message.Message):
    __slots__ = ("type", "to", "set", "absent_ends")
    class SetEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    ABSENT_ENDS_FIELD_NUMBER: _ClassVar[int]
    type: str
    to: NodeRef
    set: _containers.MessageMap[str, _value_pb2.Value]
    absent_ends: AbsentEnds
    def __init__(self, type: _Optional[str] = ..., to: _Optional[_Union[NodeRef, _Mapping]] = ..., set: _Optional[_Mapping[str, _value_pb2.Value]] = ..., absent_ends: _Optional[_Union[AbsentEnds, str]] = ..., **kwargs) -> None: ...

class DeleteEdge(_message.Message):
    __slots__ = ("edge",)
    EDGE_FIELD_NUMBER: _ClassVar[int]
    edge: EdgeRef
    def __init__(self, edge: _Optional[_Union[EdgeRef, _Mapping]] = ...) -> None: ...

class Accumulate(_message.Message):
    __slots__ = ("node", "edge", "add", "append", "absent_ends")
    class AddEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    class AppendEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    NODE_FIELD_NUMBER: _ClassVar[int]
    EDGE_FIELD_NUMBER: _ClassVar[int]
    ADD_FIELD_NUMBER: _ClassVar[int]
    APPEND_FIELD_NUMBER: _ClassVar[int]
    ABSENT_ENDS_FIELD_NUMBER: _ClassVar[int]
    node: NodeRef
    edge: EdgeRef
    add: _containers.MessageMap[str, _value_pb2.Value]
    append: _containers.MessageMap[str, _value_pb2.Value]
    absent_ends: AbsentEnds
    def __init__(self, node: _Optional[_Union[NodeRef, _Mapping]] = ..., edge: _Optional[_Union[EdgeRef, _Mapping]] = ..., add: _Optional[_Mapping[str, _value_pb2.Value]] = ..., append: _Optional[_Mapping[str, _value_pb2.Value]] = ..., absent_ends: _Optional[_Union[AbsentEnds, str]] = ...) -> None: ...

class NodeMatch(_message.Message):
    __slots__ = ("label", "where")
    class WhereEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    LABEL_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    label: str
    where: _containers.MessageMap[str, _value_pb2.Value]
    def __init__(self, label: _Optional[str] = ..., where: _Optional[_Mapping[str, _value_pb2.Value]] = ...) -> None: ...

class EdgeMatch(_message.Message):
    __slots__ = ("type", "to", "where")
    class WhereEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    WHERE_FIELD_NUMBER: _ClassVar[int]
    type: str
    to: NodeMatch
    where: _containers.MessageMap[str, _value_pb2.Value]
    def __init__(self, type: _Optional[str] = ..., to: _Optional[_Union[NodeMatch, _Mapping]] = ..., where: _Optional[_Mapping[str, _value_pb2.Value]] = ..., **kwargs) -> None: ...

class UpdateNodes(_message.Message):
    __slots__ = ("match", "set", "unset")
    class SetEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    MATCH_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    UNSET_FIELD_NUMBER: _ClassVar[int]
    match: NodeMatch
    set: _containers.MessageMap[str, _value_pb2.Value]
    unset: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, match: _Optional[_Union[NodeMatch, _Mapping]] = ..., set: _Optional[_Mapping[str, _value_pb2.Value]] = ..., unset: _Optional[_Iterable[str]] = ...) -> None: ...

class DeleteNodes(_message.Message):
    __slots__ = ("match",)
    MATCH_FIELD_NUMBER: _ClassVar[int]
    match: NodeMatch
    def __init__(self, match: _Optional[_Union[NodeMatch, _Mapping]] = ...) -> None: ...

class MergeEdges(_message.Message):
    __slots__ = ("type", "to", "key", "set", "unset", "replace")
    class KeyEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    class SetEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    TYPE_FIELD_NUMBER: _ClassVar[int]
    FROM_FIELD_NUMBER: _ClassVar[int]
    TO_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    UNSET_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    type: str
    to: NodeMatch
    key: _containers.MessageMap[str, _value_pb2.Value]
    set: _containers.MessageMap[str, _value_pb2.Value]
    unset: _containers.RepeatedScalarFieldContainer[str]
    replace: bool
    def __init__(self, type: _Optional[str] = ..., to: _Optional[_Union[NodeMatch, _Mapping]] = ..., key: _Optional[_Mapping[str, _value_pb2.Value]] = ..., set: _Optional[_Mapping[str, _value_pb2.Value]] = ..., unset: _Optional[_Iterable[str]] = ..., replace: bool = ..., **kwargs) -> None: ...

class UpdateEdges(_message.Message):
    __slots__ = ("match", "set", "unset")
    class SetEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _value_pb2.Value
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[_value_pb2.Value, _Mapping]] = ...) -> None: ...
    MATCH_FIELD_NUMBER: _ClassVar[int]
    SET_FIELD_NUMBER: _ClassVar[int]
    UNSET_FIELD_NUMBER: _ClassVar[int]
    match: EdgeMatch
    set: _containers.MessageMap[str, _value_pb2.Value]
    unset: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, match: _Optional[_Union[EdgeMatch, _Mapping]] = ..., set: _Optional[_Mapping[str, _value_pb2.Value]] = ..., unset: _Optional[_Iterable[str]] = ...) -> None: ...

class DeleteEdges(_message.Message):
    __slots__ = ("match",)
    MATCH_FIELD_NUMBER: _ClassVar[int]
    match: EdgeMatch
    def __init__(self, match: _Optional[_Union[EdgeMatch, _Mapping]] = ...) -> None: ...
