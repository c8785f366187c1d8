import { classifyNeo4j, type Failure } from "@outgraph/failure";
import { refusalIn } from "@outgraph/graph-plan";
import { CallFailed } from "../../call-failed.ts";

/** What a driver threw, as a failed call. */
export function translated(error: unknown, cypher?: string): CallFailed {
  if (error instanceof CallFailed) return error;
  const failure = classifyNeo4j(error);
  const refusal = refusalIn(failure.message);
  return refusal === undefined
    ? new CallFailed({ ...failure, message: `Neo4j: ${failure.message}` }, cypher)
    : new CallFailed({ ...failure, kind: "poison", message: refusal }, cypher);
}

/**
 * As `translated`, for calls that carry no batch: one that took too long waited for a lock, since
 * there is nothing in it that could be too much.
 */
export function translatedWait(error: unknown, cypher?: string): CallFailed {
  const { failure } = translated(error, cypher);
  const waited: Failure = failure.kind === "too_big" ? { ...failure, kind: "transient" } : failure;
  return new CallFailed(waited, cypher);
}

/** What a server that says nothing has done. */
export function silent(ms: number): CallFailed {
  return new CallFailed({
    kind: "transient",
    code: "Silent",
    message: `Neo4j: no answer within ${ms} ms`,
    cause: undefined,
  });
}
