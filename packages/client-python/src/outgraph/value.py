"""Python values as property values of the graph."""

import json
import numbers
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias, Union

from outgraph.graph.v1 import value_pb2 as pb
from outgraph.point import Point
from outgraph.temporal import (
    Duration,
    date_of,
    date_time_of,
    duration_of,
    local_date_time_of,
    local_time_of,
    time_of,
)


@dataclass(frozen=True)
class Vector:
    """A vector of 32-bit floats, stored so that a vector index of Neo4j takes it.

    1 to 4 096 finite components. An ``array("f")`` becomes one by itself; a list of floats does
    not: it is a list of 64-bit floats.
    """

    components: Sequence[float]


PropertyValue: TypeAlias = Union[
    bool,
    int,
    float,
    str,
    bytes,
    bytearray,
    date,
    time,
    datetime,
    timedelta,
    Duration,
    Point,
    Vector,
    "array[float]",
    Sequence[bool],
    Sequence[int],
    Sequence[float],
    Sequence[str],
    Sequence[date],
    Sequence[time],
    Sequence[datetime],
    Sequence[timedelta],
    Sequence[Duration],
    Sequence[Point],
    pb.Value,
    None,
]
"""What can be given for a property.

An ``int`` stays an integer and a ``float`` a float. Dates and times without a zone become Neo4j's
local kinds; those with one keep it. A list holds one type. Whatever Python has no type for is given
as a ready ``Value`` of ``outgraph.graph.v1.value_pb2``.
"""

Properties: TypeAlias = Mapping[str, PropertyValue]
"""Properties by name."""


class InvalidValue(ValueError):
    """A value that no property can have. ``path`` says where it was found."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path


def to_value(value: PropertyValue, path: str = "value") -> pb.Value:
    """The message of a Python value.

    :param path: named in the error when there is no such property value.
    :raises InvalidValue: for an integer beyond 64 bits, a mixed list, text that is not Unicode, or
        a type that Neo4j cannot store.
    """
    if value is None:
        return pb.Value(null_value=0)  # type: ignore[arg-type]  # the stubs want the enum's class
    if isinstance(value, pb.Value):
        return value
    if isinstance(value, (bytes, bytearray)):
        return pb.Value(bytes_value=bytes(value))
    if isinstance(value, Vector):
        return pb.Value(float32_vector_value=pb.Float32Vector(values=value.components))
    if isinstance(value, array):
        if value.typecode != "f":
            raise InvalidValue(path, f"of arrays only array('f') is stored, not {value.typecode!r}")
        return pb.Value(float32_vector_value=pb.Float32Vector(values=value))
    if isinstance(value, (list, tuple)):
        return pb.Value(list_value=_list_of(value, path))
    kind = _scalar_kind(value)
    if kind is None:
        raise InvalidValue(path, f"a {type(value).__name__} cannot be stored as a property")
    return pb.Value(**{f"{kind}_value": _scalar(kind, value, path)})


def to_properties(properties: Properties, path: str = "set") -> dict[str, pb.Value]:
    """The messages of properties.

    :raises InvalidValue: as ``to_value``, with the property's name in the path.
    """
    values: dict[str, pb.Value] = {}
    for name, value in properties.items():
        quoted = json.dumps(name, ensure_ascii=False)
        if not isinstance(name, str):
            raise InvalidValue(f"{path}[{quoted}]", "a property's name is a string")
        values[name] = to_value(value, f"{path}[{quoted}]")
    return values


# In this order: a bool is an int, and a datetime a date.
_KINDS: tuple[tuple[type[Any] | tuple[type[Any], ...], str], ...] = (
    (bool, "bool"),
    (numbers.Integral, "int64"),  # numpy's integers too
    (float, "double"),
    (str, "string"),
    (datetime, "date_time"),
    (date, "date"),
    (time, "time"),
    ((timedelta, Duration), "duration"),
    (Point, "point"),
)


def _scalar_kind(value: object) -> str | None:
    """The stem of the field that the value goes into."""
    kind = next((kind for types, kind in _KINDS if isinstance(value, types)), None)
    if isinstance(value, (datetime, time)) and value.tzinfo is None:
        return f"local_{kind}"
    return kind


def _scalar(kind: str, value: Any, path: str) -> Any:
    try:
        return _MESSAGE_OF[kind](value)
    except (ValueError, OverflowError) as error:
        raise InvalidValue(path, str(error)) from error


def _int64(value: int) -> int:
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{number} does not fit into 64 bits")
    return number


def _text(value: str) -> str:
    try:
        value.encode("utf8")
    except UnicodeEncodeError as error:
        raise ValueError("text with a lone surrogate is not Unicode") from error
    return str(value)


_MESSAGE_OF: Mapping[str, Callable[[Any], Any]] = {
    "bool": bool,
    "int64": _int64,
    "double": float,
    "string": _text,
    "date": date_of,
    "local_time": local_time_of,
    "time": time_of,
    "local_date_time": local_date_time_of,
    "date_time": date_time_of,
    "duration": duration_of,
    "point": Point.to_message,
}

_LISTS: Mapping[str, tuple[str, type[Any]]] = {
    "bool": ("bools", pb.BoolList),
    "int64": ("int64s", pb.Int64List),
    "double": ("doubles", pb.DoubleList),
    "string": ("strings", pb.StringList),
    "date": ("dates", pb.DateList),
    "local_time": ("local_times", pb.LocalTimeList),
    "time": ("times", pb.TimeList),
    "local_date_time": ("local_date_times", pb.LocalDateTimeList),
    "date_time": ("date_times", pb.DateTimeList),
    "duration": ("durations", pb.DurationList),
    "point": ("points", pb.PointList),
}


def _list_of(items: Sequence[object], path: str) -> pb.List:
    # Neo4j keeps no type for the empty list, so it does not matter that it lands with the strings.
    kind = _scalar_kind(items[0]) if items else "string"
    made: list[Any] = []
    for index, item in enumerate(items):
        here = f"{path}[{index}]"
        if kind is None or _scalar_kind(item) != kind:
            raise InvalidValue(here, "a list holds values of one type, and no lists or nulls")
        made.append(_scalar(kind, item, here))
    field, message = _LISTS[kind or "string"]
    return pb.List(**{field: message(values=made)})
