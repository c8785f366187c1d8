"""A collection whose operations belong to a unit of work."""

import inspect
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from pymongo.collection import Collection

from outgraph_xmem.unit import Unit


class SessionCollection:
    """A collection of PyMongo, every operation of which gets the session of a unit of work: so a
    direct ``find`` sees what the unit wrote, and a direct write commits with it or not at all.
    After an operation that failed, the unit cannot commit any more.

    What takes no session (``name``, ``database``, ``estimated_document_count``) is the collection's
    own. A session that the caller gives is left as it is. Not to be used beyond its unit.
    """

    def __init__(self, collection: Collection[Any], unit: Unit) -> None:
        self._collection = collection
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._collection, name)
        if name == "with_options":
            return lambda *args, **given: SessionCollection(found(*args, **given), self._unit)
        return self._joined(name, found) if name in _with_session() else found

    def _joined(self, name: str, operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def in_unit(*args: Any, **given: Any) -> Any:
            with self._unit.joined() as unit:
                # A cursor of these asks the server when it is first read, which may be later.
                lazy = name in ("find", "find_raw_batches")
                given.setdefault("session", unit.session if lazy else unit.session_now())
                return operation(*args, **given)

        return in_unit


@cache
def _with_session() -> frozenset[str]:
    """The names of the operations that take a session: asked of PyMongo, so that none is missed."""
    return frozenset(
        name
        for name, method in inspect.getmembers(Collection, inspect.isfunction)
        if not name.startswith("_") and _takes_session(method)
    )


def _takes_session(method: Callable[..., Any]) -> bool:
    parameters = inspect.signature(method).parameters
    # These hand everything on to a cursor.
    return "session" in parameters or method.__name__ in ("find", "find_one", "find_raw_batches")
