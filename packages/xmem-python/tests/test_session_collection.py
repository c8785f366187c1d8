"""A collection inside a unit of work."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import Mock, sentinel

import pytest
from pymongo.collection import Collection

from outgraph_xmem.code_store.session_collection import SessionCollection


class OneUnit:
    """As far as a collection uses it."""

    session: Any = sentinel.session
    failed: BaseException | None = None

    def session_now(self) -> Any:
        return self.session

    @contextmanager
    def joined(self) -> Iterator["OneUnit"]:
        try:
            yield self
        except BaseException as error:
            self.failed = error
            raise


def joined(unit: OneUnit | None = None) -> tuple[Any, SessionCollection]:
    real = Mock(spec=Collection)
    return real, SessionCollection(real, unit or OneUnit())  # type: ignore[arg-type]


def test_every_operation_that_takes_a_session_gets_the_units() -> None:
    real, collection = joined()
    operations = {
        name
        for name, method in inspect.getmembers(Collection, inspect.isfunction)
        if not name.startswith("_")
        and ("session" in inspect.signature(method).parameters or name.startswith("find"))
    }

    for name in operations:
        getattr(collection, name)("an argument", extra=1)
        getattr(real, name).assert_called_once_with(
            "an argument", extra=1, session=sentinel.session
        )
    assert {"find", "find_one", "update_one", "delete_many", "bulk_write"} <= operations


def test_a_session_that_the_caller_gives_is_left() -> None:
    real, collection = joined()

    collection.find({}, session=sentinel.other)

    real.find.assert_called_once_with({}, session=sentinel.other)


def test_the_same_collection_with_other_options_is_in_the_unit_too() -> None:
    real, collection = joined()

    collection.with_options(read_preference=1).find_one({"_id": 1})

    other = real.with_options.return_value
    other.find_one.assert_called_once_with({"_id": 1}, session=sentinel.session)


def test_what_takes_no_session_is_the_collections_own() -> None:
    real, collection = joined()

    assert collection.name is real.name
    collection.estimated_document_count()
    real.estimated_document_count.assert_called_once_with()


def test_an_operation_that_fails_fails_the_unit() -> None:
    unit = OneUnit()
    real, collection = joined(unit)
    real.insert_one.side_effect = ValueError("no document")

    with pytest.raises(ValueError, match="no document"):
        collection.insert_one(1)
    assert isinstance(unit.failed, ValueError)
