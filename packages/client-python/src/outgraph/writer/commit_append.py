"""Commits one append: its documents and its entry, or neither."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from outgraph.answers import Appended
from outgraph.entry_id import EntryId
from outgraph.writer.deadline import Deadline
from outgraph.writer.errors import IdExpired, IdReused, OutcomeUnknown, TransactionGaveUp
from outgraph.writer.look import judge, look, look_again
from outgraph.writer.outbox import Outbox
from outgraph.writer.settle import settle
from outgraph.writer.transaction import run_transaction

LOOK_AGAIN_SECONDS = 2.0
"""How long the look after a failure may take, on top of the call's own time."""


@dataclass(frozen=True)
class PendingAppend:
    """Documents and an entry that shall commit together."""

    id: EntryId
    id_given: bool
    """Whether the id came from outside, so that it may be known, or too old to tell."""
    digest: bytes | None
    """What a known id is compared by. None when the content is only known once ``write`` has run: a
    known id then returns the first outcome whatever it was about."""
    write: Callable[[Any], Any]
    """Writes the documents, in the session's transaction, and returns the entry to append. Not
    called for an id that is known or expired; called again when the transaction is run again."""


async def commit_append(outbox: Outbox, append: PendingAppend, deadline: Deadline) -> Appended:
    """Takes effect once, however often it is repeated with the same id, by whomever, and however
    its calls overlap: one of them writes, the others return what that one returned. No error is
    reported before the id has been looked up again, so that an error never hides a success.

    :raises IdReused, IdExpired: nothing was written; also whatever ``append.write`` raises.
    :raises TransactionGaveUp: when the time is up; nothing was written.
    :raises OutcomeUnknown: when nobody can say now: repeat it with the same id.
    """

    async def attempt_once(session: Any, attempt: int) -> Appended:
        return await _write(outbox, append, session, looks=append.id_given or attempt > 1)

    try:
        made: Appended = await run_transaction(outbox.client, attempt_once, deadline, append.id)
    except Exception as error:
        return await _first_outcome_or_raise(error, outbox, append)
    return made


async def _write(outbox: Outbox, append: PendingAppend, session: Any, *, looks: bool) -> Appended:
    """The look comes first, because a repeated append must get its first outcome even where its
    document writes would fail now (a duplicate key of their own)."""
    if looks:
        verdict = judge(append.id, append.digest, await look(outbox, append.id, session))
        if isinstance(verdict, Appended):
            # An id made by this call can only be known from an earlier attempt of this call.
            return replace(verdict, replayed=append.id_given)
        if verdict != "new":
            raise verdict
    prepared = await settle(append.write(session))
    await settle(outbox.entries.insert_one(prepared.document(), session=session))
    return Appended(append.id, (), replayed=False)


async def _first_outcome_or_raise(
    error: Exception, outbox: Outbox, append: PendingAppend
) -> Appended:
    """What an earlier commit of this id returned, if there is one; else raises what has to be
    said."""
    # The look inside the transaction has decided already.
    if isinstance(error, (IdReused, IdExpired)):
        raise error
    unknown = isinstance(error, OutcomeUnknown)
    # Nobody else has an id that was made here, and this call has not committed it.
    if not append.id_given and not unknown:
        raise error
    try:
        seen = await look_again(outbox, append.id, LOOK_AGAIN_SECONDS)
    except Exception as cause:
        # These two already say what to do: repeat it with the same id.
        if unknown or isinstance(error, TransactionGaveUp):
            raise error from cause
        # An error that would be final, if only we knew that no earlier call had succeeded.
        raise OutcomeUnknown(append.id, error) from cause
    verdict = judge(append.id, append.digest, seen)
    if isinstance(verdict, Appended):
        # After a commit of our own that was undecided, what is found is that commit.
        return replace(verdict, replayed=not unknown)
    if isinstance(verdict, IdReused):
        raise verdict from error
    raise error
