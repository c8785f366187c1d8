"""What an error of PyMongo means: by label first, then by code, then by class."""

from dataclasses import dataclass

from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, PyMongoError


@dataclass(frozen=True)
class Failure:
    """A failed call to MongoDB."""

    transient: bool
    """Whether the same may succeed later; the transaction then is run again."""
    conflict: bool
    """Whether another transaction was in the way."""
    not_committed: bool
    """Of a commit: whether the server said that it aborted. All else leaves it open, code 290 and
    errors without a label included."""


# The server gives labels knowing what it had done when it failed, which a code alone cannot say.
_TRANSIENT_LABELS = (
    "TransientTransactionError",
    "UnknownTransactionCommitResult",
    "RetryableWriteError",
    "RetryableError",
    "SystemOverloadedError",
)

_CONFLICT_CODES = frozenset(
    {
        24,  # LockTimeout
        112,  # WriteConflict
        117,  # ConflictingOperationInProgress
        267,  # PreparedTransactionInProgress
    }
)

_TRANSIENT_CODES = _CONFLICT_CODES | frozenset(
    {
        6,  # HostUnreachable
        7,  # HostNotFound
        50,  # MaxTimeMSExpired
        63,  # StaleShardVersion
        64,  # WriteConcernTimeout
        89,  # NetworkTimeout
        91,  # ShutdownInProgress
        94,  # NotYetInitialized
        133,  # FailedToSatisfyReadPreference
        134,  # ReadConcernMajorityNotAvailableYet
        145,  # PooledConnectionsDropped
        150,  # StaleEpoch
        189,  # PrimarySteppedDown
        202,  # NetworkInterfaceExceededTimeLimit
        216,  # ElectionInProgress
        237,  # CursorKilled
        239,  # SnapshotTooOld
        246,  # SnapshotUnavailable
        249,  # StaleDbVersion
        250,  # StaleChunkHistory
        251,  # NoSuchTransaction
        262,  # ExceededTimeLimit
        272,  # MigrationConflict
        279,  # ClientDisconnect
        282,  # TransactionCoordinatorReachedAbortDecision
        290,  # TransactionExceededLifetimeLimitSeconds
        317,  # ConnectionPoolExpired
        355,  # InterruptedDueToStorageChange
        365,  # TemporarilyUnavailable
        384,  # ConnectionError
        391,  # ReauthenticationRequired
        402,  # ResourceExhausted
        407,  # PooledConnectionAcquisitionExceededTimeLimit
        433,  # AdmissionQueueOverflow
        449,  # RateLimitExceeded
        9001,  # SocketException
        10058,  # LegacyNotPrimary
        10107,  # NotWritablePrimary
        11600,  # InterruptedAtShutdown
        11601,  # Interrupted
        11602,  # InterruptedDueToReplStateChange
        13388,  # StaleConfig
        13435,  # NotPrimaryNoSecondaryOk
        13436,  # NotPrimaryOrSecondary
    }
)


def failure_of(error: BaseException) -> Failure:
    if not isinstance(error, PyMongoError):
        return Failure(transient=False, conflict=False, not_committed=False)
    codes = _codes_of(error)
    labelled = any(error.has_error_label(label) for label in _TRANSIENT_LABELS)
    return Failure(
        transient=labelled
        or bool(codes & _TRANSIENT_CODES)
        or (isinstance(error, ConnectionFailure) and not codes),
        conflict=bool(codes & _CONFLICT_CODES),
        # Given to a commit only after the server made sure, on a majority, that no such
        # transaction is there.
        not_committed=error.has_error_label("TransientTransactionError")
        and not error.has_error_label("UnknownTransactionCommitResult"),
    )


def _codes_of(error: PyMongoError) -> frozenset[int]:
    if isinstance(error, BulkWriteError):
        return frozenset(each["code"] for each in error.details.get("writeErrors", ()))
    if isinstance(error, OperationFailure) and error.code is not None:
        return frozenset({error.code})
    return frozenset()
