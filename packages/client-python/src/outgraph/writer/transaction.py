"""Runs a transaction until it is decided, or the time is up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pymongo
from pymongo import ReadPreference
from pymongo.errors import ExecutionTimeout
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from outgraph.entry_id import EntryId
from outgraph.writer.deadline import Deadline, retry_delay
from outgraph.writer.errors import GaveUpReason, OutcomeUnknown, TransactionGaveUp
from outgraph.writer.failure import failure_of
from outgraph.writer.settle import settle

T = TypeVar("T")

_DOUBTFUL_COMMITS_MAX = 3
"""How often a commit is sent again after an error that does not look as if it would pass."""

_ABORT_SECONDS = 1.0
"""How long an abort may take, on top of the call's own time."""


@dataclass(frozen=True)
class Committed(Generic[T]):
    """What the work returned, and the server has committed."""

    result: T


@dataclass(frozen=True)
class Aborted:
    """Nothing was written, and another attempt may do better."""

    error: BaseException
    reason: GaveUpReason
    cut_short: bool = False
    """Whether it was the deadline that ended it, which says nothing about why it took so long."""


async def run_transaction(
    client: Any,
    work: Callable[[Any, int], Any],
    deadline: Deadline,
    entry_id: EntryId | None = None,
) -> Any:
    """Runs ``work(session, attempt)`` in a transaction (snapshot, majority, journalled); returns
    its result once that is committed.

    ``work`` runs again, in a new transaction, after every failure that may pass. Where PyMongo's
    ``with_transaction`` returns errors that leave the outcome open (290 at a commit, errors without
    a label), or goes on for 120 s, this sends the commit again until it is decided or the time is
    up, and says which. PyMongo's operations end with the deadline (``pymongo.timeout``).

    :raises TransactionGaveUp: when the time is up; nothing was written.
    :raises OutcomeUnknown: when the time is up and a commit is undecided.
    """
    session = client.start_session()
    attempt = 1
    why: Aborted | None = None
    try:
        while True:
            ended = await _try_once(session, work, attempt, deadline, entry_id)
            if isinstance(ended, Committed):
                return ended.result
            if why is None or not ended.cut_short:
                why = ended
            if not await deadline.pause(retry_delay(attempt)):
                raise TransactionGaveUp(entry_id, why.reason, attempt, why.error) from why.error
            attempt += 1
    finally:
        await settle(session.end_session())


async def _try_once(
    session: Any,
    work: Callable[[Any, int], Any],
    attempt: int,
    deadline: Deadline,
    entry_id: EntryId | None,
) -> Committed[Any] | Aborted:
    await begin(session)
    try:
        with time_limit(deadline):
            result = await settle(work(session, attempt))
        if not session.in_transaction:
            raise RuntimeError("the work has ended the transaction itself")
    except Exception as error:
        await abort(session)
        aborted = aborted_by(error, deadline)
        if aborted is None:
            raise
        return aborted
    return await commit(session, result, deadline, entry_id)


async def begin(session: Any) -> None:
    """Starts a transaction: snapshot, majority, journalled."""
    await settle(
        session.start_transaction(
            read_concern=ReadConcern("snapshot"),
            write_concern=WriteConcern("majority", j=True),
            read_preference=ReadPreference.PRIMARY,
        )
    )


def aborted_by(error: BaseException, deadline: Deadline) -> Aborted | None:
    """What an error of the work means for another attempt; None when none would do better."""
    failure = failure_of(error)
    if not failure.transient:
        return None
    if failure.conflict:
        return Aborted(error, "conflict")
    cut_short = deadline.passed and getattr(error, "timeout", False)
    late = cut_short and isinstance(error, ExecutionTimeout)
    return Aborted(error, "deadline" if late else "unavailable", cut_short)


async def commit(
    session: Any, result: T, deadline: Deadline, entry_id: EntryId | None
) -> Committed[T] | Aborted:
    """Sends the commit until it is decided. Nothing is committed after the deadline.

    :raises OutcomeUnknown: when the time is up and the commit is undecided.
    """
    if deadline.passed:
        await abort(session)
        late_work = TimeoutError("the work outlasted the deadline")
        return Aborted(late_work, "deadline", cut_short=True)
    sent = 1
    while True:
        try:
            with time_limit(deadline):
                await settle(session.commit_transaction())
            return Committed(result)
        except Exception as error:
            failure = failure_of(error)
            if failure.not_committed:
                return Aborted(error, "conflict" if failure.conflict else "unavailable")
            hopeless = not failure.transient and sent >= _DOUBTFUL_COMMITS_MAX
            if hopeless or not await deadline.pause(retry_delay(sent)):
                raise OutcomeUnknown(entry_id, error) from error
        sent += 1


async def abort(session: Any) -> None:
    """Ends the transaction, if it is still open.

    PyMongo swallows what the server says to an abort: a transaction that cannot be told so is
    aborted by the server's own time limit. The work may have aborted it itself."""
    if session.in_transaction:
        with pymongo.timeout(_ABORT_SECONDS):
            await settle(session.abort_transaction())


def time_limit(deadline: Deadline) -> AbstractContextManager[None]:
    """PyMongo's operations inside end with the deadline."""
    # No time at all would be no limit; so little is none in effect.
    return pymongo.timeout(max(0.001, deadline.left()))
