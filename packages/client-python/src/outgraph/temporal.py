"""Python's dates and times as the contract's messages.

Python counts microseconds and the contract nanoseconds; nothing is lost on the way there. What
needs nanoseconds, or a year that Python has not, is given as a ready ``Value``.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from outgraph.graph.v1 import value_pb2 as pb

_UNIX_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = _EPOCH.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Duration:
    """Months, days, seconds and nanoseconds, kept apart as Neo4j keeps them.

    A ``timedelta`` becomes days, seconds and nanoseconds; months need this.
    """

    months: int = 0
    days: int = 0
    seconds: int = 0
    nanoseconds: int = 0
    """On top of the seconds, 0 to 999 999 999."""


def date_of(value: date) -> pb.Date:
    return pb.Date(epoch_days=value.toordinal() - _UNIX_DAY)


def local_time_of(value: time) -> pb.LocalTime:
    return pb.LocalTime(nanos_of_day=_nanos_of_day(value))


def time_of(value: time) -> pb.Time:
    """:raises ValueError: for a zone whose offset depends on the day."""
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("a time needs a fixed offset; its zone has none without a date")
    return pb.Time(nanos_of_day=_nanos_of_day(value), offset_seconds=_whole_seconds(offset))


def local_date_time_of(value: datetime) -> pb.LocalDateTime:
    since = value - _EPOCH
    return pb.LocalDateTime(
        epoch_seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000
    )


def date_time_of(value: datetime) -> pb.DateTime:
    """An instant, shown in its ``ZoneInfo`` by name, or at its offset.

    :raises ValueError: for an offset that is no whole number of seconds.
    """
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("its zone does not say its offset")
    since = value - _EPOCH_UTC
    made = pb.DateTime(
        epoch_seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000
    )
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key:
        made.zone_id = value.tzinfo.key
    else:
        made.offset_seconds = _whole_seconds(offset)
    return made


def duration_of(value: timedelta | Duration) -> pb.Duration:
    if isinstance(value, Duration):
        return pb.Duration(
            months=value.months,
            days=value.days,
            seconds=value.seconds,
            nanos=value.nanoseconds,
        )
    return pb.Duration(days=value.days, seconds=value.seconds, nanos=value.microseconds * 1_000)


def _nanos_of_day(value: time) -> int:
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return (seconds * 1_000_000 + value.microsecond) * 1_000


def _whole_seconds(offset: timedelta) -> int:
    if offset.microseconds:
        raise ValueError(f"an offset has whole seconds, not {offset}")
    return offset.days * 86_400 + offset.seconds
