"""The canonical encoding of a message, by which contents are compared."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from outgraph.varint import varint

_LENGTH_DELIMITED = 2


def canonical_bytes(message: Message) -> bytes:
    """Fields by ascending number, map entries by the UTF-8 bytes of their keys, defaults and
    unknown fields left out.

    protobuf's own "deterministic" order is not this one: its upb implementation writes the key
    "ab" before "a".
    """
    copy = type(message)()
    copy.CopyFrom(message)
    copy.DiscardUnknownFields()
    return _encoded(copy)


def _encoded(message: Message) -> bytes:
    if not _leads_to_map(message.DESCRIPTOR):
        return message.SerializeToString()
    parts: list[bytes] = []
    for field, value in message.ListFields():
        parts += _field(type(message), field, value)
    return b"".join(parts)


def _field(message: type[Message], field: FieldDescriptor, value: Any) -> Iterable[bytes]:
    if _is_map(field):
        names = sorted(value, key=lambda name: name.encode("utf8"))
        return [_delimited(field, _map_entry(name, value[name])) for name in names]
    if field.message_type is not None:
        return [_delimited(field, _encoded(each)) for each in _each(field, value)]
    alone = message()
    if field.is_repeated:
        getattr(alone, field.name).extend(value)
    else:
        setattr(alone, field.name, value)
    return [alone.SerializeToString()]


def _each(field: FieldDescriptor, value: Any) -> Iterable[Message]:
    return value if field.is_repeated else [value]


def _map_entry(name: str, value: Message) -> bytes:
    """Every map of the contract goes from names to messages."""
    key = name.encode("utf8")
    encoded = _encoded(value)
    return b"\x0a" + varint(len(key)) + key + b"\x12" + varint(len(encoded)) + encoded


def _delimited(field: FieldDescriptor, encoded: bytes) -> bytes:
    return varint(field.number << 3 | _LENGTH_DELIMITED) + varint(len(encoded)) + encoded


@cache
def _leads_to_map(message: Descriptor) -> bool:
    """Whether the encoding has an order to keep. No message of the contract contains itself."""
    return any(
        _is_map(field) or (field.message_type is not None and _leads_to_map(field.message_type))
        for field in message.fields
    )


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry
