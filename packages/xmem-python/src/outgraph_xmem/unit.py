"""A unit of work: documents and graph in one transaction, with one entry."""

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar, Token
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec, TypeVar

from outgraph import Appended, EntryId
from outgraph.writer import AlreadyCommitted, UnitOfWork
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from outgraph_xmem.connection import Connection, connected
from outgraph_xmem.errors import UnitFailed, UnitOfAnotherThread, UnitTooLong
from outgraph_xmem.graph_changes import GraphChanges
from outgraph_xmem.own_entries import Scope
from outgraph_xmem.upserts import Upserts

P = ParamSpec("P")
T = TypeVar("T")

PARTITION_BYTES_MAX = 256


class Unit:
    """All that one transaction holds. Made by ``unit``, ``run_unit`` and every write method."""

    def __init__(self, connection: Connection, name: str, inner: UnitOfWork) -> None:
        self.connection = connection
        self.name = name
        self.entry_id: EntryId = inner.entry_id
        self.graph = GraphChanges()
        """What it changes in the graph."""
        self.scopes: dict[Scope, None] = {}
        """What its graph changes are about, in order."""
        self.notes: dict[str, list[Any]] = {}
        """By family: what clients keep of their own changes, to count with."""
        self._inner = inner
        self._thread = threading.get_ident()
        self._began = time.monotonic()
        self._ended = False
        self._failed: BaseException | None = None
        self._wrote_documents = False
        self._upserts = Upserts()
        self._upserts_wait = True
        self._after_commit: list[Callable[[], None]] = []

    @property
    def session(self) -> ClientSession:
        """For the documents: every operation with it is in the transaction."""
        self._upserts_wait = False  # whoever has it may read at any time
        return self.session_now()

    def session_now(self) -> ClientSession:
        """For what is done with it before the next call of the unit: it sees all writes so far."""
        self._wrote_documents = True
        self._upserts.send(self._inner.session)
        return self._inner.session

    def upsert(
        self, collection: Collection[Any], filter: Mapping[str, Any], changes: Mapping[str, Any]
    ) -> None:
        """Makes or changes a document before anybody reads in the unit, and before it commits."""
        self._wrote_documents = True
        self._upserts.add(collection, filter, changes)
        if not self._upserts_wait or self._upserts.many:
            self._upserts.send(self._inner.session)

    def about(self, family: str, part: str = "") -> None:
        """Says what the graph changes are about: who reads it waits for them."""
        self.scopes[Scope(family, part)] = None

    def changes(self, family: str) -> bool:
        """Whether it has graph changes of the family."""
        return any(scope.family == family for scope in self.scopes)

    def after_commit(self, then: Callable[[], None]) -> None:
        """Has this called once the unit has committed, and never when it has not."""
        self._after_commit.append(then)

    def check(self) -> None:
        """:raises UnitOfAnotherThread, UnitTooLong:"""
        if self._ended or threading.get_ident() != self._thread:
            where = "has ended" if self._ended else "belongs to another thread"
            raise UnitOfAnotherThread(
                f"the unit {self.name!r} {where}: a unit is used by the thread that opened it, "
                "until its end"
            )
        age = time.monotonic() - self._began
        limit = self.connection.unit_seconds_max
        if age > limit:
            raise UnitTooLong(
                f"the unit {self.name!r} is {age:.0f} s old, and MongoDB ends a transaction after "
                f"{2 * limit:.0f} s: a unit must not span a model call. Call the model first, and "
                "open the unit for the writes; nothing of this one is written"
            )

    @contextmanager
    def joined(self) -> Iterator["Unit"]:
        """For what runs inside: when it raises, the unit cannot commit any more."""
        self.check()
        try:
            yield self
        except BaseException as error:
            self._failed = self._failed or error
            raise

    @property
    def is_empty(self) -> bool:
        return not self.graph and not self._wrote_documents

    def finish(self) -> None:
        """Hands the graph changes to the transaction.

        :raises UnitFailed: when a call inside has failed.
        """
        self.check()
        if self._failed is not None:
            raise UnitFailed(
                f"a call in the unit {self.name!r} has failed, so nothing of it is written: "
                f"{self._failed}"
            ) from self._failed
        self._upserts.send(self._inner.session)
        self._inner.partition = self._partition()
        # An event without changes, where there are only documents, makes the id known.
        self._inner.add(self.graph.event(_event_type(self.name)))

    def end(self) -> None:
        self._ended = True

    def committed(self) -> None:
        """To be called then."""
        self.connection.own_entries.written(self.entry_id, self.scopes)
        for then in self._after_commit:
            then()

    def _partition(self) -> str:
        if len(self.scopes) != 1:
            return ""
        ((family, part),) = self.scopes
        text = f"{family}/{part}"
        encoded = text.encode("utf8", "surrogatepass")
        return text if len(encoded) <= PARTITION_BYTES_MAX else sha256(encoded).hexdigest()


