"""What a call can fail with: one class for each code of the contract.

The in-transaction writer's errors (``outgraph.writer``) are subclasses of these, so that a caller
may handle both alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldViolation:
    """One thing wrong with a request."""

    field: str
    """Where, such as ``writes[2].insert_one.document.bson``."""
    description: str


class OutgraphError(Exception):
    """A call failed. Each code of the contract has a class of its own, below."""

    code: str = "UNKNOWN"
    """The code as the contract writes it, such as ``FAILED_PRECONDITION``."""

    def __init__(
        self,
        message: str,
        *,
        field_violations: Sequence[FieldViolation] = (),
        retry_after_seconds: float | None = None,
        entry_id: str | None = None,
        attempts: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field_violations = tuple(field_violations)
        """The fields at fault; empty unless the request was malformed."""
        self.retry_after_seconds = retry_after_seconds
        """How long the service asks to wait before a repeat, if it said so."""
        self.entry_id = entry_id
        """The entry whose append failed; repeat with this id. None where nothing is appended."""
        self.attempts = attempts
        """How often the call was tried."""

    def __str__(self) -> str:
        entry = "" if self.entry_id is None else f" (entry {self.entry_id})"
        return f"{self.message}{entry}"


class InvalidArgumentError(OutgraphError):
    """``field_violations`` has the path of each field at fault."""

    code = "INVALID_ARGUMENT"


class AlreadyExistsError(OutgraphError):
    """The id is known with other content, or a unique index refused a document."""

    code = "ALREADY_EXISTS"


class FailedPreconditionError(OutgraphError):
    """A match count was not met, or the id is too old to be told from a repeat."""

    code = "FAILED_PRECONDITION"


class AbortedError(OutgraphError):
    """Conflicts with other transactions went on until the time was up; nothing was written."""

    code = "ABORTED"


class ResourceExhaustedError(OutgraphError):
    """Too large; or, with ``retry_after_seconds``, the backlog was at its cap all the time."""

    code = "RESOURCE_EXHAUSTED"


class UnavailableError(OutgraphError):
    """The service or MongoDB was away all the time. Safe to repeat with the same id."""

    code = "UNAVAILABLE"


class DeadlineExceededError(OutgraphError):
    """The time was up; the outcome is unknown. Repeat with the same id."""

    code = "DEADLINE_EXCEEDED"


class CancelledError(OutgraphError):
    """``close`` ended the call; the outcome is unknown."""

    code = "CANCELLED"


class NotFoundError(OutgraphError):
    """No such entry, or no such collection."""

    code = "NOT_FOUND"


class UnimplementedError(OutgraphError):
    """A mutation that the service does not know; ``field_violations`` says which."""

    code = "UNIMPLEMENTED"


class UnauthenticatedError(OutgraphError):
    """No valid credentials."""

    code = "UNAUTHENTICATED"


class PermissionDeniedError(OutgraphError):
    """The collection, label or type is not for this caller, or for nobody."""

    code = "PERMISSION_DENIED"


class InternalError(OutgraphError):
    """Every code that the contract does not name; ``code`` says which."""

    code = "INTERNAL"


CLASS_OF: dict[str, type[OutgraphError]] = {
    each.code: each
    for each in (
        InvalidArgumentError,
        AlreadyExistsError,
        FailedPreconditionError,
        AbortedError,
        ResourceExhaustedError,
        UnavailableError,
        DeadlineExceededError,
        CancelledError,
        NotFoundError,
        UnimplementedError,
        UnauthenticatedError,
        PermissionDeniedError,
        InternalError,
    )
}
"""The class of each code."""
