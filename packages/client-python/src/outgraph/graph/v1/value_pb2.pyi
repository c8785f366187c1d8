from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Value(_message.Message):
    __slots__ = ("null_value", "bool_value", "int64_value", "double_value", "string_value", "bytes_value", "date_value", "local_time_value", "time_value", "local_date_time_value", "date_time_value", "duration_value", "point_value", "list_value", "float32_vector_value")
    NULL_VALUE_FIELD_NUMBER: _ClassVar[int]
    BOOL_VALUE_FIELD_NUMBER: _ClassVar[int]
    INT64_VALUE_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_VALUE_FIELD_NUMBER: _ClassVar[int]
    STRING_VALUE_FIELD_NUMBER: _ClassVar[int]
    BYTES_VALUE_FIELD_NUMBER: _ClassVar[int]
    DATE_VALUE_FIELD_NUMBER: _ClassVar[int]
    LOCAL_TIME_VALUE_FIELD_NUMBER: _ClassVar[int]
    TIME_VALUE_FIELD_NUMBER: _ClassVar[int]
    LOCAL_DATE_TIME_VALUE_FIELD_NUMBER: _ClassVar[int]
    DATE_TIME_VALUE_FIELD_NUMBER: _ClassVar[int]
    DURATION_VALUE_FIELD_NUMBER: _ClassVar[int]
    POINT_VALUE_FIELD_NUMBER: _ClassVar[int]
    LIST_VALUE_FIELD_NUMBER: _ClassVar[int]
    FLOAT32_VECTOR_VALUE_FIELD_NUMBER: _ClassVar[int]
    null_value: _struct_pb2.NullValue
    bool_value: bool
    int64_value: int
    double_value: float
    string_value: str
    bytes_value: bytes
    date_value: Date
    local_time_value: LocalTime
    time_value: Time
    local_date_time_value: LocalDateTime
    date_time_value: DateTime
    duration_value: Duration
    point_value: Point
    list_value: List
    float32_vector_value: Float32Vector
    def __init__(self, null_value: _Optional[_Union[_struct_pb2.NullValue, str]] = ..., bool_value: bool = ..., int64_value: _Optional[int] = ..., double_value: _Optional[float] = ..., string_value: _Optional[str] = ..., bytes_value: _Optional[bytes] = ..., date_value: _Optional[_Union[Date, _Mapping]] = ..., local_time_value: _Optional[_Union[LocalTime, _Mapping]] = ..., time_value: _Optional[_Union[Time, _Mapping]] = ..., local_date_time_value: _Optional[_Union[LocalDateTime, _Mapping]] = ..., date_time_value: _Optional[_Union[DateTime, _Mapping]] = ..., duration_value: _Optional[_Union[Duration, _Mapping]] = ..., point_value: _Optional[_Union[Point, _Mapping]] = ..., list_value: _Optional[_Union[List, _Mapping]] = ..., float32_vector_value: _Optional[_Union[Float32Vector, _Mapping]] = ...) -> None: ...

class Date(_message.Message):
    __slots__ = ("epoch_days",)
    EPOCH_DAYS_FIELD_NUMBER: _ClassVar[int]
    epoch_days: int
    def __init__(self, epoch_days: _Optional[int] = ...) -> None: ...

class LocalTime(_message.Message):
    __slots__ = ("nanos_of_day",)
    NANOS_OF_DAY_FIELD_NUMBER: _ClassVar[int]
    nanos_of_day: int
    def __init__(self, nanos_of_day: _Optional[int] = ...) -> None: ...

class Time(_message.Message):
    __slots__ = ("nanos_of_day", "offset_seconds")
    NANOS_OF_DAY_FIELD_NUMBER: _ClassVar[int]
    OFFSET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    nanos_of_day: int
    offset_seconds: int
    def __init__(self, nanos_of_day: _Optional[int] = ..., offset_seconds: _Optional[int] = ...) -> None: ...

class LocalDateTime(_message.Message):
    __slots__ = ("epoch_seconds", "nanos")
    EPOCH_SECONDS_FIELD_NUMBER: _ClassVar[int]
    NANOS_FIELD_NUMBER: _ClassVar[int]
    epoch_seconds: int
    nanos: int
    def __init__(self, epoch_seconds: _Optional[int] = ..., nanos: _Optional[int] = ...) -> None: ...

class DateTime(_message.Message):
    __slots__ = ("epoch_seconds", "nanos", "offset_seconds", "zone_id")
    EPOCH_SECONDS_FIELD_NUMBER: _ClassVar[int]
    NANOS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_SECONDS_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    epoch_seconds: int
    nanos: int
    offset_seconds: int
    zone_id: str
    def __init__(self, epoch_seconds: _Optional[int] = ..., nanos: _Optional[int] = ..., offset_seconds: _Optional[int] = ..., zone_id: _Optional[str] = ...) -> None: ...

