import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { BadRequestSchema, RetryInfoSchema } from "@outgraph/events";
import { expect, test } from "vitest";
import type { Refusal } from "./refusal.ts";
import { CODE_OF, refusalError, refusalStatus } from "./refusal-status.ts";

const faults = [{ field: "writes[2].insert_one.document.bson", message: "is broken" }];

const TABLE: [Refusal, Code, { fields?: string[]; retryMs?: number }][] = [
  [{ kind: "invalid", faults }, Code.InvalidArgument, { fields: [faults[0]!.field] }],
  [{ kind: "unsupported", faults }, Code.Unimplemented, { fields: [faults[0]!.field] }],
  [{ kind: "denied", faults }, Code.PermissionDenied, { fields: [faults[0]!.field] }],
  [{ kind: "too_large", faults }, Code.ResourceExhausted, { fields: [faults[0]!.field] }],
  [{ kind: "collection_not_found", faults }, Code.NotFound, { fields: [faults[0]!.field] }],
  [{ kind: "id_reused", message: "known" }, Code.AlreadyExists, {}],
  [{ kind: "id_expired", message: "old" }, Code.FailedPrecondition, {}],
  [{ kind: "duplicate_document", faults }, Code.AlreadyExists, { fields: [faults[0]!.field] }],
  [{ kind: "match_count", faults }, Code.FailedPrecondition, { fields: [faults[0]!.field] }],
  [{ kind: "conflict", message: "in the way" }, Code.Aborted, { retryMs: 50 }],
  [{ kind: "backlog_full", entries: 9, max: 9 }, Code.ResourceExhausted, { retryMs: 5_000 }],
  [{ kind: "too_busy", appends: 9, bytes: 9 }, Code.ResourceExhausted, { retryMs: 250 }],
  [{ kind: "broken", error: new Error("secret") }, Code.Internal, {}],
  [{ kind: "waits_full", max: 9 }, Code.ResourceExhausted, { retryMs: 1_000 }],
  [{ kind: "unavailable", message: "away" }, Code.Unavailable, { retryMs: 500 }],
  [{ kind: "outcome_unknown", message: "?" }, Code.DeadlineExceeded, {}],
  [{ kind: "out_of_time", message: "late" }, Code.DeadlineExceeded, {}],
  [{ kind: "cancelled" }, Code.Canceled, {}],
  [{ kind: "entry_not_found", id: "x" }, Code.NotFound, {}],
];

test("every refusal has a code", () => {
  expect(new Set(TABLE.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(CODE_OF)));
});

test.each(TABLE)("%j", (refusal, code, { fields = [], retryMs }) => {
  const error = refusalError(refusal);
  const status = refusalStatus(refusal);

  expect(error.code).toBe(code);
  expect(error.rawMessage).not.toBe("");
  expect(status).toMatchObject({ code, message: error.rawMessage });
  for (const detail of [error.details.map((each) => each), status.details]) {
    expect(detail).toHaveLength(Math.sign(fields.length) + Number(retryMs !== undefined));
  }
  const [first] = status.details;
  if (fields.length > 0) {
    const violations = anyUnpack(first!, BadRequestSchema)?.fieldViolations;
    expect(violations?.map(({ field }) => field)).toEqual(fields);
  }
  if (retryMs !== undefined) {
    const { seconds, nanos } = anyUnpack(first!, RetryInfoSchema)!.retryDelay!;
    expect(Number(seconds) * 1_000 + nanos / 1e6).toBe(retryMs);
  }
});

test("a thousand faults do not make a thousand lines", () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({ field: `writes[${i}]`, message: "no" }));

  const status = refusalStatus({ kind: "invalid", faults: many });

  expect(status.message).toBe("writes[0]: no (and 999 more)");
  expect(anyUnpack(status.details[0]!, BadRequestSchema)?.fieldViolations).toHaveLength(50);
});
