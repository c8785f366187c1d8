"""What is stored, as far as a writer writes or reads it."""

from dataclasses import dataclass
from typing import Any, Final

from bson.codec_options import CodecOptions
from bson.timestamp import Timestamp
from pymongo import ReadPreference
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

ENTRIES: Final = "outbox"
ACKS: Final = "outbox_acks"
PARKED: Final = "outbox_parked"
META: Final = "outbox_meta"

FORMAT: Final = 1
"""The version of everything stored here. A newer one is refused, never guessed at."""

STAMPED_BY_SERVER: Final = Timestamp(0, 0)
"""What an insert gives for ``at``, so that the server stamps it with its logical clock."""

_STANDARD_UUID = 4


@dataclass(frozen=True)
class Outbox:
    """The collections of one outbox: PyMongo's, or those of its async API."""

    client: Any
    entries: Any
    acks: Any
    parked: Any
    meta: Any


def outbox_of(db: Any) -> Outbox:
    """The outbox in a database; asks nothing of the server.

    Everything is said in full, so that a client's own settings (w: 1, secondary reads, another form
    of UUIDs) cannot weaken a promise or change a type. Inside a transaction its concerns hold.
    """

    def collection(name: str) -> Any:
        return db.get_collection(
            name,
            codec_options=CodecOptions(tz_aware=True, uuid_representation=_STANDARD_UUID),
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True),
        )

    return Outbox(
        db.client, collection(ENTRIES), collection(ACKS), collection(PARKED), collection(META)
    )
