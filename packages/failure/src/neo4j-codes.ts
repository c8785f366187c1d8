import type { FailureKind } from "./failure.ts";

/** Rules that look at the message, asked first: where one code stands for different things. */
export const NEO4J_MESSAGES: readonly {
  readonly code: string;
  readonly message: RegExp;
  readonly kind: FailureKind;
}[] = [
  {
    // A key of more than some 8,000 bytes (seen on 5.26); the code is also that of server bugs.
    code: "Neo.DatabaseError.Statement.ExecutionFailed",
    message: /too large to index/i,
    kind: "poison",
  },
  {
    code: "Neo.DatabaseError.Transaction.TransactionCommitFailed",
    message: /too large to index/i,
    kind: "poison",
  },
  {
    code: "N/A",
    message: /^Connection acquisition timed out/,
    kind: "transient",
  },
];

/** What Neo4j's status codes mean, where their group does not say it. */
export const NEO4J_CODES: Readonly<Record<string, FailureKind>> = {
  // The driver's own.
  ServiceUnavailable: "transient",
  SessionExpired: "transient",

  // Too much in one transaction, or too long.
  "Neo.ClientError.General.TransactionOutOfMemoryError": "too_big",
  "Neo.ClientError.Procedure.ProcedureTimedOut": "too_big",
  "Neo.ClientError.Transaction.TransactionTimedOut": "too_big",
  "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": "too_big",
  "Neo.TransientError.General.MemoryPoolOutOfMemoryError": "too_big",
  "Neo.TransientError.General.OutOfMemoryError": "too_big",
  "Neo.TransientError.General.TransactionMemoryLimit": "too_big",
  "Neo.TransientError.General.TransactionOutOfMemoryError": "too_big",
  "Neo.TransientError.Statement.ExecutionTimeout": "too_big",

  // Stopped from outside. A transaction whose time ran out while it *waited for a lock* says
  // LockClientStopped (seen on 5.26): whoever held the lock is the problem, not the batch.
  "Neo.ClientError.Transaction.LockClientStopped": "transient",
  "Neo.ClientError.Transaction.Terminated": "transient",
  "Neo.ClientError.Transaction.TransactionNotFound": "transient",
  "Neo.DatabaseError.Transaction.TransactionStartFailed": "transient",

  // The leader is elsewhere for now.
  "Neo.ClientError.Cluster.NotALeader": "transient",
  "Neo.ClientError.Cluster.Routing": "transient",
  "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase": "transient",
  "Neo.ClientError.Routing.RoutingFailed": "transient",
  "Neo.ClientError.Security.AuthorizationExpired": "transient", // the driver logs in again

  // What this entry says does not go into this graph.
  "Neo.ClientError.Data.DataUnsupportedByStoreFormat": "poison",
  "Neo.ClientError.Procedure.ProcedureCallFailed": "poison",
  "Neo.ClientError.Procedure.TypeError": "poison",
  "Neo.ClientError.Schema.ConstraintValidationFailed": "poison",
  "Neo.ClientError.Schema.ConstraintViolation": "poison",
  "Neo.ClientError.Schema.TokenLengthError": "poison",
  "Neo.ClientError.Schema.TokenNameError": "poison",
  "Neo.ClientError.Transaction.TransactionHookFailed": "poison",
  "Neo.ClientError.Transaction.TransactionValidationFailed": "poison",

  // Statements that fail whatever the entry says.
  "Neo.ClientError.Statement.AccessMode": "unknown",
  "Neo.ClientError.Statement.ExternalResourceFailed": "unknown",
  "Neo.ClientError.Statement.InvalidTargetDatabaseError": "unknown",
  "Neo.ClientError.Statement.NotSystemDatabaseError": "unknown",
  "Neo.ClientError.Statement.RemoteExecutionClientError": "unknown",
  "Neo.ClientError.Statement.RuntimeUnsupportedError": "unknown",
  "Neo.ClientError.Statement.UnsupportedAdministrationCommand": "unknown",

  // Transient by name alone: it would fail so for ever.
  "Neo.TransientError.General.StackOverFlowError": "unknown",
};

/** What a whole group of status codes means. Groups that are not here are unknown. */
export const NEO4J_GROUPS: readonly { readonly prefix: string; readonly kind: FailureKind }[] = [
  // Bad arithmetic, types, arguments; also `date('…')`, by which a plan refuses an absent end, and
  // which Neo4j calls a syntax error.
  { prefix: "Neo.ClientError.Statement.", kind: "poison" },
  { prefix: "Neo.TransientError.", kind: "transient" },
];
