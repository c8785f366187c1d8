import { type Client, Code, createClient, createRouterTransport } from "@connectrpc/connect";
import { type EntryId, mergeNode, newEntryId, node, RelayService } from "@outgraph/events";
import { PRINCIPAL } from "@outgraph/rpc-server";
import { beforeEach, expect, test } from "vitest";
import { adminCalls } from "./admin.ts";
import { CallFailed } from "./call-failed.ts";
import { Desk, type Order, type Outcome } from "./desk.ts";
import { entryOf } from "./test/entries.ts";
import { broken } from "./test/memory-outbox.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

let world: MemoryWorld;
let desk: Desk;
/** What was ordered, and what comes of it. */
let orders: Order[];
let outcome: Outcome;
beforeEach(() => {
  world = new MemoryWorld();
  desk = new Desk();
  orders = [];
  outcome = { kind: "done", released: 2 };
  desk.open(() => {
    const ordered = desk.take();
    if (ordered === undefined) return;
    orders.push(ordered.order);
    ordered.answer(outcome);
  });
});

/** The service, as this principal calls it. */
function service(name?: string): Client<typeof RelayService> {
  const { outbox, graph } = world;
  const parts = { outbox, graph, desk, holder: "me", clock: world.clock };
  const transport = createRouterTransport(
    ({ service }) => service(RelayService, adminCalls(parts)),
    {
      router: {
        interceptors: [
          (next) => (request) => {
            const none = new Set<string>();
            const grants = { collections: none, labels: none, edgeTypes: none, relay: "operate" };
            if (name !== undefined) {
              request.contextValues.set(PRINCIPAL, { name, grants: grants as never });
            }
            return next(request);
          },
        ],
      },
    },
  );
  return createClient(RelayService, transport);
}

test("a skip is the principal's own; without access control it is whoever says so, or local", async () => {
  const id = newEntryId();

  await service("ann").skipParked({ id, reason: "wrong", by: "bob" });
  await service().skipParked({ id, reason: "wrong", by: "bob" });
  await service().skipParked({ id, reason: "wrong" });
  await service("ann").pause({});

  expect(orders.map((order) => "by" in order && order.by)).toEqual(["ann", "bob", "local", "ann"]);
});

test.each<[Outcome, Code | { applied: boolean; error?: string; released?: number }]>([
  [
    { kind: "done", released: 3 },
    { applied: true, released: 3 },
  ],
  [
    { kind: "failed_again", error: "as before" },
    { applied: false, error: "as before" },
  ],
  [{ kind: "refused", because: "not_parked", why: "is not" }, Code.NotFound],
  [{ kind: "refused", because: "blocked", why: "is not" }, Code.FailedPrecondition],
  [{ kind: "refused", because: "paused", why: "is not" }, Code.FailedPrecondition],
  [{ kind: "not_owner" }, Code.FailedPrecondition],
  [{ kind: "interrupted", why: "gone" }, Code.Unavailable],
])("%o is told as such", async (given, expected) => {
  outcome = given;
  const answer = service().retryParked({ id: newEntryId() });

  if (typeof expected === "number") await expect(answer).rejects.toMatchObject({ code: expected });
  else expect(await answer).toMatchObject(expected);
});

test("a relay that has the lease and does not carry yet is waited for, and not for ever", async () => {
  outcome = { kind: "not_owner" };
  await world.outbox.takeLease("me", 1_000);
  const vain = world.clock.until(service().resume({}));
  await expect(vain).rejects.toMatchObject({ code: Code.Unavailable });

  const resumed = service().resume({});
  await world.clock.advance(1_000);
  outcome = { kind: "done", released: 0 };
  await world.clock.until(resumed);

  outcome = { kind: "not_owner" };
  await world.outbox.takeLease("me", 0);
  await world.outbox.releaseLease("me", 2n as never);
  await world.outbox.takeLease("another", 1_000);
  await expect(service().resume({})).rejects.toMatchObject({
    code: Code.FailedPrecondition,
    message: expect.stringContaining("another"),
  });
});

test("a caller that goes takes nothing back", async () => {
  const gone = new AbortController();
  desk.open(() => gone.abort());

  const answer = service().pause({}, { signal: gone.signal });

  await expect(answer).rejects.toMatchObject({ code: Code.Canceled });
  expect(desk.take()?.order).toMatchObject({ kind: "pause" });
});

test("what the store says is told, in its kind", async () => {
  world.outbox.parking.before = () => {
    throw broken("away");
  };
  await expect(service().listParked({})).rejects.toMatchObject({ code: Code.Unavailable });
  world.outbox.parking.before = () => {
    throw new CallFailed({ kind: "unknown", code: "X", message: "no", cause: undefined });
  };
  await expect(service().listParked({})).rejects.toMatchObject({ code: Code.Internal });
});

test("an explanation shortens what is long, and tells the labels' conflicts that the graph knows", async () => {
  const long = "x".repeat(500);
  const write = (name: string): EntryId =>
    world.outbox.append(entryOf([mergeNode(node("Thing", { name }), { set: { long } })]));
  const [one, other] = [write("a"), write("a")];
  world.outbox.parked.add(one);

  const explained = await service().explain({ id: other });

  expect(explained.conflicts).toEqual([one]);
  expect(explained.effects).toHaveLength(1);
  expect(explained.effects[0]).toMatch(
    /^merge node \(:Thing \{name: "a"\}\) set long = "x{120}… \(500 characters\)"$/,
  );
  expect(explained.statements[0]?.parametersJson.length).toBeLessThan(300);
  expect(world.graph.applied).toEqual([]);
});
