import { type EntryId, mergeNode, node } from "@outgraph/events";
import { expect, test } from "vitest";
import { AckQueue } from "./ack-queue.ts";
import { CallFailed } from "./call-failed.ts";
import { Carrier } from "./carry.ts";
import { Desk } from "./desk.ts";
import { batchNumber } from "./lane.ts";
import { pending } from "./pending.ts";
import { Schema } from "./schema.ts";
import { SetAside } from "./set-aside.ts";
import { relaySignals } from "./signals.ts";
import { entryOf } from "./test/entries.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

test("more set aside than memory holds is recorded, and nothing is carried until some of it is retried or skipped", async () => {
  // Given room for two entries, of which each touches a node and a label.
  const aside = new SetAside(5);
  const { clock, graph, outbox, ...world } = await carried(aside);
  const bad = new Set<EntryId>();
  graph.before = (call, batch) => {
    if (call !== "commit" || !batch?.entries.some((id) => bad.has(id))) return;
    throw new CallFailed({ kind: "poison", code: "Bad", message: "bad", cause: undefined });
  };
  const write = (name: string) => outbox.append(entryOf([mergeNode(node("Thing", { name }))]));
  const p = write("a");
  bad.add(p);
  const blocked = [write("a"), write("a"), write("a")];
  await world.until(() => outbox.parked.size === 3);

  const free = write("b");
  await clock.advance(60_000);
  expect(aside.isFull).toBe(true);
  expect(graph.applied).toEqual([]);
  expect(world.waiting).toEqual(["park"]);

  const order = { kind: "skip", entry: p, reason: "wrong", by: "ann" } as const;
  expect(await clock.until(world.desk.give(order))).toMatchObject({ kind: "done" });
  await world.until(() => graph.applied.length === 4);
  expect(graph.applied).toEqual([...blocked, free]);
  expect(aside.isFull).toBe(false);
  expect(world.waiting).toEqual([]);
  await world.stop();
});

/** A carrier over ports in memory, which begins at once. */
async function carried(aside: SetAside) {
  const world = new MemoryWorld();
  const { outbox, graph, clock } = world;
  const signals = relaySignals();
  const waiting: string[] = [];
  signals.on("task.waiting", ({ task }) => waiting.push(task));
  signals.on("task.recovered", ({ task }) => waiting.splice(waiting.indexOf(task), 1));
  const control = new AbortController();
  const { signal } = control;
  const backoff = { firstMs: 10, mostMs: 100 };
  const patience = { clock, signals, backoff, signal, random: () => 0.5 };

  const { incarnation } = await outbox.open();
  const answer = await outbox.takeLease("me", 1_000_000_000);
  if (answer.kind !== "granted") throw new Error("somebody has the lease");
  const { epoch } = answer;
  await graph.fence({ incarnation, epoch });
  const batch = batchNumber(0n);
  const desk = new Desk();
  const reading = await outbox.read();
  const entries = pending(reading, {
    horizon: () => 0n as never,
    clock,
    signals,
    onReadUpTo: () => {},
  });
  const carrier = new Carrier(entries, {
    graph,
    outbox,
    desk,
    aside,
    schema: new Schema(graph, "off"),
    acks: new AckQueue(outbox, batch, patience, (error) => control.abort(error)),
    lease: { holder: "me", epoch, ttlMs: 1_000, askedAt: 0 },
    batch,
    options: {
      batchRowsMax: 1,
      batchBytesMax: 1_000_000,
      batchTargetMs: 1_000,
      onPoison: "park",
      parkedInARowMax: 5,
    },
    patience,
  });
  const done = carrier.carry();
  return {
    ...{ clock, graph, outbox, desk, waiting },
    until: (isSo: () => boolean) => world.until(isSo),
    async stop() {
      control.abort();
      await clock.until(done);
      await reading.close();
    },
  };
}
