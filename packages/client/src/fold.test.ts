import { create, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import {
  type AppendManyRequest,
  AppendManyRequestSchema,
  type AppendRequest,
  BadRequestSchema,
  mergeNode,
  newEntryId,
  node,
  OutboxService,
  REQUEST_BYTES_MAX,
  StatusSchema,
} from "@outgraph/events";
import { expect, test } from "vitest";
import { createOutgraphClient, type OutgraphClient } from "./client.ts";
import {
  AlreadyExistsError,
  CancelledError,
  DeadlineExceededError,
  InternalError,
  PermissionDeniedError,
  UnauthenticatedError,
} from "./errors.ts";
import type { ClientOptions } from "./options.ts";

/** What a service in memory does. */
interface Script {
  /** Decides about one append, wherever it came in. It throws to refuse. */
  answer?: (request: AppendRequest, signal: AbortSignal) => Promise<void> | void;
  /** May refuse a whole `AppendMany`. */
  refuseCall?: (request: AppendManyRequest) => void;
  /** How many results an `AppendMany` lacks. */
  missing?: number;
}

function given(script: Script, options: Partial<ClientOptions> = {}) {
  /** How many appends each call had. */
  const calls: number[] = [];
  const many: AppendManyRequest[] = [];
  const transport = createRouterTransport((router) =>
    router.service(OutboxService, {
      async append(request, { signal }) {
        calls.push(1);
        await script.answer?.(request, signal);
        return { receipt: { entryId: request.entry!.id } };
      },
      async appendMany(request, { signal }) {
        calls.push(request.appends.length);
        many.push(request);
        script.refuseCall?.(request);
        const results = request.appends.map((each) => result(script, each, signal));
        return { results: (await Promise.all(results)).slice(script.missing ?? 0) };
      },
    }),
  );
  const client = createOutgraphClient({ url: "http://none", source: "t", transport, ...options });
  return { client, calls, many };
}

async function result(script: Script, request: AppendRequest, signal: AbortSignal) {
  try {
    await script.answer?.(request, signal);
    const response = { receipt: { entryId: request.entry!.id } };
    return { outcome: { case: "response" as const, value: response } };
  } catch (reason) {
    const { code, rawMessage: message, details } = ConnectError.from(reason);
    const value = create(StatusSchema, {
      code,
      message,
      details: details.map((each) =>
        "desc" in each ? anyPack(BadRequestSchema, create(BadRequestSchema, each.value)) : each,
      ),
    });
    return { outcome: { case: "error" as const, value } };
  }
}

/** Appends nothing of note. */
function happen(client: OutgraphClient, id: string = newEntryId(), signal?: AbortSignal) {
  return client.append({ id, events: [{ type: "a.B" }] }, signal && { signal });
}

function held() {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const answer = async (): Promise<void> => {
    begun.resolve();
    await gate.promise;
  };
  return { answer, begun: begun.promise, open: gate.resolve };
}

test("what comes in while a call is under way goes together in the next", async () => {
  const { answer, begun, open } = held();
  const { client, calls } = given({ answer }, { callsMax: 1 });
  const ids = Array.from({ length: 5 }, () => newEntryId());
  const first = happen(client, ids[0]);
  await begun;
  const rest = ids.slice(1).map((id) => happen(client, id));

  open();

  expect((await Promise.all([first, ...rest])).map(({ entryId }) => entryId)).toEqual(ids);
  expect(calls).toEqual([1, 4]);
});

test("a caller that appends again soon after it was answered goes with those who wait", async () => {
  const { answer, begun, open } = held();
  const { client, calls } = given({ answer }, { callsMax: 1 });
  const caller = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      await happen(client);
      for (let step = 0; step < 20; step++) await Promise.resolve(); // work of its own
    }
  };
  const first = caller();
  await begun;
  const others = Array.from({ length: 7 }, caller);

  open();
  await Promise.all([first, ...others]);

  expect(calls).toEqual([1, 8, 8, 8, 8, 7]);
});

test("a lone append goes as a call of its own", async () => {
  const { client, calls } = given({});

  await happen(client);
  await happen(client);

  expect(calls).toEqual([1, 1]);
});

test("a slow call does not hold up the others", async () => {
  const { answer, begun, open } = held();
  const slow = newEntryId();
  const { client } = given({
    answer: ({ entry }) => (entry!.id === slow ? answer() : undefined),
  });
  const first = happen(client, slow);
  await begun;

  const { entryId } = await happen(client);

  expect(entryId).not.toBe(slow);
  open();
  await first;
});

test("each append of a call has its own result and error", async () => {
  const ids = Array.from({ length: 4 }, () => newEntryId());
  const { client, calls } = given({
    answer({ entry }) {
      if (entry!.id !== ids[2]) return;
      const value = { fieldViolations: [{ field: "writes[0]", description: "no" }] };
      const details = [{ desc: BadRequestSchema, value: create(BadRequestSchema, value) }];
      throw new ConnectError("known", Code.AlreadyExists, undefined, details);
    },
  });

  const results = await client.appendMany(ids.map((id) => ({ id, events: [{ type: "a.B" }] })));

  expect(calls).toEqual([4]);
  expect(results.map((each) => each.entryId)).toEqual(ids);
  expect(results[2]).toBeInstanceOf(AlreadyExistsError);
  expect(results[2]).toMatchObject({
    code: "ALREADY_EXISTS",
    fieldViolations: [{ field: "writes[0]", description: "no" }],
    attempts: 1,
  });
  expect(results.filter((each) => "replayed" in each)).toHaveLength(3);
});

