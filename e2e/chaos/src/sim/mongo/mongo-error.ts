/** What the driver throws, as far as anything looks at it. */
export class MongoLikeError extends Error {
  override readonly name: string;
  readonly code: number | undefined;
  readonly errorLabels: readonly string[];

  constructor(name: string, message: string, code?: number, labels: readonly string[] = []) {
    super(message);
    this.name = name;
    this.code = code;
    this.errorLabels = labels;
  }
}

const TRANSIENT = ["TransientTransactionError"];

export const WRITE_CONFLICT = (): MongoLikeError =>
  new MongoLikeError("MongoServerError", "a write conflict", 112, TRANSIENT);

export const NO_SUCH_TRANSACTION = (): MongoLikeError =>
  new MongoLikeError("MongoServerError", "no such transaction", 251, TRANSIENT);

export const DUPLICATE_KEY = (what: string): MongoLikeError =>
  new MongoLikeError("MongoServerError", `E11000 duplicate key: ${what}`, 11_000);

/** Without a label: nobody says what has become of the transaction. */
export const LIFETIME_EXCEEDED = (): MongoLikeError =>
  new MongoLikeError("MongoServerError", "the transaction was open for too long", 290);

/** The connection broke in an operation of a transaction. */
export const LOST_IN_TRANSACTION = (): MongoLikeError =>
  new MongoLikeError("MongoNetworkError", "the connection was lost", undefined, TRANSIENT);

/** The connection broke in a commit. */
export const LOST_IN_COMMIT = (): MongoLikeError =>
  new MongoLikeError("MongoNetworkError", "the connection was lost", undefined, [
    "RetryableWriteError",
    "UnknownTransactionCommitResult",
  ]);

export const LOST = (): MongoLikeError =>
  new MongoLikeError("MongoNetworkError", "the connection was lost");
