"""Values in a form that tells types apart, sorts, and reads well in a difference."""

import json
from datetime import datetime
from typing import Any

from bson import ObjectId
from neo4j.time import DateTime

STAMP = "a date-time"


class Plain:
    """Turns values into JSON: stamps become one word and are kept beside, made ids get a name."""

    def __init__(self, made_ids: dict[str, str]) -> None:
        self._made_ids = made_ids
        self.stamps: list[datetime] = []
        """Every one that was met, in the order in which they were met."""

    def of(self, value: Any) -> Any:
        match value:
            case bool() | None:
                return value
            case str():
                return self._made_ids.get(value, value)
            case int():
                return value
            case float():
                return f"{value!r} (float)"
            case DateTime():
                return self._stamp(value.to_native(), value.iso_format())
            case datetime():
                return self._stamp(value, "Z")
            case ObjectId():
                return "an id that the server made"
            case dict():
                return {key: self.of(each) for key, each in sorted(value.items())}
            case list() | tuple():
                return [self.of(each) for each in value]
        return f"{value!r} ({type(value).__name__})"

    def text(self, value: Any) -> str:
        return json.dumps(self.of(value), ensure_ascii=False)

    def _stamp(self, at: datetime, written: str) -> str:
        self.stamps.append(at.replace(tzinfo=None))
        utc = written.endswith(("Z", "+00:00"))
        return STAMP if utc else f"{STAMP} in {written}"
