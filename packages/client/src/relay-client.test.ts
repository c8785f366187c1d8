import { Code, ConnectError, createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import { RelayRole, RelayService } from "@outgraph/events";
import { expect, test } from "vitest";
import { CancelledError, InvalidArgumentError, NotFoundError } from "./errors.ts";
import type { ServiceOptions } from "./options.ts";
import { createRelayClient } from "./relay-client.ts";

const QUICK = { delayMsMin: 1, delayMsMax: 1 };

function given(
  relay: Partial<ServiceImpl<typeof RelayService>>,
  options: Partial<ServiceOptions> = {},
) {
  const transport = createRouterTransport((router) => router.service(RelayService, relay));
  return createRelayClient({ url: "http://none", transport, retries: QUICK, ...options });
}

test("a relay that is away for a while is asked again", async () => {
  let asked = 0;
  const client = given({
    status() {
      if (++asked < 3) throw new ConnectError("away", Code.Unavailable);
      return { status: { role: RelayRole.ACTIVE, parked: 2n } };
    },
  });

  expect(await client.status()).toMatchObject({ role: RelayRole.ACTIVE, parked: 2n });
});

test("an operator's calls carry what was decided, and give what came of it", async () => {
  const seen: unknown[] = [];
  const noting =
    <Answer>(answer: Answer) =>
    (request: { $typeName: string }): Answer => {
      const { $typeName, ...rest } = request;
      seen.push([$typeName.replace(/.*\./, ""), rest]);
      return answer;
    };
  const client = given({
    retryParked: noting({ applied: false, error: "no such end" }),
    retryAllParked: noting({ entries: 3 }),
    skipParked: noting({ released: 2 }),
    pause: noting({}),
    resume: noting({}),
    explain: noting({ effects: ["+ (:A {id: 1})"] }),
  });

  expect(await client.retryParked("e1")).toMatchObject({ applied: false, error: "no such end" });
  expect(await client.retryAllParked()).toBe(3);
  expect(await client.skipParked("e1", { reason: "obsolete", by: "ann" })).toBe(2);
  await client.pause();
  await client.resume();
  expect((await client.explain("e1")).effects).toEqual(["+ (:A {id: 1})"]);
  expect(seen).toEqual([
    ["RetryParkedRequest", { id: "e1" }],
    ["RetryAllParkedRequest", {}],
    ["SkipParkedRequest", { id: "e1", reason: "obsolete", by: "ann" }],
    ["PauseRequest", {}],
    ["ResumeRequest", {}],
    ["ExplainRequest", { id: "e1" }],
  ]);
});

test("a refusal is its class, and is not repeated", async () => {
  let asked = 0;
  const refuse = (code: Code) => (): never => {
    asked++;
    throw new ConnectError("no", code);
  };
  const client = given({
    retryParked: refuse(Code.NotFound),
    skipParked: refuse(Code.InvalidArgument),
  });

  await expect(client.retryParked("e1")).rejects.toBeInstanceOf(NotFoundError);
  await expect(client.skipParked("e1", { reason: "" })).rejects.toBeInstanceOf(
    InvalidArgumentError,
  );
  expect(asked).toBe(2);
});

test("a listing fetches page after page, and no more than is asked for", async () => {
  const tokens: string[] = [];
  const client = given({
    listParked({ pageToken, pageSize }) {
      tokens.push(pageToken);
      const from = Number(pageToken || 0);
      const entries = Array.from({ length: pageSize }, (_, n) => ({ id: `e${from + n}` }));
      const nextPageToken = from + pageSize < 6 ? `${from + pageSize}` : "";
      return { entries, nextPageToken };
    },
  });

  const all: string[] = [];
  for await (const { id } of client.listParked({ pageSize: 2 })) all.push(id);
  for await (const _one of client.listParked({ pageSize: 2 })) break;

  expect(all).toEqual(["e0", "e1", "e2", "e3", "e4", "e5"]);
  expect(tokens).toEqual(["", "2", "4", ""]);
});

test("a watch goes on through a connection that breaks, and ends with its loop", async () => {
  let connections = 0;
  const ended = Promise.withResolvers<void>();
  const client = given({
    async *watchStatus(_, { signal }) {
      connections++;
      if (connections === 2) throw new ConnectError("restarting", Code.Unavailable);
      yield { status: { batch: BigInt(connections) } };
      if (connections === 1) throw new ConnectError("cut", Code.Unavailable);
      signal.addEventListener("abort", () => ended.resolve());
      yield { status: { batch: 9n } };
      await ended.promise;
    },
  });

  const batches: bigint[] = [];
  for await (const { batch } of client.watchStatus()) {
    batches.push(batch);
    if (batch === 9n) break;
  }

  expect(batches).toEqual([1n, 3n, 9n]);
  await ended.promise;
});

test("a watch ends quietly with its signal or the client, and with an error when it is refused", async () => {
  const relay: Partial<ServiceImpl<typeof RelayService>> = {
    async *watchStatus(_, { signal }) {
      yield { status: {} };
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  };
  const control = new AbortController();
  for await (const _status of given(relay).watchStatus({ signal: control.signal })) control.abort();
  const client = given(relay);
  for await (const _status of client.watchStatus()) client.close();
  await expect(client.status()).rejects.toBeInstanceOf(CancelledError);

  const refusing = given({
    // biome-ignore lint/correctness/useYield: it refuses before it says anything.
    async *watchStatus() {
      throw new ConnectError("who are you?", Code.PermissionDenied);
    },
  });
  await expect(refusing.watchStatus()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
  });
});

test("a watch of a relay that does not answer is given up when the time is up", async () => {
  const client = given(
    {
      async *watchStatus(_, { signal }) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    },
    { timeoutMs: 60, attemptTimeoutMs: 20 },
  );

  const first = client.watchStatus()[Symbol.asyncIterator]().next();

  await expect(first).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
});
