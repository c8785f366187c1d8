import { expect, test } from "vitest";
import { classifyNeo4j } from "./classify-neo4j.ts";
import type { FailureKind } from "./failure.ts";
import { STATUS_CODES } from "./test/neo4j-status-codes.ts";

function neo4jError(code: string, message = "said so"): Error {
  return Object.assign(new Error(message), { name: "Neo4jError", code });
}

const rows = Object.entries(STATUS_CODES).flatMap(([kind, codes]) =>
  codes.map((code) => [code, kind as FailureKind] as const),
);

test.each(rows)("%s is %s", (code, kind) => {
  expect(classifyNeo4j(neo4jError(code))).toMatchObject({ kind, code, message: "said so" });
});

test.each([
  "Neo.DatabaseError.Statement.ExecutionFailed",
  "Neo.DatabaseError.Transaction.TransactionCommitFailed",
])("a key too large for its index costs its entry, not the stream: %s", (code) => {
  const said = "Property value is too large to index, please see index documentation";
  expect(classifyNeo4j(neo4jError(code, said)).kind).toBe("poison");
});

test("a pool that ran out of time may have a connection later", () => {
  const said = "Connection acquisition timed out in 60000 ms. Pool status: Active conn count = 9";
  expect(classifyNeo4j(neo4jError("N/A", said)).kind).toBe("transient");
  expect(classifyNeo4j(neo4jError("N/A", "You cannot run more on a closed session")).kind).toBe(
    "unknown",
  );
});

test("a transient code that a later server brings is transient, a client error is not", () => {
  expect(classifyNeo4j(neo4jError("Neo.TransientError.Future.Thing")).kind).toBe("transient");
  expect(classifyNeo4j(neo4jError("Neo.ClientError.Future.Thing")).kind).toBe("unknown");
  expect(classifyNeo4j(neo4jError("Neo.DatabaseError.Future.Thing")).kind).toBe("unknown");
});

test("whatever is thrown has a kind", () => {
  expect(classifyNeo4j("a text")).toMatchObject({ kind: "unknown", message: "a text" });
  expect(classifyNeo4j(new RangeError("r"))).toMatchObject({ kind: "unknown", code: "RangeError" });
});
