import type { FailureKind } from "./failure.ts";

/** What a MongoDB error code means. */
export interface MongoCode {
  readonly name: string;
  readonly kind: FailureKind;
  /** True when another transaction was in the way, and nothing is wrong with the server. */
  readonly conflict?: true;
}

/**
 * What an error label means. Labels are asked before codes: the server gives them knowing what it
 * had done when it failed, which a code alone cannot say. Labels that are not here say nothing
 * about the failure itself (`NoWritesPerformed`, `ResetPool`, …).
 */
export const MONGO_LABELS: Readonly<Record<string, FailureKind>> = {
  TransientTransactionError: "transient", // aborted; the whole transaction may be run again
  UnknownTransactionCommitResult: "transient", // the commit may be sent again
  RetryableWriteError: "transient",
  RetryableError: "transient",
  SystemOverloadedError: "transient",
  ResumableChangeStreamError: "transient",
  NonResumableChangeStreamError: "transient", // a relay starts anew, and keeps no resume token
};

/** What MongoDB's error codes mean, as far as anything here can meet them. */
export const MONGO_CODES: Readonly<Record<number, MongoCode>> = {
  // Network, elections, shutdown: the same call may succeed later.
  6: { name: "HostUnreachable", kind: "transient" },
  7: { name: "HostNotFound", kind: "transient" },
  89: { name: "NetworkTimeout", kind: "transient" },
  91: { name: "ShutdownInProgress", kind: "transient" },
  94: { name: "NotYetInitialized", kind: "transient" },
  133: { name: "FailedToSatisfyReadPreference", kind: "transient" },
  134: { name: "ReadConcernMajorityNotAvailableYet", kind: "transient" },
  145: { name: "PooledConnectionsDropped", kind: "transient" },
  189: { name: "PrimarySteppedDown", kind: "transient" },
  202: { name: "NetworkInterfaceExceededTimeLimit", kind: "transient" },
  216: { name: "ElectionInProgress", kind: "transient" },
  279: { name: "ClientDisconnect", kind: "transient" },
  317: { name: "ConnectionPoolExpired", kind: "transient" },
  384: { name: "ConnectionError", kind: "transient" },
  391: { name: "ReauthenticationRequired", kind: "transient" },
  9001: { name: "SocketException", kind: "transient" },
  10058: { name: "LegacyNotPrimary", kind: "transient" },
  10107: { name: "NotWritablePrimary", kind: "transient" },
  11600: { name: "InterruptedAtShutdown", kind: "transient" },
  11602: { name: "InterruptedDueToReplStateChange", kind: "transient" },
  13435: { name: "NotPrimaryNoSecondaryOk", kind: "transient" },
  13436: { name: "NotPrimaryOrSecondary", kind: "transient" },

  // Time limits, interruptions and overload.
  50: { name: "MaxTimeMSExpired", kind: "transient" },
  64: { name: "WriteConcernTimeout", kind: "transient" },
  237: { name: "CursorKilled", kind: "transient" },
  262: { name: "ExceededTimeLimit", kind: "transient" },
  // Aborted for its age; at a commit, maybe after it took effect.
  290: { name: "TransactionExceededLifetimeLimitSeconds", kind: "transient" },
  355: { name: "InterruptedDueToStorageChange", kind: "transient" },
  365: { name: "TemporarilyUnavailable", kind: "transient" },
  402: { name: "ResourceExhausted", kind: "transient" },
  407: { name: "PooledConnectionAcquisitionExceededTimeLimit", kind: "transient" },
  433: { name: "AdmissionQueueOverflow", kind: "transient" },
  449: { name: "RateLimitExceeded", kind: "transient" },
  11601: { name: "Interrupted", kind: "transient" }, // killOp, by a person

  // Transactions.
  24: { name: "LockTimeout", kind: "transient", conflict: true },
  112: { name: "WriteConflict", kind: "transient", conflict: true },
  117: { name: "ConflictingOperationInProgress", kind: "transient", conflict: true },
  239: { name: "SnapshotTooOld", kind: "transient" },
  246: { name: "SnapshotUnavailable", kind: "transient" },
  251: { name: "NoSuchTransaction", kind: "transient" },
  267: { name: "PreparedTransactionInProgress", kind: "transient", conflict: true },
  282: { name: "TransactionCoordinatorReachedAbortDecision", kind: "transient" },

  // A sharded cluster that moves things about.
  63: { name: "StaleShardVersion", kind: "transient" },
  150: { name: "StaleEpoch", kind: "transient" },
  249: { name: "StaleDbVersion", kind: "transient" },
  250: { name: "StaleChunkHistory", kind: "transient" },
  272: { name: "MigrationConflict", kind: "transient" },
  13388: { name: "StaleConfig", kind: "transient" },

  // Cursors and change streams: whoever reads starts again.
  43: { name: "CursorNotFound", kind: "transient" },
  136: { name: "CappedPositionLost", kind: "transient" },
  175: { name: "QueryPlanKilled", kind: "transient" },
  222: { name: "CloseChangeStream", kind: "transient" },
  234: { name: "RetryChangeStream", kind: "transient" },
  260: { name: "InvalidResumeToken", kind: "transient" },
  280: { name: "ChangeStreamFatalError", kind: "transient" },
  286: { name: "ChangeStreamHistoryLost", kind: "transient" },

  // Too much at once.
  146: { name: "ExceededMemoryLimit", kind: "too_big" },
  257: { name: "TransactionTooLarge", kind: "too_big" },
  292: { name: "QueryExceededMemoryLimitNoDiskUseAllowed", kind: "too_big" },
  388: { name: "TransactionTooLargeForCache", kind: "too_big" },
  10334: { name: "BSONObjectTooLarge", kind: "too_big" },
  17419: { name: "DocumentTooLargeAfterUpdate", kind: "too_big" },
  17420: { name: "DocumentTooLargeAfterUpdate", kind: "too_big" },

  // These documents can never be written so.
  2: { name: "BadValue", kind: "poison" },
  9: { name: "FailedToParse", kind: "poison" },
  14: { name: "TypeMismatch", kind: "poison" },
  15: { name: "Overflow", kind: "poison" },
  16: { name: "InvalidLength", kind: "poison" },
  22: { name: "InvalidBSON", kind: "poison" },
  26: { name: "NamespaceNotFound", kind: "poison" },
  27: { name: "IndexNotFound", kind: "poison" },
  28: { name: "PathNotViable", kind: "poison" },
  40: { name: "ConflictingUpdateOperators", kind: "poison" },
  52: { name: "DollarPrefixedFieldName", kind: "poison" },
  53: { name: "InvalidIdField", kind: "poison" },
  54: { name: "NotSingleValueField", kind: "poison" },
  55: { name: "InvalidDBRef", kind: "poison" },
  56: { name: "EmptyFieldName", kind: "poison" },
  57: { name: "DottedFieldName", kind: "poison" },
  61: { name: "ShardKeyNotFound", kind: "poison" },
  66: { name: "ImmutableField", kind: "poison" },
  72: { name: "InvalidOptions", kind: "poison" },
  73: { name: "InvalidNamespace", kind: "poison" },
  121: { name: "DocumentValidationFailure", kind: "poison" },
  166: { name: "CommandNotSupportedOnView", kind: "poison" },
  168: { name: "InvalidPipelineOperator", kind: "poison" },
  171: { name: "CannotIndexParallelArrays", kind: "poison" },
  181: { name: "AmbiguousIndexKeyPattern", kind: "poison" },
  241: { name: "ConversionFailure", kind: "poison" },
  263: { name: "OperationNotSupportedInTransaction", kind: "poison" },
  357: { name: "InvalidBSONType", kind: "poison" },
  378: { name: "NonConformantBSON", kind: "poison" },
  11000: { name: "DuplicateKey", kind: "poison" },

  // A person has to look.
  13: { name: "Unauthorized", kind: "unknown" },
  18: { name: "AuthenticationFailed", kind: "unknown" },
  20: { name: "IllegalOperation", kind: "unknown" }, // so does a standalone refuse a transaction
  79: { name: "UnknownReplWriteConcern", kind: "unknown" },
  100: { name: "UnsatisfiableWriteConcern", kind: "unknown" },
  225: { name: "TransactionTooOld", kind: "unknown" },
  346: { name: "ChangeStreamInvalidated", kind: "unknown" }, // the collection was dropped
  371: { name: "UserWritesBlocked", kind: "unknown" },
};

/** What the driver's own errors mean, by name; all others are unknown. */
export const MONGO_DRIVER_ERRORS: Readonly<Record<string, FailureKind>> = {
  MongoNetworkError: "transient",
  MongoNetworkTimeoutError: "transient",
  MongoServerSelectionError: "transient",
  MongoPoolClearedError: "transient",
  PoolClearedOnNetworkError: "transient",
  MongoWaitQueueTimeoutError: "transient",
  MongoOperationTimeoutError: "transient",
  MongoNotConnectedError: "transient",
  MongoStalePrimaryError: "transient",
  MongoChangeStreamError: "transient",
  BSONError: "poison", // a value that BSON cannot hold
  BSONVersionError: "poison",
  BSONOffsetError: "poison",
  BSONRuntimeError: "poison",
  MongoInvalidArgumentError: "poison",
};