test("an append that is repeated leaves its neighbours alone", async () => {
  const bad = newEntryId();
  let tries = 0;
  const { client, calls } = given(
    {
      answer({ entry }) {
        if (entry!.id === bad && ++tries < 3) throw new ConnectError("away", Code.Unavailable);
      },
    },
    { retries: { delayMsMin: 1, delayMsMax: 1 } },
  );

  await Promise.all([happen(client), happen(client, bad), happen(client)]);

  expect(calls).toEqual([3, 1, 1]);
});

test("one bad append never fails its neighbours, even when the call is refused as a whole", async () => {
  const bad = newEntryId();
  const isBad = ({ entry }: AppendRequest): boolean => entry!.id === bad;
  const refuse = (): never => {
    throw new ConnectError("not yours", Code.PermissionDenied);
  };
  const { client, calls } = given({
    answer: (request) => (isBad(request) ? refuse() : undefined),
    refuseCall: ({ appends }) => (appends.some(isBad) ? refuse() : undefined),
  });
  const ids = Array.from({ length: 100 }, (_, index) => (index === 37 ? bad : newEntryId()));

  const results = await client.appendMany(ids.map((id) => ({ id, events: [{ type: "a.B" }] })));

  const failed = results.filter((each) => "code" in each);
  expect(failed.map(({ entryId }) => entryId)).toEqual([bad]);
  expect(failed[0]).toBeInstanceOf(PermissionDeniedError);
  expect(calls.length).toBeLessThanOrEqual(16);
});

test("a refusal of the caller is not tried append by append", async () => {
  const { client, calls } = given({
    refuseCall() {
      throw new ConnectError("no token", Code.Unauthenticated);
    },
  });

  const results = await client.appendMany(Array(9).fill({ events: [{ type: "a.B" }] }));

  expect(results.every((each) => each instanceof UnauthenticatedError)).toBe(true);
  expect(calls).toEqual([9]);
});

test("results that cannot be told apart are nobody's", async () => {
  const { client } = given({ missing: 1 });

  const results = await client.appendMany(Array(3).fill({ events: [{ type: "a.B" }] }));

  expect(results.every((each) => each instanceof InternalError)).toBe(true);
});

test("a call holds at most a thousand appends and 16 MiB", { timeout: 60_000 }, async () => {
  const { client, calls, many } = given({});
  const large = [mergeNode(node("A", { id: 1n }), { set: { p: new Uint8Array(3 << 20) } })];
  const small = Array<{ type: string }>(2_500).fill({ type: "a.B" });
  const inputs = [...small.map((event) => ({ events: [event] }))];

  await client.appendMany(inputs);
  await client.appendMany(Array(12).fill({ events: [{ type: "a.B", mutations: large }] }));

  expect(Math.max(...calls)).toBe(1_000);
  const sizes = many.map((each) => toBinary(AppendManyRequestSchema, each).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(REQUEST_BYTES_MAX);
  expect(Math.max(...sizes)).toBeGreaterThan(15 << 20);
});

test("a caller that gives up leaves the call to the others", async () => {
  const { answer, begun, open } = held();
  const { client, calls } = given({ answer });
  const control = new AbortController();
  const stays = happen(client);
  const goes = happen(client, newEntryId(), control.signal);
  const cancelled = expect(goes).rejects.toBeInstanceOf(CancelledError);
  await begun;
  const late = client.append({ events: [{ type: "a.B" }] }, { timeoutMs: 1 });

  control.abort();
  await cancelled;
  await expect(late).rejects.toBeInstanceOf(DeadlineExceededError);
  open();

  await stays;
  expect(calls[0]).toBe(2);
});

test("an append whose caller gave up before its call is not sent", async () => {
  const { answer, begun, open } = held();
  const { client, calls } = given({ answer }, { callsMax: 1 });
  const control = new AbortController();
  const first = happen(client);
  await begun;
  const gone = happen(client, newEntryId(), control.signal);
  const cancelled = expect(gone).rejects.toBeInstanceOf(CancelledError);
  const stay = [happen(client), happen(client)];

  control.abort();
  await cancelled;
  open();

  await Promise.all([first, ...stay]);
  expect(calls).toEqual([1, 2]);
});

test("a call that nobody waits for is ended, and what was not sent never is", async () => {
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { client, calls } = given(
    {
      answer: (_, signal) => {
        signal.addEventListener("abort", () => ended.resolve());
        begun.resolve();
        return new Promise(() => undefined);
      },
    },
    { callsMax: 1 },
  );
  const control = new AbortController();
  const sent = [
    happen(client, undefined, control.signal),
    happen(client, undefined, control.signal),
  ];
  const ends = sent.map((each) => expect(each).rejects.toBeInstanceOf(CancelledError));
  await begun.promise;
  const unsent = happen(client, undefined, control.signal);
  ends.push(expect(unsent).rejects.toBeInstanceOf(CancelledError));

  control.abort();

  await Promise.all(ends);
  await ended.promise;
  expect(calls).toEqual([2]);
});

test("closing the client ends a shared call", async () => {
  const ended = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { client } = given({
    answer: (_, signal) => {
      signal.addEventListener("abort", () => ended.resolve());
      begun.resolve();
      return new Promise(() => undefined);
    },
  });
  const ends = [happen(client), happen(client)].map((each) =>
    expect(each).rejects.toBeInstanceOf(CancelledError),
  );
  await begun.promise;

  client.close();

  await Promise.all(ends);
  await ended.promise;
});
