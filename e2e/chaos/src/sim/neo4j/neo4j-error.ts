/** What the driver throws, as far as anything looks at it. */
export class Neo4jError extends Error {
  override readonly name = "Neo4jError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export const CONNECTION_LOST = (): Neo4jError =>
  new Neo4jError("ServiceUnavailable", "the connection was lost");

export const TIMED_OUT = (): Neo4jError =>
  new Neo4jError(
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
    "the transaction has been terminated: its time was up",
  );

export const LOCK_STOPPED = (): Neo4jError =>
  new Neo4jError(
    "Neo.ClientError.Transaction.LockClientStopped",
    "the transaction has been terminated while it waited for a lock",
  );

export const DEADLOCK = (): Neo4jError =>
  new Neo4jError("Neo.TransientError.Transaction.DeadlockDetected", "a deadlock was detected");
