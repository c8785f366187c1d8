from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from typing import ClassVar as _ClassVar

DESCRIPTOR: _descriptor.FileDescriptor

class EntryState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENTRY_STATE_UNSPECIFIED: _ClassVar[EntryState]
    ENTRY_STATE_PENDING: _ClassVar[EntryState]
    ENTRY_STATE_APPLIED: _ClassVar[EntryState]
    ENTRY_STATE_SKIPPED: _ClassVar[EntryState]
    ENTRY_STATE_PARKED: _ClassVar[EntryState]
    ENTRY_STATE_BLOCKED: _ClassVar[EntryState]
    ENTRY_STATE_NOT_FOUND: _ClassVar[EntryState]
ENTRY_STATE_UNSPECIFIED: EntryState
ENTRY_STATE_PENDING: EntryState
ENTRY_STATE_APPLIED: EntryState
ENTRY_STATE_SKIPPED: EntryState
ENTRY_STATE_PARKED: EntryState
ENTRY_STATE_BLOCKED: EntryState
ENTRY_STATE_NOT_FOUND: EntryState
