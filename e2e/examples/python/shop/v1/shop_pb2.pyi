import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OrderPlaced(_message.Message):
    __slots__ = ("order_id", "customer_id", "placed_at", "lines")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CUSTOMER_ID_FIELD_NUMBER: _ClassVar[int]
    PLACED_AT_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    customer_id: str
    placed_at: _timestamp_pb2.Timestamp
    lines: _containers.RepeatedCompositeFieldContainer[Line]
    def __init__(self, order_id: _Optional[str] = ..., customer_id: _Optional[str] = ..., placed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., lines: _Optional[_Iterable[_Union[Line, _Mapping]]] = ...) -> None: ...

class Line(_message.Message):
    __slots__ = ("sku", "quantity", "cents")
    SKU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_FIELD_NUMBER: _ClassVar[int]
    CENTS_FIELD_NUMBER: _ClassVar[int]
    sku: str
    quantity: int
    cents: int
    def __init__(self, sku: _Optional[str] = ..., quantity: _Optional[int] = ..., cents: _Optional[int] = ...) -> None: ...

class OrderShipped(_message.Message):
    __slots__ = ("order_id", "tracking")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TRACKING_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    tracking: str
    def __init__(self, order_id: _Optional[str] = ..., tracking: _Optional[str] = ...) -> None: ...

class Product(_message.Message):
    __slots__ = ("sku", "name", "weight_kg", "tags", "discontinued")
    SKU_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_KG_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    DISCONTINUED_FIELD_NUMBER: _ClassVar[int]
    sku: str
    name: str
    weight_kg: float
    tags: _containers.RepeatedScalarFieldContainer[str]
    discontinued: bool
    def __init__(self, sku: _Optional[str] = ..., name: _Optional[str] = ..., weight_kg: _Optional[float] = ..., tags: _Optional[_Iterable[str]] = ..., discontinued: bool = ...) -> None: ...
