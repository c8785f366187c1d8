from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Document(_message.Message):
    __slots__ = ("bson", "extended_json")
    BSON_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_JSON_FIELD_NUMBER: _ClassVar[int]
    bson: bytes
    extended_json: str
    def __init__(self, bson: _Optional[bytes] = ..., extended_json: _Optional[str] = ...) -> None: ...

class DocumentWrite(_message.Message):
    __slots__ = ("database", "collection", "insert_one", "replace_one", "update_one", "update_many", "delete_one", "delete_many", "expected_matches")
    DATABASE_FIELD_NUMBER: _ClassVar[int]
    COLLECTION_FIELD_NUMBER: _ClassVar[int]
    INSERT_ONE_FIELD_NUMBER: _ClassVar[int]
    REPLACE_ONE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_ONE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MANY_FIELD_NUMBER: _ClassVar[int]
    DELETE_ONE_FIELD_NUMBER: _ClassVar[int]
    DELETE_MANY_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_MATCHES_FIELD_NUMBER: _ClassVar[int]
    database: str
    collection: str
    insert_one: InsertOne
    replace_one: ReplaceOne
    update_one: Update
    update_many: Update
    delete_one: Delete
    delete_many: Delete
    expected_matches: int
    def __init__(self, database: _Optional[str] = ..., collection: _Optional[str] = ..., insert_one: _Optional[_Union[InsertOne, _Mapping]] = ..., replace_one: _Optional[_Union[ReplaceOne, _Mapping]] = ..., update_one: _Optional[_Union[Update, _Mapping]] = ..., update_many: _Optional[_Union[Update, _Mapping]] = ..., delete_one: _Optional[_Union[Delete, _Mapping]] = ..., delete_many: _Optional[_Union[Delete, _Mapping]] = ..., expected_matches: _Optional[int] = ...) -> None: ...

class InsertOne(_message.Message):
    __slots__ = ("document",)
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    document: Document
    def __init__(self, document: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class ReplaceOne(_message.Message):
    __slots__ = ("filter", "replacement", "upsert", "collation", "hint")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    REPLACEMENT_FIELD_NUMBER: _ClassVar[int]
    UPSERT_FIELD_NUMBER: _ClassVar[int]
    COLLATION_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    filter: Document
    replacement: Document
    upsert: bool
    collation: Document
    hint: Hint
    def __init__(self, filter: _Optional[_Union[Document, _Mapping]] = ..., replacement: _Optional[_Union[Document, _Mapping]] = ..., upsert: bool = ..., collation: _Optional[_Union[Document, _Mapping]] = ..., hint: _Optional[_Union[Hint, _Mapping]] = ...) -> None: ...

class Update(_message.Message):
    __slots__ = ("filter", "operators", "pipeline", "upsert", "array_filters", "collation", "hint")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    OPERATORS_FIELD_NUMBER: _ClassVar[int]
    PIPELINE_FIELD_NUMBER: _ClassVar[int]
    UPSERT_FIELD_NUMBER: _ClassVar[int]
    ARRAY_FILTERS_FIELD_NUMBER: _ClassVar[int]
    COLLATION_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    filter: Document
    operators: Document
    pipeline: Pipeline
    upsert: bool
    array_filters: _containers.RepeatedCompositeFieldContainer[Document]
    collation: Document
    hint: Hint
    def __init__(self, filter: _Optional[_Union[Document, _Mapping]] = ..., operators: _Optional[_Union[Document, _Mapping]] = ..., pipeline: _Optional[_Union[Pipeline, _Mapping]] = ..., upsert: bool = ..., array_filters: _Optional[_Iterable[_Union[Document, _Mapping]]] = ..., collation: _Optional[_Union[Document, _Mapping]] = ..., hint: _Optional[_Union[Hint, _Mapping]] = ...) -> None: ...

class Delete(_message.Message):
    __slots__ = ("filter", "collation", "hint")
    FILTER_FIELD_NUMBER: _ClassVar[int]
    COLLATION_FIELD_NUMBER: _ClassVar[int]
    HINT_FIELD_NUMBER: _ClassVar[int]
    filter: Document
    collation: Document
    hint: Hint
    def __init__(self, filter: _Optional[_Union[Document, _Mapping]] = ..., collation: _Optional[_Union[Document, _Mapping]] = ..., hint: _Optional[_Union[Hint, _Mapping]] = ...) -> None: ...

class Pipeline(_message.Message):
    __slots__ = ("stages",)
    STAGES_FIELD_NUMBER: _ClassVar[int]
    stages: _containers.RepeatedCompositeFieldContainer[Document]
    def __init__(self, stages: _Optional[_Iterable[_Union[Document, _Mapping]]] = ...) -> None: ...

class Hint(_message.Message):
    __slots__ = ("name", "keys")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KEYS_FIELD_NUMBER: _ClassVar[int]
    name: str
    keys: Document
    def __init__(self, name: _Optional[str] = ..., keys: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...

class DocumentResult(_message.Message):
    __slots__ = ("inserted", "matched", "modified", "deleted", "id")
    INSERTED_FIELD_NUMBER: _ClassVar[int]
    MATCHED_FIELD_NUMBER: _ClassVar[int]
    MODIFIED_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    inserted: int
    matched: int
    modified: int
    deleted: int
    id: Document
    def __init__(self, inserted: _Optional[int] = ..., matched: _Optional[int] = ..., modified: _Optional[int] = ..., deleted: _Optional[int] = ..., id: _Optional[_Union[Document, _Mapping]] = ...) -> None: ...
