import type { Failure, FailureKind } from "@outgraph/failure";

/** A port's call failed, said in the words of the whole system. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  readonly failure: Failure;
  /** The Cypher statement that failed, where it was one. */
  readonly cypher: string | undefined;

  constructor(failure: Failure, cypher?: string) {
    super(failure.message, { cause: failure.cause });
    this.failure = failure;
    this.cypher = cypher;
  }

  get kind(): FailureKind {
    return this.failure.kind;
  }
}

/** What any thrown value says about why: what no adapter translated is a bug, and unknown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CallFailed) return error.failure;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "unknown", code: "Unforeseen", message, cause: error };
}
