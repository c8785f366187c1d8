"""Entry ids sort by time, and are the same when made of the same."""

import uuid
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outgraph.entry_id import (
    entry_id,
    entry_id_bytes,
    entry_id_for,
    entry_id_from_bytes,
    entry_id_time,
    new_entry_id,
)

UTC_TIMES = st.datetimes(datetime(1970, 1, 1), timezones=st.just(timezone.utc))


def test_ids_made_one_after_the_other_sort_in_that_order_also_when_the_clock_steps_back() -> None:
    start = new_entry_id()
    now = int(entry_id_time(start).timestamp() * 1_000) + 1_000_000
    ids = [new_entry_id(now - i % 7) for i in range(10_000)]

    assert ids == sorted(set(ids))
    assert all(entry_id(id) == id and uuid.UUID(id).variant == uuid.RFC_4122 for id in ids)


@given(UTC_TIMES, st.text(), st.text())
def test_an_id_carries_its_time_and_differs_by_text(
    moment: datetime, text: str, other: str
) -> None:
    id = entry_id_for(moment, text)

    assert entry_id_for(moment, text) == entry_id(id) == id
    assert entry_id_time(id) == moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
    assert (entry_id_for(moment, other) == id) == (text == other)


def test_the_zone_in_which_a_time_is_told_does_not_matter() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_000, timezone.utc)
    elsewhere = moment.astimezone(timezone(timedelta(hours=-8)))

    assert entry_id_for(elsewhere, "job-42") == "019b7ca9-8f2e-7359-ae12-ca11e5d62816"


def test_an_id_and_its_16_bytes_are_two_forms_of_one_thing() -> None:
    id = new_entry_id()

    assert uuid.UUID(id).bytes == entry_id_bytes(id)
    assert entry_id_from_bytes(entry_id_bytes(id)) == id


@pytest.mark.parametrize(
    "text", ["", "x", "019B7CA9-8F2E-7359-AE12-CA11E5D62816", str(uuid.uuid4())]
)
def test_a_text_that_is_no_uuidv7_in_lower_case_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a UUIDv7"):
        entry_id(text)


@pytest.mark.parametrize(
    "moment", [datetime(2026, 1, 2), datetime(1969, 12, 31, tzinfo=timezone.utc)]
)
def test_a_time_that_makes_no_id_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match=r"zone|cannot carry"):
        entry_id_for(moment, "x")
