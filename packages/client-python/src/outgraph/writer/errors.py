"""What the in-transaction writer refuses, and how a transaction can fail.

Each is a subclass of the error that the append service would answer with.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from outgraph.answers import Appended
from outgraph.check import Violation
from outgraph.entry_id import EntryId
from outgraph.errors import (
    AlreadyExistsError,
    DeadlineExceededError,
    FailedPreconditionError,
    FieldViolation,
    InvalidArgumentError,
    OutgraphError,
    ResourceExhaustedError,
    UnimplementedError,
)
from outgraph.limits import ENTRY_BYTES_MAX


class NoTransaction(FailedPreconditionError):
    """``append`` was called without a transaction in progress: a bug in the caller. Nothing was
    written."""

    def __init__(self) -> None:
        super().__init__(
            "append needs a session with a transaction in progress, the one that writes the "
            "documents; transact starts one for you"
        )


class EntryInvalid(InvalidArgumentError):
    """The entry breaks rules of the contract. Nothing was written."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(
            f"the entry is invalid: {_listed(violations)}",
            field_violations=_field_violations(violations),
        )
        self.violations = tuple(violations)
        """Each with the path of the field at fault, such as ``events[0].type``."""


class MutationUnsupported(UnimplementedError):
    """The entry holds mutations that this version cannot apply. Nothing was written."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__(
            f"the entry cannot be applied: {_listed(violations)}",
            field_violations=_field_violations(violations),
        )
        self.violations = tuple(violations)
        """Where they are."""


class EntryTooLarge(ResourceExhaustedError):
    """The encoded entry is larger than 8 MiB. Nothing was written."""

    def __init__(self, entry_id: EntryId, size: int) -> None:
        super().__init__(
            f"the entry has {size} bytes; at most {ENTRY_BYTES_MAX} are taken", entry_id=entry_id
        )
        self.size = size


class AlreadyAppended(FailedPreconditionError):
    """The transaction has an entry already. The second was not written; the first one stands."""

    def __init__(self) -> None:
        super().__init__(
            "this transaction has its entry already: one transaction, one entry. transact is the "
            "unit of work that collects events with add, and appends them once"
        )


class IdReused(AlreadyExistsError):
    """The id is known with other content. Nothing was written."""

    def __init__(self, entry_id: EntryId) -> None:
        super().__init__("the entry was appended before, with other content", entry_id=entry_id)


class AlreadyCommitted(AlreadyExistsError):
    """The id is known with equal content. Only from ``append``: abort the transaction, its work is
    done."""

    def __init__(self, entry_id: EntryId, first: Appended) -> None:
        super().__init__(
            "the entry was committed before, with equal content: abort this transaction",
            entry_id=entry_id,
        )
        self.first = first
        """What the first append returned."""


class IdExpired(FailedPreconditionError):
    """The id is so old that its entry may have been purged, so nobody can say whether it was
    applied. Nothing was written."""

    def __init__(self, entry_id: EntryId, horizon: datetime) -> None:
        super().__init__(
            "the entry's id carries a time at or below the purge horizon "
            f"({horizon.isoformat()}): if it was appended before, that may have been forgotten. "
            "Look whether its documents are there",
            entry_id=entry_id,
        )
        self.horizon = horizon
        """Ids that carry this time or an earlier one are refused."""


class OutcomeUnknown(DeadlineExceededError):
    """It may have committed or not: repeat the call with the same id to find out."""

    def __init__(self, entry_id: EntryId | None, cause: BaseException) -> None:
        super().__init__(f"it may have committed or not: {cause}", entry_id=entry_id)


GaveUpReason: TypeAlias = Literal["conflict", "unavailable", "deadline"]
"""Why a transaction was given up; ``deadline``: the work itself took longer than there was time."""

_CODE_OF: dict[GaveUpReason, str] = {
    "conflict": "ABORTED",
    "unavailable": "UNAVAILABLE",
    "deadline": "DEADLINE_EXCEEDED",
}


class TransactionGaveUp(OutgraphError):
    """Every attempt within the time failed, for reasons that may pass. Nothing was written."""

    def __init__(
        self, entry_id: EntryId | None, reason: GaveUpReason, attempts: int, cause: object
    ) -> None:
        super().__init__(
            f"nothing was written: gave up after {attempts} attempts ({reason}): {cause}",
            entry_id=entry_id,
            attempts=attempts,
        )
        self.reason = reason
        self.code = _CODE_OF[reason]


UnusableReason: TypeAlias = Literal["not_set_up", "format_newer"]


class OutboxUnusable(FailedPreconditionError):
    """The database has no outbox that can be used; the message says what to do about it."""

    def __init__(self, reason: UnusableReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def _listed(violations: Sequence[Violation]) -> str:
    return "; ".join(f"{violation.field}: {violation.message}" for violation in violations)


def _field_violations(violations: Sequence[Violation]) -> list[FieldViolation]:
    return [FieldViolation(each.field, each.message) for each in violations]
