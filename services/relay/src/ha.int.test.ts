import { fileURLToPath } from "node:url";
import { RelayRole } from "@outgraph/events";
import { META_ID } from "@outgraph/outbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acked, canaries } from "./test/canaries.ts";
import { canary } from "./test/entries.ts";
import { emptyGraph } from "./test/real-graph.ts";
import { RealOutbox } from "./test/real-outbox.ts";
import { isActive, isStandby, relayProcess } from "./test/relay-process.ts";

const BLOCKING = fileURLToPath(new URL("./test/blocking-relay.ts", import.meta.url));
const TTL_MS = 3_000;
const env = { OUTGRAPH_LEASE_TTL_MS: String(TTL_MS) };

let outbox: RealOutbox;
beforeEach(async () => {
  await emptyGraph();
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

const lease = async (): Promise<{ holder: string; epoch: bigint }> =>
  (await outbox.collections.meta.findOne({ _id: META_ID.lease })) as never;

test("when the active relay is killed, the other takes over within the lease and a second", async () => {
  await using first = await relayProcess(outbox.database, env);
  await first.until("the first carries", isActive);
  await using second = await relayProcess(outbox.database, env);
  await second.until("the second stands by", isStandby);
  const ids = [await outbox.append(canary())];
  await acked(outbox, 1);

  const killedAt = Date.now();
  await first.process.kill();
  ids.push(await outbox.append(canary()));
  await acked(outbox, 2);

  const taken = second.log().find(({ msg }) => msg === "lease.taken");
  expect(Date.parse(String(taken?.["time"])) - killedAt).toBeLessThan(TTL_MS + 1_000);
  expect((await canaries()).ids).toEqual(ids);
});

test("a relay that was paused past its lease commits nothing more and stands by", async () => {
  await using first = await relayProcess(outbox.database, env);
  await first.until("the first carries", isActive);
  await using second = await relayProcess(outbox.database, env);
  await second.until("the second stands by", isStandby);
  const ids = [await outbox.append(canary())];
  await acked(outbox, 1);

  await first.process.pause();
  ids.push(await outbox.append(canary()));
  await second.until("the second carries", isActive);
  ids.push(await outbox.append(canary()));
  await acked(outbox, 3);
  await first.process.resume();
  await first.until("the first stands by", isStandby);
  ids.push(await outbox.append(canary()));
  await acked(outbox, 4);

  expect((await canaries()).ids).toEqual(ids);
  expect((await second.status()).epoch).toBeGreaterThan(1n);
});

test("SIGTERM drains: the batch under way is acked, the lease given back, the exit code 0", async () => {
  let writing = true;
  let written = 0;
  const writer = (async () => {
    for (; writing; written++) await outbox.append(canary());
  })();
  await using relay = await relayProcess(outbox.database, env);
  await acked(outbox, 20);

  await relay.process.stop();
  writing = false;
  await writer;

  expect(await relay.process.exited).toMatchObject({ code: 0 });
  const seen = await canaries();
  expect(await outbox.acked()).toEqual(seen.ids);
  expect(seen.count).toBeLessThanOrEqual(written);
  expect(await lease()).toMatchObject({ holder: "" });
});

test("a relay that takes over from one that stopped need not wait for its lease", async () => {
  await using first = await relayProcess(outbox.database, { OUTGRAPH_LEASE_TTL_MS: "60000" });
  await first.until("the first carries", isActive);
  await using second = await relayProcess(outbox.database, { OUTGRAPH_LEASE_TTL_MS: "60000" });
  await second.until("the second stands by", isStandby);

  await first.process.stop();
  await second.until("the second carries", isActive);

  expect(await lease()).toMatchObject({ epoch: 2n });
});

test("a loop that is kept busy keeps its lease, and one that hangs for a lease time steps down", async () => {
  // Long enough that a busy machine takes no fifth of it.
  const slow = { OUTGRAPH_LEASE_TTL_MS: "6000" };
  await using relay = await relayProcess(outbox.database, slow, BLOCKING);
  await relay.until("it carries", isActive);
  const terms = () => relay.log().filter(({ msg }) => msg === "term.ended");
  await outbox.append(canary());
  await acked(outbox, 1);
  const { epoch: first } = await lease();

  process.kill(relay.process.pid, "SIGHUP");
  await outbox.append(canary());
  await acked(outbox, 2);
  expect(await lease()).toMatchObject({ epoch: first });

  process.kill(relay.process.pid, "SIGUSR2");
  await outbox.append(canary());
  await relay.until(
    "it carries again",
    ({ role, epoch }) => role === RelayRole.ACTIVE && epoch > first,
  );
  await acked(outbox, 3);
  expect(terms()).toContainEqual(
    expect.objectContaining({ kind: "stepped_down", why: expect.stringMatching(/did not turn/) }),
  );
  expect((await canaries()).count).toBe(3);
}, 120_000);
