"""Entry ids: UUIDv7 in lower case, which carry their time and sort by it."""

import hashlib
import re
import secrets
import threading
import time as clock
from datetime import datetime, timedelta, timezone
from typing import NewType

EntryId = NewType("EntryId", str)
"""The id of an entry, checked once where it enters."""

_UUID_V7 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME_MAX = 2**48 - 1

_lock = threading.Lock()
_last_time = 0
_last_counter = 0


def new_entry_id(now_ms: int | None = None) -> EntryId:
    """Makes an id that carries the present time, greater than every id this process made before.

    Within one millisecond the 12 bits after the version count up from a random start, as RFC 9562
    §6.2 method 1 has it; when they run out, the time part runs ahead by a millisecond.
    """
    global _last_time, _last_counter
    now = clock.time_ns() // 1_000_000 if now_ms is None else now_ms
    with _lock:
        if now > _last_time:
            _last_time, _last_counter = now, secrets.randbits(11)
        elif _last_counter < 0xFFF:
            _last_counter += 1
        else:
            _last_time, _last_counter = _last_time + 1, 0
        time_ms, counter = _last_time, _last_counter
    return _format(time_ms, counter, secrets.randbits(62))


def entry_id_for(time: datetime, text: str) -> EntryId:
    """Makes the id of something that has a time and a name of its own, such as a job.

    The same two always give the same id, in every language. The 74 bits after the time are the
    start of the SHA-256 of the UTF-8 text.

    :param time: with a zone; read in whole milliseconds. It must not change between retries (a
        job's creation, not now).
    :raises ValueError: without a zone, or before 1970.
    """
    if time.utcoffset() is None:
        raise ValueError("the time of an entry id needs a zone, such as timezone.utc")
    digest = hashlib.sha256(text.encode("utf8")).digest()
    time_ms = (time - _EPOCH) // timedelta(milliseconds=1)
    counter = int.from_bytes(digest[0:2], "big") & 0xFFF
    return _format(time_ms, counter, int.from_bytes(digest[2:10], "big") & (2**62 - 1))


def entry_id(text: str) -> EntryId:
    """The text as an entry id.

    :raises ValueError: when it is no UUIDv7 in lower case.
    """
    if _UUID_V7.fullmatch(text) is None:
        raise ValueError(f"not a UUIDv7 in lower case: {text!r}")
    return EntryId(text)


def entry_id_time(id: EntryId) -> datetime:
    """The time an id carries, in UTC, to the millisecond."""
    return _EPOCH + timedelta(milliseconds=entry_id_time_ms(id))


def entry_id_time_ms(id: EntryId) -> int:
    """The time an id carries, in milliseconds since 1970."""
    return int(id[0:8] + id[9:13], 16)


def entry_id_bytes(id: EntryId) -> bytes:
    """The 16 bytes of an id, in the order in which they sort by time."""
    return bytes.fromhex(id.replace("-", ""))


def entry_id_from_bytes(raw: bytes) -> EntryId:
    """The id that has these 16 bytes.

    :raises ValueError: when they are no UUIDv7.
    """
    return entry_id(_dashed(raw.hex()))


def _format(time_ms: int, counter: int, random: int) -> EntryId:
    """``counter`` has 12 bits, ``random`` the last 62."""
    if not 0 <= time_ms <= _TIME_MAX:
        raise ValueError(f"a UUIDv7 cannot carry the time {time_ms}")
    number = time_ms << 80 | (0x7000 | counter) << 64 | 0b10 << 62 | random
    return EntryId(_dashed(f"{number:032x}"))


def _dashed(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
