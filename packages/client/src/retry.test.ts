import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { RetryInfoSchema } from "@outgraph/events";
import { expect, test } from "vitest";
import {
  AbortedError,
  CancelledError,
  DeadlineExceededError,
  InvalidArgumentError,
  ResourceExhaustedError,
  UnavailableError,
} from "./errors.ts";
import { type CallLimits, delayBeforeRepeat, withRetries } from "./retry.ts";

const OPTIONS = { delayMsMin: 50, delayMsMax: 5_000 };
const LIMITS: CallLimits = {
  timeoutMs: 5_000,
  attemptTimeoutMs: 1_000,
  signal: new AbortController().signal,
  entryId: "0190a0a0-0000-7000-8000-000000000001",
};

function fromService(code: Code, retryAfterMs?: number): ConnectError {
  const details =
    retryAfterMs === undefined
      ? []
      : [
          {
            desc: RetryInfoSchema,
            value: create(RetryInfoSchema, { retryDelay: durationFromMs(retryAfterMs) }),
          },
        ];
  const error = new ConnectError("said", code, undefined, details);
  error.isWireError = true;
  return error;
}

/** Fails with each error in turn, then succeeds. */
function failing(...errors: unknown[]) {
  const ids: number[] = [];
  const attempt = (): Promise<string> => {
    ids.push(ids.length + 1);
    const error = errors[ids.length - 1];
    return error === undefined ? Promise.resolve("done") : Promise.reject(error);
  };
  return { attempt, tries: () => ids.length };
}

test.each([
  [Code.Unavailable, true],
  [Code.Aborted, true],
  [Code.DeadlineExceeded, true],
  [Code.ResourceExhausted, false],
  [Code.InvalidArgument, false],
  [Code.AlreadyExists, false],
  [Code.FailedPrecondition, false],
  [Code.NotFound, false],
  [Code.Unimplemented, false],
  [Code.Unauthenticated, false],
  [Code.PermissionDenied, false],
  [Code.Internal, false],
  [Code.Unknown, false],
  [Code.Canceled, false],
  [Code.OutOfRange, false],
  [Code.DataLoss, false],
])("code %i of the service is repeated: %s", (code, repeated) => {
  expect(delayBeforeRepeat(fromService(code), 1, OPTIONS, 0.5) !== undefined).toBe(repeated);
});

test("a broken connection is repeated, whatever the transport calls it", () => {
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  for (const code of [Code.Aborted, Code.Internal, Code.Unknown, Code.Canceled]) {
    const error = new ConnectError("broken", code, undefined, undefined, reset);
    expect(delayBeforeRepeat(error, 1, OPTIONS, 0.5)).toBeDefined();
  }
});

test("a request that cannot be encoded is not repeated", () => {
  const error = new ConnectError("x", Code.Internal, undefined, undefined, new TypeError("x"));

  expect(delayBeforeRepeat(error, 1, OPTIONS, 0.5)).toBeUndefined();
});

test("the back-off doubles up to its bound, with full jitter", () => {
  const error = fromService(Code.Unavailable);
  const at = (attempts: number, random: number) =>
    delayBeforeRepeat(error, attempts, OPTIONS, random);

  expect([1, 2, 3, 7, 8, 1_000].map((attempts) => at(attempts, 1))).toEqual([
    50, 100, 200, 3_200, 5_000, 5_000,
  ]);
  expect(at(8, 0)).toBe(0);
  expect(at(8, 0.5)).toBe(2_500);
});

test("what the service asks to wait is waited at least", () => {
  const error = fromService(Code.ResourceExhausted, 700);

  expect(delayBeforeRepeat(error, 1, OPTIONS, 0)).toBe(700);
  expect(delayBeforeRepeat(error, 1, OPTIONS, 1)).toBe(750);
});

test("a call is repeated until it succeeds", async () => {
  const { attempt, tries } = failing(fromService(Code.Unavailable), fromService(Code.Aborted));

  expect(await withRetries(attempt, LIMITS, OPTIONS, () => 0)).toBe("done");
  expect(tries()).toBe(3);
});

test("an error for good is thrown at once, typed, with the entry's id", async () => {
  const { attempt, tries } = failing(fromService(Code.InvalidArgument));

  const error = await withRetries(attempt, LIMITS, OPTIONS).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(InvalidArgumentError);
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", entryId: LIMITS.entryId, attempts: 1 });
  expect(tries()).toBe(1);
});

test("a wait that does not fit into the time left is not begun", async () => {
  const { attempt, tries } = failing(fromService(Code.ResourceExhausted, 60_000));

  const error = await withRetries(attempt, LIMITS, OPTIONS).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(ResourceExhaustedError);
  expect(error).toMatchObject({ retryAfterMs: 60_000 });
  expect(tries()).toBe(1);
});

test("when the time is up, the last error is thrown", async () => {
  const { attempt } = failing(fromService(Code.Unavailable), fromService(Code.Aborted));

  const call = withRetries(attempt, { ...LIMITS, timeoutMs: 20 }, OPTIONS, () => 1);

  await expect(call).rejects.toBeInstanceOf(UnavailableError);
  const conflict = failing(fromService(Code.Aborted));
  await expect(
    withRetries(conflict.attempt, { ...LIMITS, timeoutMs: 1 }, OPTIONS, () => 1),
  ).rejects.toBeInstanceOf(AbortedError);
});

test("a connection that stays broken is UNAVAILABLE in the end", async () => {
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
  const { attempt } = failing(new ConnectError("x", Code.Aborted, undefined, undefined, reset));

  const call = withRetries(attempt, { ...LIMITS, timeoutMs: 1 }, OPTIONS, () => 1);

  await expect(call).rejects.toBeInstanceOf(UnavailableError);
});

test("the caller's signal ends a call, also while it waits to repeat", async () => {
  const control = new AbortController();
  const attempt = () => {
    queueMicrotask(() => control.abort(new Error("enough")));
    return Promise.reject(fromService(Code.ResourceExhausted, 4_000));
  };

  const call = withRetries(attempt, { ...LIMITS, signal: control.signal }, OPTIONS);

  await expect(call).rejects.toBeInstanceOf(CancelledError);
  await expect(call).rejects.toThrow(/enough/);
});

test("nothing was written is not said of a call that has an attempt without an answer", async () => {
  const silent = new ConnectError("no answer", Code.DeadlineExceeded);
  const conflict = fromService(Code.Aborted, 10_000); // longer than there is time

  const answered = failing(fromService(Code.Aborted), conflict);
  await expect(withRetries(answered.attempt, LIMITS, OPTIONS)).rejects.toBeInstanceOf(AbortedError);

  const unanswered = failing(silent, fromService(Code.Aborted), conflict);
  await expect(withRetries(unanswered.attempt, LIMITS, OPTIONS)).rejects.toBeInstanceOf(
    DeadlineExceededError,
  );
  expect(unanswered.tries()).toBe(3);
});
