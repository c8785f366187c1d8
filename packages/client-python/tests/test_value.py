"""Python values become the property values that they are."""

import math
from array import array
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outgraph import Duration, InvalidValue, Point, Vector, to_properties, to_value
from outgraph.check import violations_of
from outgraph.graph.v1.value_pb2 import Value

EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("given_value", "kind"),
    [
        (None, "null_value"),
        (True, "bool_value"),
        (1, "int64_value"),
        (1.0, "double_value"),
        ("a", "string_value"),
        (b"a", "bytes_value"),
        (bytearray(b"a"), "bytes_value"),
        (date(1969, 12, 31), "date_value"),
        (time(1, 2, 3), "local_time_value"),
        (time(1, 2, 3, tzinfo=EAST), "time_value"),
        (datetime(2026, 1, 2), "local_date_time_value"),
        (datetime(2026, 1, 2, tzinfo=EAST), "date_time_value"),
        (timedelta(days=1), "duration_value"),
        (Duration(months=1), "duration_value"),
        (Point.wgs84(13.4, 52.5), "point_value"),
        (["a"], "list_value"),
        (("a", "b"), "list_value"),
        (array("f", [1]), "float32_vector_value"),
        (Vector([1, 2.5]), "float32_vector_value"),
        (Value(date_value={"epoch_days": -1}), "date_value"),
    ],
)
def test_each_type_has_its_kind(given_value: Any, kind: str) -> None:
    value = to_value(given_value)

    assert value.WhichOneof("kind") == kind
    assert violations_of(value) == []


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_int_stays_an_integer(number: int) -> None:
    assert to_value(number).int64_value == number


@given(st.floats())
def test_a_float_stays_a_float(number: float) -> None:
    value = to_value(number).double_value

    assert value == number or (math.isnan(value) and math.isnan(number))
    assert math.copysign(1, value) == math.copysign(1, number) or math.isnan(number)


@given(st.datetimes())
def test_a_local_date_time_is_the_count_of_its_seconds(moment: datetime) -> None:
    made = to_value(moment).local_date_time_value

    parts = timedelta(seconds=made.epoch_seconds, microseconds=made.nanos // 1_000)
    assert datetime(1970, 1, 1) + parts == moment
    assert violations_of(made) == []


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_keeps_its_zone(moment: datetime) -> None:
    made = to_value(moment).date_time_value

    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert timedelta(seconds=made.epoch_seconds, microseconds=made.nanos // 1_000) == since
    assert isinstance(moment.tzinfo, ZoneInfo) and made.zone_id == moment.tzinfo.key


def test_an_offset_counts_east_of_utc() -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=timezone(timedelta(hours=-8)))

    assert to_value(noon).date_time_value.offset_seconds == -8 * 3_600
    assert to_value(time(0, tzinfo=EAST)).time_value.offset_seconds == 19_800


def test_an_instant_before_1970_keeps_its_fraction() -> None:
    made = to_value(datetime(1969, 12, 31, 23, 59, 59, 250_000, timezone.utc)).date_time_value

    assert (made.epoch_seconds, made.nanos) == (-1, 250_000_000)


def test_a_negative_span_counts_its_fraction_upwards() -> None:
    made = to_value(timedelta(microseconds=-1)).duration_value

    assert (made.days, made.seconds, made.nanos) == (-1, 86_399, 999_999_000)


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([True], "bools"),
        ([2, 1], "int64s"),
        ([2.0], "doubles"),
        (["a"], "strings"),
        ([], "strings"),
        ([date(2026, 1, 2)], "dates"),
        ([time(1)], "local_times"),
        ([time(1, tzinfo=EAST)], "times"),
        ([datetime(2026, 1, 2)], "local_date_times"),
        ([datetime(2026, 1, 2, tzinfo=EAST)], "date_times"),
        ([timedelta(1), Duration(days=1)], "durations"),
        ([Point.cartesian(1, 2)], "points"),
    ],
)
def test_a_list_keeps_type_and_order(items: Any, kind: str) -> None:
    made = to_value(items).list_value

    assert made.WhichOneof("items") == kind
    assert len(getattr(made, kind).values) == len(items)


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ({"a": 1}, 'set["p"]'),
        (object(), 'set["p"]'),
        (2**63, 'set["p"]'),
        (1j, 'set["p"]'),
        ("\ud800", 'set["p"]'),
        (array("d", [1]), 'set["p"]'),
        (time(1, tzinfo=ZoneInfo("Europe/Berlin")), 'set["p"]'),
        ([1, "a"], 'set["p"][1]'),
        ([1, 2.0], 'set["p"][1]'),
        ([1, True], 'set["p"][1]'),
        ([[1]], 'set["p"][0]'),
        ([b"a"], 'set["p"][0]'),
        (["a", None], 'set["p"][1]'),
        ([datetime(2026, 1, 2), date(2026, 1, 2)], 'set["p"][1]'),
    ],
)
def test_what_neo4j_cannot_store_is_refused_and_the_path_says_where(what: Any, path: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        to_properties({"p": what})

    assert refused.value.path == path
    assert str(refused.value).startswith(path)
