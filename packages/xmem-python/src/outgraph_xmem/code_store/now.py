"""The time that documents are stamped with."""

from datetime import datetime, timezone


def now() -> datetime:
    """In UTC, to the millisecond, which is what BSON keeps."""
    present = datetime.now(timezone.utc)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)
