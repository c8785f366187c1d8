"""The in-transaction writer for PyMongo."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from pymongo.client_session import ClientSession
from pymongo.database import Database

from outgraph.answers import Appended, Waited
from outgraph.entry.v1.entry_pb2 import Event
from outgraph.entry_id import EntryId
from outgraph.writer.core import Core
from outgraph.writer.deadline import Deadline
from outgraph.writer.outbox import outbox_of
from outgraph.writer.progress import wait_applied
from outgraph.writer.settle import run_now
from outgraph.writer.unit import Transacted, Unit

T = TypeVar("T")

UnitOfWork: TypeAlias = Unit[ClientSession]


class OutboxWriter:
    """Appends graph changes in the MongoDB transactions that write the documents.

    Safe for any number of threads, each with its own session. Asks nothing of the server when made;
    ``open_writer`` also looks that the outbox is set up.

    :param db: the database that holds the outbox.
    :param source: who writes: a service or job name of 1 to 128 bytes, for people and for metrics.
    :param partition: what order is kept by once a graph is fed by many lanes; at most 256 bytes.
    """

    def __init__(self, db: Database[Any], *, source: str, partition: str = "") -> None:
        self._core = Core(outbox_of(db), source, partition)

    def append(
        self,
        session: ClientSession,
        events: Event | Iterable[Event],
        *,
        id: EntryId | None = None,
        partition: str | None = None,
        trace: str | None = None,
    ) -> Appended:
        """Adds one entry to the outbox, inside the transaction of ``session``.

        The entry becomes visible exactly when that transaction commits, together with the documents
        written in it, and not at all when it aborts. The relay picks it up then; nothing is sent
        from here. With an id of your own, call it before you write documents: what it raises tells
        you whether they were written before. ``transact`` does that, and runs the transaction too.

        :param session: must have a transaction in progress; committing it stays with the caller.
        :param events: what happened, in order; 1 to 10 000.
        :param id: the idempotency id, such as ``entry_id_for(job.created_at, job.id)``. Without
            one, a repeat cannot be told from a new append.
        :param partition: instead of the writer's.
        :param trace: the W3C ``traceparent`` to keep with the entry. Default that of
            OpenTelemetry's current span, where ``opentelemetry`` is installed.
        :raises NoTransaction: when it has none, which is a bug in the caller.
        :raises AlreadyAppended: when the transaction has its entry already; that one stands.
        :raises EntryInvalid, MutationUnsupported, EntryTooLarge: nothing was written.
        :raises AlreadyCommitted, IdReused, IdExpired: for an id that is known, or too old to tell:
            nothing was written; abort the transaction.
        """
        return run_now(self._core.append(session, events, id, partition, trace))

    def transact(
        self,
        work: Callable[[UnitOfWork], T],
        *,
        events: Event | Iterable[Event] | None = None,
        id: EntryId | None = None,
        partition: str | None = None,
        trace: str | None = None,
        timeout_seconds: float = 30.0,
    ) -> Transacted[T]:
        """Runs ``work``, which writes the documents, in a transaction, appends the events as one
        entry, and commits the two together; retries what may pass. ``work`` runs again in every
        attempt.

        Takes effect once for each id, however often it is repeated and however the calls overlap. A
        known id returns at once, before ``work`` could fail on documents that are there already;
        with other events it is refused.

        :param events: what happened. When only ``work`` can tell, as it depends on what it reads,
            leave them out: ``work`` adds them (``unit.add``), and they are appended once, when it
            is done. A known id is then taken at its word, whatever the events.
        :param timeout_seconds: how long to go on, retries included. PyMongo's operations end then;
            other things that ``work`` does are waited for. 0.001 to 3 600; default 30.
        :raises EntryInvalid (also without any event), MutationUnsupported, EntryTooLarge, IdReused,
            IdExpired: nothing was written; also whatever ``work`` raises.
        :raises TransactionGaveUp: when the time is up; nothing was written.
        :raises OutcomeUnknown: when nobody can say now: repeat it with the same id.
        """
        deadline = Deadline(timeout_seconds, time.sleep)
        return run_now(self._core.transact(work, events, id, partition, trace, deadline))

    @contextmanager
    def unit_of_work(
        self,
        *,
        id: EntryId | None = None,
        partition: str | None = None,
        trace: str | None = None,
        timeout_seconds: float = 30.0,
    ) -> Iterator[UnitOfWork]:
        """``transact`` as a with-block: the body writes the documents (``unit.session``) and adds
        the events; when it ends, the two are committed together, and when it raises, neither.

        The body cannot run again, so what may pass is retried for the commit alone.

        :param id: the idempotency id; one that is known is refused before the body runs.
        :param timeout_seconds: how long the block may take. PyMongo's operations end then; 0.001 to
            3 600; default 30.
        :raises EntryInvalid (also without any event), MutationUnsupported, EntryTooLarge,
            IdExpired: nothing was written.
        :raises AlreadyCommitted: for a known id, or one that another has committed meanwhile;
            nothing was written now.
        :raises TransactionGaveUp: after a failure that may pass, instead of PyMongo's error;
            nothing was written: run the block again.
        :raises OutcomeUnknown: when nobody can say now: run the block again with the same id.
        """
        deadline = Deadline(timeout_seconds, time.sleep)
        block = self._core.block(id, partition, trace, deadline)
        unit = run_now(block.enter())
        try:
            yield unit
        except BaseException as error:
            run_now(block.leave(error))
            raise
        run_now(block.leave(None))

    def wait_applied(
        self,
        ids: EntryId | str | Iterable[EntryId | str],
        *,
        timeout_seconds: float = 30.0,
    ) -> Waited:
        """Waits until the entries are in the graph, or decided otherwise: parked, blocked, skipped,
        or not found.

        Returns when all are decided, or when the time is up; what is not decided then is
        ``pending``, and what nobody has seen is ``not_found``. Up to 1 000 ids. It asks MongoDB
        again and again, at most every 20 and at least every 500 ms.
        """
        asked = [ids] if isinstance(ids, str) else ids
        deadline = Deadline(timeout_seconds, time.sleep)
        return run_now(wait_applied(self._core.outbox, asked, deadline))


def open_writer(db: Database[Any], *, source: str, partition: str = "") -> OutboxWriter:
    """A writer for the outbox of a database, after a look that it is set up.

    :raises OutboxUnusable: ``not_set_up``, naming the command that makes it, or ``format_newer``.
    """
    writer = OutboxWriter(db, source=source, partition=partition)
    run_now(writer._core.open())
    return writer
