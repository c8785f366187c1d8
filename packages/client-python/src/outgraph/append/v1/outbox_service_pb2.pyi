import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.rpc import status_pb2 as _status_pb2
from outgraph.append.v1 import document_pb2 as _document_pb2
from outgraph.entry.v1 import entry_pb2 as _entry_pb2
from outgraph.entry.v1 import state_pb2 as _state_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AppendRequest(_message.Message):
    __slots__ = ("entry", "writes", "trace_parent")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    WRITES_FIELD_NUMBER: _ClassVar[int]
    TRACE_PARENT_FIELD_NUMBER: _ClassVar[int]
    entry: _entry_pb2.Entry
    writes: _containers.RepeatedCompositeFieldContainer[_document_pb2.DocumentWrite]
    trace_parent: str
    def __init__(self, entry: _Optional[_Union[_entry_pb2.Entry, _Mapping]] = ..., writes: _Optional[_Iterable[_Union[_document_pb2.DocumentWrite, _Mapping]]] = ..., trace_parent: _Optional[str] = ...) -> None: ...

class AppendResponse(_message.Message):
    __slots__ = ("receipt", "replayed")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    REPLAYED_FIELD_NUMBER: _ClassVar[int]
    receipt: Receipt
    replayed: bool
    def __init__(self, receipt: _Optional[_Union[Receipt, _Mapping]] = ..., replayed: bool = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("entry_id", "documents")
    ENTRY_ID_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    entry_id: str
    documents: _containers.RepeatedCompositeFieldContainer[_document_pb2.DocumentResult]
    def __init__(self, entry_id: _Optional[str] = ..., documents: _Optional[_Iterable[_Union[_document_pb2.DocumentResult, _Mapping]]] = ...) -> None: ...

class AppendManyRequest(_message.Message):
    __slots__ = ("appends",)
    APPENDS_FIELD_NUMBER: _ClassVar[int]
    appends: _containers.RepeatedCompositeFieldContainer[AppendRequest]
    def __init__(self, appends: _Optional[_Iterable[_Union[AppendRequest, _Mapping]]] = ...) -> None: ...

class AppendManyResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[AppendResult]
    def __init__(self, results: _Optional[_Iterable[_Union[AppendResult, _Mapping]]] = ...) -> None: ...

class AppendResult(_message.Message):
    __slots__ = ("response", "error")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    response: AppendResponse
    error: _status_pb2.Status
    def __init__(self, response: _Optional[_Union[AppendResponse, _Mapping]] = ..., error: _Optional[_Union[_status_pb2.Status, _Mapping]] = ...) -> None: ...

class GetEntryRequest(_message.Message):
    __slots__ = ("id",)
    ID_FIELD_NUMBER: _ClassVar[int]
    id: str
    def __init__(self, id: _Optional[str] = ...) -> None: ...

class GetEntryResponse(_message.Message):
    __slots__ = ("entry", "state", "at", "receipt", "reason")
    ENTRY_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    entry: _entry_pb2.Entry
    state: _state_pb2.EntryState
    at: LogicalTime
    receipt: Receipt
    reason: str
    def __init__(self, entry: _Optional[_Union[_entry_pb2.Entry, _Mapping]] = ..., state: _Optional[_Union[_state_pb2.EntryState, str]] = ..., at: _Optional[_Union[LogicalTime, _Mapping]] = ..., receipt: _Optional[_Union[Receipt, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class LogicalTime(_message.Message):
    __slots__ = ("seconds", "increment")
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    INCREMENT_FIELD_NUMBER: _ClassVar[int]
    seconds: int
    increment: int
    def __init__(self, seconds: _Optional[int] = ..., increment: _Optional[int] = ...) -> None: ...

class WaitAppliedRequest(_message.Message):
    __slots__ = ("ids", "timeout")
    IDS_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[str]
    timeout: _duration_pb2.Duration
    def __init__(self, ids: _Optional[_Iterable[str]] = ..., timeout: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class WaitAppliedResponse(_message.Message):
    __slots__ = ("entries", "bookmarks")
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    BOOKMARKS_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[EntryProgress]
    bookmarks: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, entries: _Optional[_Iterable[_Union[EntryProgress, _Mapping]]] = ..., bookmarks: _Optional[_Iterable[str]] = ...) -> None: ...

class EntryProgress(_message.Message):
    __slots__ = ("id", "state", "reason", "acked_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACKED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    state: _state_pb2.EntryState
    reason: str
    acked_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., state: _Optional[_Union[_state_pb2.EntryState, str]] = ..., reason: _Optional[str] = ..., acked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...
