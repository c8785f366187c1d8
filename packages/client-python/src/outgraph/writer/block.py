"""A unit of work as a with-block, which runs once."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from outgraph.answers import Appended
from outgraph.entry_id import EntryId, new_entry_id
from outgraph.writer.claim import claim_transaction
from outgraph.writer.deadline import Deadline
from outgraph.writer.errors import AlreadyCommitted, OutcomeUnknown, TransactionGaveUp
from outgraph.writer.look import judge, look, look_again
from outgraph.writer.outbox import Outbox
from outgraph.writer.prepare import PreparedEntry
from outgraph.writer.settle import settle
from outgraph.writer.transaction import Aborted, abort, aborted_by, begin, commit, time_limit
from outgraph.writer.unit import Unit

LOOK_AGAIN_SECONDS = 2.0
"""How long the look after a failure may take, on top of the block's own time."""


class Block:
    """What ``transact`` does, but for the retries: nobody can run the body of a with-block again.

    :param prepared: makes the entry of the unit.
    """

    def __init__(
        self,
        outbox: Outbox,
        id: EntryId | None,
        prepared: Callable[[Unit[Any]], PreparedEntry],
        deadline: Deadline,
    ) -> None:
        self._outbox = outbox
        self._id_given = id is not None
        self._id = id or new_entry_id()
        self._prepared = prepared
        self._deadline = deadline
        self._limit = ExitStack()
        self._unit: Unit[Any] | None = None

    async def enter(self) -> Unit[Any]:
        """The unit, in a transaction, once the id is known to be new."""
        session = self._outbox.client.start_session()
        self._unit = Unit(session, takes_events=True, entry_id=self._id)
        try:
            await begin(session)
            claim_transaction(session)
            if self._id_given:
                await self._refuse_known(session)
        except BaseException as error:
            await self.leave(error)
            raise
        self._limit.enter_context(time_limit(self._deadline))
        return self._unit

    async def leave(self, error: BaseException | None) -> None:
        """Commits; after an error it aborts instead, and raises only where it has more to say."""
        self._limit.close()
        assert self._unit is not None
        session = self._unit.session
        try:
            if error is None:
                await self._commit(self._unit)
                return
            await abort(session)
            aborted = aborted_by(error, self._deadline)
            if aborted is not None:
                raise self._gave_up(aborted) from error
        finally:
            await settle(session.end_session())

    async def _refuse_known(self, session: Any) -> None:
        with time_limit(self._deadline):
            verdict = judge(self._id, None, await look(self._outbox, self._id, session))
        if isinstance(verdict, Appended):
            raise AlreadyCommitted(self._id, verdict)
        if verdict != "new":
            raise verdict

    async def _commit(self, unit: Unit[Any]) -> None:
        try:
            ended = await self._try_once(unit)
        except OutcomeUnknown as error:
            # What is found now is this very commit: nobody else gets so far with the same id.
            if await self._first_outcome() is None:
                raise error
            return
        if not isinstance(ended, Aborted):
            return
        first = await self._first_outcome() if self._id_given else None
        if first is not None:
            raise AlreadyCommitted(self._id, first)
        raise self._gave_up(ended) from ended.error

    async def _try_once(self, unit: Unit[Any]) -> Any:
        session = unit.session
        try:
            prepared = self._prepared(unit)
            with time_limit(self._deadline):
                await settle(self._outbox.entries.insert_one(prepared.document(), session=session))
        except Exception as error:
            await abort(session)
            aborted = aborted_by(error, self._deadline)
            if aborted is None:
                raise
            return aborted
        return await commit(session, None, self._deadline, self._id)

    async def _first_outcome(self) -> Appended | None:
        try:
            seen = await look_again(self._outbox, self._id, LOOK_AGAIN_SECONDS)
        except Exception as cause:
            raise OutcomeUnknown(self._id, cause) from cause
        return seen.first.appended if seen.first is not None else None

    def _gave_up(self, aborted: Aborted) -> TransactionGaveUp:
        return TransactionGaveUp(self._id, aborted.reason, 1, aborted.error)
