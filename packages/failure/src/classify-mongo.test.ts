import { expect, test } from "vitest";
import { classifyMongo } from "./classify-mongo.ts";
import { type FailureKind, RESPONSE_TO } from "./failure.ts";
import { MONGO_CODES, MONGO_DRIVER_ERRORS, MONGO_LABELS } from "./mongo-codes.ts";
import { SYSTEM_ERRORS } from "./system-errors.ts";

/** An error as the driver makes it, of whatever copy of the driver. */
function serverError(code: number | undefined, labels: string[] = [], codeName?: string): Error {
  const shape = { name: "MongoServerError", code, codeName, errorLabels: labels };
  return Object.assign(new Error("said so"), shape);
}

test.each(Object.entries(MONGO_CODES))(
  "code %s is in the table",
  (code, { name, kind, conflict }) => {
    expect(classifyMongo(serverError(Number(code)))).toMatchObject({
      kind,
      code: name,
      conflict: conflict === true,
      message: "said so",
    });
  },
);

test.each(Object.entries(MONGO_LABELS))("the label %s is asked before the code", (label, kind) => {
  expect(classifyMongo(serverError(13, ["NoWritesPerformed", label])).kind).toBe(kind);
  expect(classifyMongo(serverError(undefined, [label])).kind).toBe(kind);
});

test.each(Object.entries(MONGO_DRIVER_ERRORS))(
  "the driver's own %s is told by name",
  (name, kind) => {
    const error = Object.assign(new Error("gone"), { name });
    expect(classifyMongo(error)).toMatchObject({ kind, code: name });
  },
);

test.each(Object.entries(SYSTEM_ERRORS))(
  "the system's %s, unwrapped, is told by code",
  (code, kind) => {
    const error = Object.assign(new Error(`write ${code}`), { code, syscall: "write" });
    expect(classifyMongo(error)).toMatchObject({ kind, code, commit: "unknown" });
  },
);

// error_codes.yml of MongoDB, categories RetriableError, NotPrimaryError and ShutdownError, as far as
// clients can see them.
const RETRIABLE = [
  6, 7, 89, 91, 134, 189, 262, 384, 402, 407, 9001, 10107, 11600, 11602, 13435, 13436,
];
test.each(RETRIABLE)("what the server calls retriable is retried: %i", (code) => {
  expect(RESPONSE_TO[classifyMongo(serverError(code)).kind]).toBe("retry");
});

test("a conflict is still one when a label has said that it may be run again", () => {
  const failure = classifyMongo(serverError(112, ["TransientTransactionError"]));
  expect(failure).toMatchObject({ kind: "transient", code: "WriteConflict", conflict: true });
});

test("a code in no table keeps everything, and is told by the server's name for it", () => {
  expect(classifyMongo(serverError(4711, [], "Location4711"))).toMatchObject({
    kind: "unknown",
    code: "Location4711",
  });
  expect(classifyMongo(serverError(4711))).toMatchObject({ kind: "unknown", code: "4711" });
});

test.each<[unknown, string, string]>([
  [new TypeError("x is not a function"), "TypeError", "x is not a function"],
  ["a text", "string", "a text"],
  [undefined, "undefined", "undefined"],
  [null, "object", "null"],
  [{ code: {}, errorLabels: "no list", message: 7 }, "object", "[object Object]"],
])("whatever is thrown has a kind: %o", (thrown, code, message) => {
  expect(classifyMongo(thrown)).toEqual({
    kind: "unknown" satisfies FailureKind,
    code,
    message,
    cause: thrown,
    conflict: false,
    commit: "unknown",
  });
});

test.each([
  ["the server made sure that it aborted", 251, ["TransientTransactionError"], "not_committed"],
  ["a conflict at the commit", 112, ["TransientTransactionError"], "not_committed"],
  ["no majority in time", 64, ["UnknownTransactionCommitResult"], "unknown"],
  ["a lost connection", undefined, ["UnknownTransactionCommitResult"], "unknown"],
  ["too old, without any label", 290, [], "unknown"],
  ["no such transaction, without any label", 251, [], "unknown"],
  ["not allowed", 13, [], "unknown"],
  ["both labels", 251, ["TransientTransactionError", "UnknownTransactionCommitResult"], "unknown"],
] as const)("a failed commit: %s", (_, code, labels, commit) => {
  expect(classifyMongo(serverError(code, [...labels])).commit).toBe(commit);
});