_current: ContextVar[Unit | None] = ContextVar("outgraph_xmem_unit", default=None)


def current_unit() -> Unit | None:
    """The unit that this thread is in.

    :raises UnitOfAnotherThread, UnitTooLong: when it cannot be used any more.
    """
    found = _current.get()
    if found is not None:
        found.check()
    return found


def all_or_nothing(method: Callable[P, T]) -> Callable[P, T]:
    """Of a write method: a unit in which it raises cannot commit, whoever drops the error."""

    @wraps(method)
    def guarded(*args: P.args, **given: P.kwargs) -> T:
        unit = current_unit()
        with nullcontext() if unit is None else unit.joined():
            return method(*args, **given)

    return guarded


class _Nothing(Exception):
    """Leaves a transaction in which nothing was done."""


@contextmanager
def unit(name: str = "unit", *, id: EntryId | None = None) -> Iterator[Unit]:
    """``with unit():`` joins all document and graph writes of this thread. They commit together
    when the block ends, and not at all when it raises. Document reads inside see its own writes.

    A unit inside a unit joins it. The body runs once, so what may pass is retried for the commit
    alone; ``run_unit`` repeats the body, too.

    :param name: for errors and for the entry's event type.
    :param id: the idempotency id, such as ``entry_id_for(job.created_at, job.id)``.
    :raises AlreadyCommitted: for an id that is known: before the body runs.
    :raises UnitTooLong: from every call past half of the server's time limit for transactions.
    :raises UnitFailed: when a call inside has failed and the body went on.
    :raises TransactionGaveUp: after a conflict, or when MongoDB is away; nothing was written.
    :raises OutcomeUnknown: when nobody can say now whether it committed.
    """
    outer = current_unit()
    if outer is not None:
        _no_id_inside(outer, id)
        with outer.joined():
            yield outer
        return
    connection = connected()
    made: Unit | None = None
    try:
        limit = connection.options.timeout_seconds
        with connection.writer.unit_of_work(id=id, timeout_seconds=limit) as inner:
            made = Unit(connection, name, inner)
            with _as_current(made):
                yield made
                if made.is_empty and id is None:
                    raise _Nothing
                made.finish()
    except _Nothing:
        return
    made.committed()


def run_unit(work: Callable[[Unit], T], *, name: str = "unit", id: EntryId | None = None) -> T:
    """Runs ``work(unit)`` as a unit of work, and again, in a new one, after failures that may pass.
    Inside a unit it joins that, and runs once.

    :param id: as of ``unit``. The work of an id that is known does not run.
    :raises AlreadyCommitted: for an id that is known; what the first one returned is not.
    """
    outer = current_unit()
    if outer is not None:
        _no_id_inside(outer, id)
        with outer.joined():
            return work(outer)
    connection = connected()
    last: list[tuple[Unit, T]] = []

    def attempt(inner: UnitOfWork) -> None:
        made = Unit(connection, name, inner)
        with _as_current(made):
            last[:] = [(made, work(made))]
            if made.is_empty and id is None:
                raise _Nothing
            made.finish()

    try:
        limit = connection.options.timeout_seconds
        done = connection.writer.transact(attempt, id=id, timeout_seconds=limit)
    except _Nothing:
        return last[0][1]
    if done.replayed:
        raise AlreadyCommitted(done.entry_id, Appended(done.entry_id, (), replayed=True))
    made, result = last[0]
    made.committed()
    return result


@contextmanager
def _as_current(made: Unit) -> Iterator[None]:
    token: Token[Unit | None] = _current.set(made)
    try:
        yield
    finally:
        made.end()
        _current.reset(token)


def _no_id_inside(outer: Unit, id: EntryId | None) -> None:
    if id is not None:
        raise ValueError(f"the unit {outer.name!r} has one entry, with one id: give it there")


def _event_type(name: str) -> str:
    return "xmem." + re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:200]
