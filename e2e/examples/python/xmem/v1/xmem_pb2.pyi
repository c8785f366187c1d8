import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MemoryEventRecorded(_message.Message):
    __slots__ = ("user_id", "date", "event_name", "desc", "year", "time", "date_expression", "embedding")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    EVENT_NAME_FIELD_NUMBER: _ClassVar[int]
    DESC_FIELD_NUMBER: _ClassVar[int]
    YEAR_FIELD_NUMBER: _ClassVar[int]
    TIME_FIELD_NUMBER: _ClassVar[int]
    DATE_EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    date: str
    event_name: str
    desc: str
    year: str
    time: str
    date_expression: str
    embedding: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, user_id: _Optional[str] = ..., date: _Optional[str] = ..., event_name: _Optional[str] = ..., desc: _Optional[str] = ..., year: _Optional[str] = ..., time: _Optional[str] = ..., date_expression: _Optional[str] = ..., embedding: _Optional[_Iterable[float]] = ...) -> None: ...

class MemoryEventRemoved(_message.Message):
    __slots__ = ("user_id", "date", "event_name")
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    DATE_FIELD_NUMBER: _ClassVar[int]
    EVENT_NAME_FIELD_NUMBER: _ClassVar[int]
    user_id: str
    date: str
    event_name: str
    def __init__(self, user_id: _Optional[str] = ..., date: _Optional[str] = ..., event_name: _Optional[str] = ...) -> None: ...

class FileKey(_message.Message):
    __slots__ = ("org_id", "repo", "file_path")
    ORG_ID_FIELD_NUMBER: _ClassVar[int]
    REPO_FIELD_NUMBER: _ClassVar[int]
    FILE_PATH_FIELD_NUMBER: _ClassVar[int]
    org_id: str
    repo: str
    file_path: str
    def __init__(self, org_id: _Optional[str] = ..., repo: _Optional[str] = ..., file_path: _Optional[str] = ...) -> None: ...

class SymbolIndexed(_message.Message):
    __slots__ = ("file", "symbol_name", "signature_hash", "symbol_type", "signature", "start_line", "end_line", "parent_class", "imports", "indexed_at")
    FILE_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_NAME_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_HASH_FIELD_NUMBER: _ClassVar[int]
    SYMBOL_TYPE_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    START_LINE_FIELD_NUMBER: _ClassVar[int]
    END_LINE_FIELD_NUMBER: _ClassVar[int]
    PARENT_CLASS_FIELD_NUMBER: _ClassVar[int]
    IMPORTS_FIELD_NUMBER: _ClassVar[int]
    INDEXED_AT_FIELD_NUMBER: _ClassVar[int]
    file: FileKey
    symbol_name: str
    signature_hash: str
    symbol_type: str
    signature: str
    start_line: int
    end_line: int
    parent_class: str
    imports: _containers.RepeatedScalarFieldContainer[str]
    indexed_at: _timestamp_pb2.Timestamp
    def __init__(self, file: _Optional[_Union[FileKey, _Mapping]] = ..., symbol_name: _Optional[str] = ..., signature_hash: _Optional[str] = ..., symbol_type: _Optional[str] = ..., signature: _Optional[str] = ..., start_line: _Optional[int] = ..., end_line: _Optional[int] = ..., parent_class: _Optional[str] = ..., imports: _Optional[_Iterable[str]] = ..., indexed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CallFound(_message.Message):
    __slots__ = ("caller_file", "caller_name", "callee_file", "callee_name", "call_count")
    CALLER_FILE_FIELD_NUMBER: _ClassVar[int]
    CALLER_NAME_FIELD_NUMBER: _ClassVar[int]
    CALLEE_FILE_FIELD_NUMBER: _ClassVar[int]
    CALLEE_NAME_FIELD_NUMBER: _ClassVar[int]
    CALL_COUNT_FIELD_NUMBER: _ClassVar[int]
    caller_file: FileKey
    caller_name: str
    callee_file: FileKey
    callee_name: str
    call_count: int
    def __init__(self, caller_file: _Optional[_Union[FileKey, _Mapping]] = ..., caller_name: _Optional[str] = ..., callee_file: _Optional[_Union[FileKey, _Mapping]] = ..., callee_name: _Optional[str] = ..., call_count: _Optional[int] = ...) -> None: ...

class FileRemoved(_message.Message):
    __slots__ = ("file",)
    FILE_FIELD_NUMBER: _ClassVar[int]
    file: FileKey
    def __init__(self, file: _Optional[_Union[FileKey, _Mapping]] = ...) -> None: ...

class SourceFile(_message.Message):
    __slots__ = ("key", "language", "summary", "total_lines")
    KEY_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    TOTAL_LINES_FIELD_NUMBER: _ClassVar[int]
    key: FileKey
    language: str
    summary: str
    total_lines: int
    def __init__(self, key: _Optional[_Union[FileKey, _Mapping]] = ..., language: _Optional[str] = ..., summary: _Optional[str] = ..., total_lines: _Optional[int] = ...) -> None: ...