class Duration(_message.Message):
    __slots__ = ("months", "days", "seconds", "nanos")
    MONTHS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    SECONDS_FIELD_NUMBER: _ClassVar[int]
    NANOS_FIELD_NUMBER: _ClassVar[int]
    months: int
    days: int
    seconds: int
    nanos: int
    def __init__(self, months: _Optional[int] = ..., days: _Optional[int] = ..., seconds: _Optional[int] = ..., nanos: _Optional[int] = ...) -> None: ...

class Point(_message.Message):
    __slots__ = ("srid", "x", "y", "z")
    SRID_FIELD_NUMBER: _ClassVar[int]
    X_FIELD_NUMBER: _ClassVar[int]
    Y_FIELD_NUMBER: _ClassVar[int]
    Z_FIELD_NUMBER: _ClassVar[int]
    srid: int
    x: float
    y: float
    z: float
    def __init__(self, srid: _Optional[int] = ..., x: _Optional[float] = ..., y: _Optional[float] = ..., z: _Optional[float] = ...) -> None: ...

class List(_message.Message):
    __slots__ = ("bools", "int64s", "doubles", "strings", "dates", "local_times", "times", "local_date_times", "date_times", "durations", "points")
    BOOLS_FIELD_NUMBER: _ClassVar[int]
    INT64S_FIELD_NUMBER: _ClassVar[int]
    DOUBLES_FIELD_NUMBER: _ClassVar[int]
    STRINGS_FIELD_NUMBER: _ClassVar[int]
    DATES_FIELD_NUMBER: _ClassVar[int]
    LOCAL_TIMES_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    LOCAL_DATE_TIMES_FIELD_NUMBER: _ClassVar[int]
    DATE_TIMES_FIELD_NUMBER: _ClassVar[int]
    DURATIONS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    bools: BoolList
    int64s: Int64List
    doubles: DoubleList
    strings: StringList
    dates: DateList
    local_times: LocalTimeList
    times: TimeList
    local_date_times: LocalDateTimeList
    date_times: DateTimeList
    durations: DurationList
    points: PointList
    def __init__(self, bools: _Optional[_Union[BoolList, _Mapping]] = ..., int64s: _Optional[_Union[Int64List, _Mapping]] = ..., doubles: _Optional[_Union[DoubleList, _Mapping]] = ..., strings: _Optional[_Union[StringList, _Mapping]] = ..., dates: _Optional[_Union[DateList, _Mapping]] = ..., local_times: _Optional[_Union[LocalTimeList, _Mapping]] = ..., times: _Optional[_Union[TimeList, _Mapping]] = ..., local_date_times: _Optional[_Union[LocalDateTimeList, _Mapping]] = ..., date_times: _Optional[_Union[DateTimeList, _Mapping]] = ..., durations: _Optional[_Union[DurationList, _Mapping]] = ..., points: _Optional[_Union[PointList, _Mapping]] = ...) -> None: ...

class BoolList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[bool]
    def __init__(self, values: _Optional[_Iterable[bool]] = ...) -> None: ...

class Int64List(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, values: _Optional[_Iterable[int]] = ...) -> None: ...

class DoubleList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...

class StringList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, values: _Optional[_Iterable[str]] = ...) -> None: ...

class DateList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Date]
    def __init__(self, values: _Optional[_Iterable[_Union[Date, _Mapping]]] = ...) -> None: ...

class LocalTimeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[LocalTime]
    def __init__(self, values: _Optional[_Iterable[_Union[LocalTime, _Mapping]]] = ...) -> None: ...

class TimeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Time]
    def __init__(self, values: _Optional[_Iterable[_Union[Time, _Mapping]]] = ...) -> None: ...

class LocalDateTimeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[LocalDateTime]
    def __init__(self, values: _Optional[_Iterable[_Union[LocalDateTime, _Mapping]]] = ...) -> None: ...

class DateTimeList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[DateTime]
    def __init__(self, values: _Optional[_Iterable[_Union[DateTime, _Mapping]]] = ...) -> None: ...

class DurationList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Duration]
    def __init__(self, values: _Optional[_Iterable[_Union[Duration, _Mapping]]] = ...) -> None: ...

class PointList(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[Point]
    def __init__(self, values: _Optional[_Iterable[_Union[Point, _Mapping]]] = ...) -> None: ...

class Float32Vector(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...
