import { deleteNodes, type EntryId, mergeNode, node, nodesWhere } from "@outgraph/events";
import type { FailureKind } from "@outgraph/failure";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AT_ZERO } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import { epoch } from "./lane.ts";
import type { ParkingPort } from "./parking-port.ts";
import type { PlannedBatch } from "./ports.ts";
import { entryOf } from "./test/entries.ts";
import { broken } from "./test/memory-outbox.ts";
import { MemoryWorld, type RunningRelay } from "./test/memory-relay.ts";

let world: MemoryWorld;
/** Entries that the graph refuses. */
let bad: Set<EntryId>;
beforeEach(() => {
  world = new MemoryWorld();
  bad = new Set();
  world.graph.before = (call, batch) => {
    if (call === "commit" && batch?.entries.some((id) => bad.has(id))) throw failure("poison");
  };
});
afterEach(() => world.end());

function failure(kind: FailureKind): CallFailed {
  const said = { kind, code: "Bad", message: `it is ${kind}`, cause: undefined };
  return new CallFailed(said, "MERGE (bad)");
}

/** Appends entries that write these nodes; those that share a name conflict. */
const write = (...names: string[]): EntryId[] =>
  names.map((names) =>
    world.outbox.append(
      entryOf(names.split("+").map((name) => mergeNode(node("Thing", { name })))),
    ),
  );
const poison = (name: string): EntryId => {
  const [id] = write(name) as [EntryId];
  bad.add(id);
  return id;
};
const aside = (): string[] =>
  world.outbox.parking.asides.map(({ id, kind, attempts }) => `${kind} ${id} ${attempts}`);
/** Lets time pass until a relay says that so much is set aside. */
const counted = (one: RunningRelay, parked: number, blocked: number): Promise<void> =>
  world.until(() => {
    const said = one.of("aside.counted").at(-1);
    return said?.parked === parked && said.blocked === blocked;
  });

describe("an entry that cannot be applied", () => {
  test("is parked with its error; what conflicts with it is blocked, everything else flows", async () => {
    const first = write("a", "b");
    const p = poison("c");
    const rest = write("d", "c", "e");
    const one = world.relay();
    await counted(one, 1, 1);
    const late = write("c+x", "x", "f");
    await world.acked(5);
    await counted(one, 1, 3);

    expect(world.graph.applied).toEqual([...first, rest[0], rest[2], late[2]]);
    expect(aside()).toEqual([
      `parked ${p} 1`,
      ...[rest[1], late[0], late[1]].map((id) => `blocked ${id} 0`),
    ]);
    expect(world.outbox.parking.asides[0]).toMatchObject({
      error: "it is poison",
      cypher: "MERGE (bad)",
    });
    expect(world.outbox.parking.asides[1]).toMatchObject({ behind: [p] });
    expect(world.outbox.parking.asides[3]).toMatchObject({ behind: [late[0]] });
    expect(one.of("entry.parked")).toMatchObject([{ entry: p, kind: "poison" }]);
  });

  test("that is too much for one transaction is parked as well, after its tries", async () => {
    const p = write("a")[0] as EntryId;
    const [other] = write("b");
    let tries = 0;
    world.graph.before = (call, batch) => {
      if (call !== "commit" || !batch?.entries.includes(p)) return;
      if (batch.entries.length === 1) tries += 1;
      throw failure("too_big");
    };
    const one = world.relay();
    await one.until("entry.parked");
    await world.acked(1);

    expect(tries).toBeGreaterThan(1);
    expect(world.graph.applied).toEqual([other]);
    expect(aside()).toEqual([`parked ${p} ${1}`]);
  });

  test("is recorded before anything after it commits, and what it blocks before a later batch does", async () => {
    const p = poison("a");
    const blocked = write("a", "a");
    const rest = write("b", "c");
    const later = write("d");
    world.outbox.parking.before = (call) =>
      call === "setAside" ? world.clock.sleep(5_000) : undefined;
    const seen = new Map<EntryId, string[]>();
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch === undefined) return;
      if (batch.entries.some((id) => bad.has(id))) throw failure("poison");
      for (const id of batch.entries) seen.set(id, aside());
    };
    world.relay({ batchRowsMax: 4 });
    await world.acked(3);

    const parked = `parked ${p} 1`;
    const all = [parked, ...blocked.map((id) => `blocked ${id} 0`)];
    expect([...seen]).toEqual([
      ...rest.map((id) => [id, [parked]]),
      ...later.map((id) => [id, all]),
    ]);
  });

  test("does not let go what it blocked before entries of that batch that come before it", async () => {
    const p = poison("a");
    const one = world.relay();
    await counted(one, 1, 0);
    // Given a batch of two, of which the first cannot commit before the relay ends.
    let late: EntryId[] = [];
    world.graph.before = (call) => {
      if (call !== "commit") return;
      if (late.length > 0) throw failure("transient");
      late = write("b", "a+b");
    };
    const [early] = write("c");
    await one.until("call.retried", ({ task }) => task === "commit");
    await one.stop();

    // When the entry that was in the way is skipped before anything else is read.
    world.graph.before = () => {};
    const [first] = world.outbox.parking.asides;
    const skipped = { id: p, at: first?.at ?? AT_ZERO, reason: "wrong", by: "ann", skippedMs: 0 };
    await world.outbox.parking.skip(epoch(1n), skipped);
    world.relay();
    await world.acked(3);

    expect(world.graph.applied).toEqual([early, ...late]);
  });

  test("halts when nothing may be parked", async () => {
    const p = poison("a");
    write("b");
    const ended = await world.relay({ onPoison: "halt" }).ended();

    expect(ended).toMatchObject({ kind: "halted", why: expect.stringContaining(p) });
    expect(aside()).toEqual([]);
  });

  test("halts when there are too many in a row, and only then", async () => {
    for (const name of ["a", "b", "c"]) poison(name);
    write("d");
    for (const name of ["e", "f", "g"]) poison(name);
    const last = poison("h");
    const ended = await world.relay({ parkedInARowMax: 3, batchRowsMax: 1 }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/4 entries in a row cannot be applied.*it is poison/),
    });
    expect(aside()).toHaveLength(6);
    expect(aside().join()).not.toContain(last);
  });

  test("of an unknown kind is never parked", async () => {
    const [p] = write("a");
    world.graph.before = (call) => {
      if (call === "commit") throw failure("unknown");
    };

    expect(await world.relay().ended()).toMatchObject({ kind: "halted" });
    expect(aside()).toEqual([]);
    expect(world.outbox.stored.map(({ id }) => id)).toEqual([p]);
  });

  test("blocks matches of every label that its nodes have, as the graph knows it", async () => {
    world.graph.beside.set("Extra", ["Thing"]);
    const p = poison("a");
    const [byExtra, byOther] = ["Extra", "Other"].map((label) =>
      world.outbox.append(entryOf([deleteNodes(nodesWhere(label))])),
    );
    const one = world.relay();
    await counted(one, 1, 1);
    await world.acked(1);

    expect(aside()).toEqual([`parked ${p} 1`, `blocked ${byExtra} 0`]);
    expect(world.graph.applied).toEqual([byOther]);
  });

  test("costs no look at what entries touch as long as none is set aside", async () => {
    let asked = 0;
    world.graph.before = (call) => {
      if (call === "labelsBeside") asked += 1;
    };
    world.outbox.append(entryOf([deleteNodes(nodesWhere("Extra"))]));
    world.relay();
    await world.acked(1);

    expect(asked).toBe(0);
  });
});

describe("after a start", () => {
  test("what is set aside holds back what comes later, and is in order", async () => {
    const p = poison("a");
    const [blocked] = write("a+b");
    const first = world.relay();
    await counted(first, 1, 1);
    await first.stop();

    const [alsoBlocked, free] = write("b", "c");
    const second = world.relay();
    await counted(second, 1, 2);
    await world.acked(1);

    expect(world.graph.applied).toEqual([free]);
    expect(aside()).toEqual([`parked ${p} 1`, `blocked ${blocked} 0`, `blocked ${alsoBlocked} 0`]);
  });

  test("an ack wins over what is set aside, which is taken out, and what it held back goes", async () => {
    const p = poison("a");
    const [blocked] = write("a");
    const one = world.relay();
    await counted(one, 1, 1);
    // Given a retry that ends between the ack and its taking out.
    bad.clear();
    world.outbox.parking.before = (call) => {
      if (call === "forget") throw broken("the process ends");
    };
    void one.desk.give({ kind: "retry", entry: p });
    await world.acked(1);
    await one.stop();
    expect(aside()).toHaveLength(2);

    world.outbox.parking.before = () => {};
    const two = world.relay();
    await counted(two, 0, 0);

    expect(world.graph.applied).toEqual([p, blocked]);
    expect(aside()).toEqual([]);
  });

  test("an entry that was skipped is taken out, and what it held back goes", async () => {
    const p = poison("a");
    const [blocked] = write("a");
    const one = world.relay();
    await counted(one, 1, 1);
    world.outbox.parking.before = (call) => {
      if (call === "forget") throw broken("the process ends");
    };
    void one.desk.give({ kind: "skip", entry: p, reason: "wrong", by: "ann" });
    await one.until("entry.skipped");
    await one.stop();

    world.outbox.parking.before = () => {};
    const two = world.relay();
    await counted(two, 0, 0);

    expect(world.graph.applied).toEqual([blocked]);
    expect(world.outbox.parking.skips.get(p)).toMatchObject({ reason: "wrong", by: "ann" });
  });

  test("an entry that is set aside and was deleted halts by name", async () => {
    const p = poison("a");
    const one = world.relay();
    await counted(one, 1, 0);
    await one.stop();
    world.outbox.purge([p]);

    expect(await world.relay().ended()).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(new RegExp(`${p} is parked.*deleted`)),
    });
  });
});

describe("a retry", () => {
  test("applies the entry, then what it blocked in order, before any later entry that conflicts", async () => {
    const p = poison("a");
    const blocked = write("a+b", "b", "b+c");
    const one = world.relay();
    await counted(one, 1, 3);
    const [later] = write("c");
    await counted(one, 1, 4);

    bad.clear();
    const outcome = await one.order({ kind: "retry", entry: p });
    await counted(one, 0, 0);

    expect(outcome).toEqual({ kind: "done", released: 4 });
    expect(world.graph.applied).toEqual([p, ...blocked, later]);
    expect(world.ackedEntries()).toEqual([p, ...blocked, later]);
    expect(aside()).toEqual([]);
  });

  test("that fails again counts one more try, and keeps what it blocks", async () => {
    const p = poison("a");
    const [blocked] = write("a");
    const one = world.relay();
    await counted(one, 1, 1);
    const since = world.outbox.parking.asides[0]?.sinceMs;

    const outcome = await one.order({ kind: "retry", entry: p });
    const [later] = write("a");
    await counted(one, 1, 2);

    expect(outcome).toEqual({ kind: "failed_again", error: "it is poison" });
    expect(aside()).toEqual([`parked ${p} 2`, `blocked ${blocked} 0`, `blocked ${later} 0`]);
    expect(world.outbox.parking.asides[0]?.sinceMs).toBe(since);
    expect(world.graph.applied).toEqual([]);
  });

  test("releases only what nothing else holds back", async () => {
    const p = poison("a");
    const q = poison("b");
    const blocked = write("a+b", "a");
    const one = world.relay();
    await counted(one, 2, 2);

    bad.delete(p);
    expect(await one.order({ kind: "retry", entry: p })).toEqual({ kind: "done", released: 0 });
    bad.delete(q);
    expect(await one.order({ kind: "retry", entry: q })).toEqual({ kind: "done", released: 2 });
    await counted(one, 0, 0);

    expect(world.graph.applied).toEqual([p, q, ...blocked]);
  });

  test.each([
    ["in one batch with these", 5],
    ["in a batch before these", 1],
  ])(
    "a blocked entry that cannot be applied either is parked, and holds back its own, %s",
    async (_, batchRowsMax) => {
      const p = poison("a");
      const q = poison("a+b");
      const [behind, beside] = write("b", "a+c");
      const one = world.relay({ batchRowsMax });
      await counted(one, 1, 3);

      bad.delete(p);
      await one.order({ kind: "retry", entry: p });
      await counted(one, 1, 2);

      expect(world.graph.applied).toEqual([p]);
      expect(aside()).toEqual([`parked ${q} 1`, `blocked ${behind} 0`, `blocked ${beside} 0`]);
    },
  );

  test("takes an entry out only once its ack is confirmed", async () => {
    const p = poison("a");
    const [blocked] = write("a");
    const one = world.relay();
    await counted(one, 1, 1);
    bad.clear();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.outbox.before = (call) => (call === "writeAcks" ? held : undefined);
    const outcome = one.desk.give({ kind: "retry", entry: p });
    await one.until("batch.applied");
    await world.clock.advance(60_000);
    expect(aside()).toEqual([`parked ${p} 1`, `blocked ${blocked} 0`]);
    expect(world.graph.applied).toEqual([p]);

    release();
    expect(await world.clock.until(outcome)).toEqual({ kind: "done", released: 1 });
    await counted(one, 0, 0);
  });

  test("of many, cut short in the midst, repeats none at the next start", async () => {
    const entries = Array.from({ length: 30 }, (_, index) => poison(`${index}`));
    const one = world.relay({ parkedInARowMax: 100, batchRowsMax: 30 });
    await counted(one, 30, 0);
    // One commit each, more than the ring has places, and then the process ends.
    let commits = 0;
    world.graph.before = (call, batch) => {
      if (call !== "commit") return;
      if ((batch?.entries.length ?? 0) > 1) throw failure("too_big");
      commits += 1;
      if (commits > 20) throw broken("the process ends");
    };
    void one.desk.give({ kind: "retry_all" });
    await world.until(() => commits > 20);
    await one.stop();
    expect(world.graph.applied).toHaveLength(20);

    world.graph.before = () => {};
    const two = world.relay({ batchRowsMax: 30 });
    await counted(two, 10, 0);
    await two.order({ kind: "retry_all" });
    await counted(two, 0, 0);

    expect(world.graph.applied).toEqual(entries);
  });

  test("of all tries everything in order, and what fails again stays", async () => {
    const [p, q] = [poison("a"), poison("b")];
    const blocked = write("a", "b");
    const one = world.relay();
    await counted(one, 2, 2);

    bad.delete(p);
    expect(await one.order({ kind: "retry_all" })).toEqual({ kind: "done", released: 4 });
    await counted(one, 1, 1);

    expect(world.graph.applied).toEqual([p, blocked[0]]);
    expect(aside()).toEqual([`parked ${q} 2`, `blocked ${blocked[1]} 0`]);
  });

  test("of what is not parked is refused, and says why", async () => {
    const p = poison("a");
    const [blocked] = write("a") as [EntryId];
    const [other] = write("b") as [EntryId];
    const one = world.relay();
    await counted(one, 1, 1);
    await world.acked(1);

    expect(await one.order({ kind: "retry", entry: other })).toMatchObject({
      because: "not_parked",
    });
    expect(await one.order({ kind: "retry", entry: blocked })).toMatchObject({
      because: "blocked",
      why: expect.stringContaining(p),
    });
  });

  test("a try of long ago that wins after its entry was parked is acked, and not repeated", async () => {
    // Given a batch whose first try is under way for long.
    const p = poison("a");
    const [blocked] = write("a");
    const tries: PlannedBatch[] = [];
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch === undefined) return;
      tries.push(batch);
      throw failure(tries.length === 1 ? "transient" : "poison");
    };
    const one = world.relay();
    await counted(one, 1, 1);
    world.graph.before = () => {};
    // When it wins its number after all, before the next batch asks for it.
    const [late] = tries;
    if (late !== undefined) await world.graph.commit(late);
    const [next] = write("b");
    await world.acked(3);
    await counted(one, 0, 0);

    expect(late?.entries).toEqual([p]);
    expect(world.graph.applied).toEqual([p, next, blocked]);
    expect(world.ackedEntries()).toEqual([p, next, blocked]);
    expect(aside()).toEqual([]);
  });

  test("a try of long ago that wins with what it would have blocked leaves nothing set aside", async () => {
    // Given a batch of three whose first try is under way for long, and wins when the last of them is tried alone.
    let batch: EntryId[] = [];
    let late: PlannedBatch | undefined;
    world.graph.before = async (call, tried) => {
      if (call !== "commit" || tried === undefined) return;
      if (batch.length === 0) {
        batch = write("a", "a", "b");
        await world.clock.sleep(100); // until all of it is read
      } else if (late === undefined) {
        late = tried;
        throw failure("transient");
      } else if (tried.entries.includes(batch[0] as EntryId)) {
        throw failure("poison");
      } else {
        world.graph.before = () => {};
        await world.graph.commit(late);
      }
    };
    const [first] = write("c");
    const one = world.relay();
    await world.acked(4);
    await counted(one, 0, 0);

    expect(late?.entries).toEqual(batch);
    expect(world.graph.applied).toEqual([first, ...batch]);
    expect(aside()).toEqual([]);
  });
});

describe("a skip", () => {
  test("is recorded with who, when and why, and releases what the entry blocked", async () => {
    const p = poison("a");
    const blocked = write("a", "a");
    const one = world.relay();
    await counted(one, 1, 2);

    const order = { kind: "skip", entry: p, reason: "twice in the source", by: "ann" } as const;
    expect(await one.order(order)).toEqual({ kind: "done", released: 2 });
    await counted(one, 0, 0);

    expect(world.graph.applied).toEqual(blocked);
    expect(world.outbox.parking.skips.get(p)).toMatchObject({
      reason: "twice in the source",
      by: "ann",
      skippedMs: expect.any(Number),
    });
    expect(await one.order(order)).toMatchObject({ because: "not_parked" });
  });

  test("waits for a start while a try of long ago may still apply the entry", async () => {
    // Given an entry whose first try had no answer, and whose second was refused.
    const p = poison("a");
    const tries: PlannedBatch[] = [];
    world.graph.before = (call, batch) => {
      if (call !== "commit" || batch === undefined) return;
      tries.push(batch);
      throw failure(tries.length === 1 ? "transient" : "poison");
    };
    const one = world.relay();
    await counted(one, 1, 0);
    world.graph.before = () => {};
    // When it is skipped, and skipped again by the same relay under a new epoch.
    const order = { kind: "skip", entry: p, reason: "twice in the source", by: "ann" } as const;
    expect(await one.order(order)).toMatchObject({ kind: "interrupted" });
    expect(world.outbox.parking.skips.size).toBe(0);
    await world.until(() => one.of("lane.fenced").length === 2);
    await world.until(() => one.of("role.changed").at(-1)?.role === "active");
    await counted(one, 1, 0);
    expect(await one.order(order)).toMatchObject({ kind: "done" });
    // Then the first try can win no more.
    const [late] = tries;
    await expect(late && world.graph.commit(late)).rejects.toThrow("the journal refused");

    expect(late?.entries).toEqual([p]);
    expect(world.graph.applied).toEqual([]);
  });
});

describe("orders", () => {
  test("nobody takes them where no one carries", async () => {
    const one = world.relay();
    await one.until("walk.done");
    const two = world.relay({ holder: "two" });
    await two.until("lease.held");

    expect(await two.order({ kind: "pause", by: "ann" })).toEqual({ kind: "not_owner" });
    await one.stop();
    expect(await one.order({ kind: "resume" })).toEqual({ kind: "not_owner" });
  });

  test("a pause finishes the batch under way, outlives the relay, and ends with a resume", async () => {
    const one = world.relay();
    const [first] = write("a");
    await world.acked(1);
    expect(await one.order({ kind: "pause", by: "ann" })).toEqual({ kind: "done", released: 0 });
    const rest = write("b", "c");
    await world.clock.advance(60_000);
    expect(world.graph.applied).toEqual([first]);
    expect(one.of("role.changed").at(-1)).toEqual({ role: "paused" });
    await one.stop();

    const two = world.relay({ holder: "two" });
    await two.until("role.changed", ({ role }) => role === "paused");
    await world.clock.advance(60_000);
    expect(world.graph.applied).toEqual([first]);
    expect(await two.order({ kind: "resume" })).toEqual({ kind: "done", released: 0 });
    await world.acked(3);

    expect(world.graph.applied).toEqual([first, ...rest]);
    expect(two.of("role.changed").at(-1)).toEqual({ role: "active" });
  });

  test("a paused relay records a skip, applies nothing, and lets no horizon past what waits", async () => {
    const p = poison("a");
    const [blocked] = write("a");
    const one = world.relay();
    await counted(one, 1, 1);
    await one.order({ kind: "pause", by: "ann" });
    const [waiting] = write("b");
    world.outbox.passSeconds(100_000);
    write("c");
    await world.clock.advance(60_000);

    expect(await one.order({ kind: "retry", entry: p })).toMatchObject({ because: "paused" });
    expect(await one.order({ kind: "retry_all" })).toMatchObject({ because: "paused" });
    expect(await one.order({ kind: "skip", entry: p, reason: "x", by: "ann" })).toEqual({
      kind: "done",
      released: 1,
    });
    await world.clock.advance(60_000);
    expect(world.graph.applied).toEqual([]);
    expect(await world.outbox.settledHorizon()).toBeLessThanOrEqual(
      world.outbox.placeOf(waiting as EntryId),
    );

    await one.order({ kind: "resume" });
    await world.acked(3);
    expect(world.graph.applied.slice(0, 2)).toEqual([blocked, waiting]);
  });

  test("an order that a fault cuts short is answered", async () => {
    const p = poison("a");
    const one = world.relay();
    await counted(one, 1, 0);
    world.outbox.usurp();

    const order = { kind: "skip", entry: p, reason: "x", by: "ann" } as const;
    expect(await one.order(order)).toMatchObject({ kind: "interrupted" });
    expect(world.outbox.parking.skips.size).toBe(0);
    await world.until(() => one.of("term.ended").length > 0);
  });
});

describe("a stale owner", () => {
  test.each(["park", "skip", "pause"])("can no longer %s", async (what) => {
    const one = world.relay();
    await one.until("walk.done");
    const p = poison("a");
    if (what !== "park") await counted(one, 1, 0);
    const before = aside();
    if (what === "park") {
      world.graph.before = (call) => {
        if (call !== "commit") return;
        world.outbox.usurp();
        throw failure("poison");
      };
    } else world.outbox.usurp();
    if (what === "skip") {
      void one.desk.give({ kind: "skip", entry: p, reason: "x", by: "ann" });
    }
    if (what === "pause") void one.desk.give({ kind: "pause", by: "ann" });
    const ended = await one.until("term.ended");

    expect(ended).toMatchObject({ kind: "stepped_down", why: expect.stringMatching(/lease/) });
    expect(aside()).toEqual(before);
    expect(world.outbox.parking.skips.size).toBe(0);
    expect(await world.outbox.parking.pause()).toBeUndefined();
  });
});

test.each(["setAside", "forget"] as const)(
  "a store that refuses to %s halts, and parks nobody for it",
  async (refused) => {
    world.outbox.parking.before = (call) => {
      if (call === refused) throw failure("poison");
    };
    const p = poison("a");
    const one = world.relay();
    if (refused === "forget") {
      await counted(one, 1, 0);
      bad.clear();
      void one.desk.give({ kind: "retry", entry: p });
    }

    expect(await one.ended()).toMatchObject({ kind: "halted", why: "it is poison" });
    expect(aside()).toEqual(refused === "forget" ? [`parked ${p} 1`] : []);
    expect(world.graph.applied).toEqual(refused === "forget" ? [p] : []);
  },
);

describe("a lost reply or a passing failure", () => {
  const calls: (keyof ParkingPort)[] = ["asideAfter", "setAside", "skip", "forget", "pause"];
  test.each(
    calls.flatMap((call) =>
      (["before", "afterwards"] as const).map((when) => [when, call] as const),
    ),
  )("%s %s changes nothing", async (when, call) => {
    let left = 3;
    world.outbox.parking[when] = (name) => {
      if (name !== call || left === 0) return;
      left -= 1;
      throw broken("gone");
    };
    const [p, q] = [poison("a"), poison("b")];
    const blocked = write("a", "b");
    const one = world.relay();
    await counted(one, 2, 2);
    bad.clear();
    await one.order({ kind: "retry", entry: p });
    await one.order({ kind: "skip", entry: q, reason: "x", by: "ann" });
    await counted(one, 0, 0);

    expect(world.graph.applied).toEqual([p, ...blocked]);
    expect(left).toBe(0);
  });
});
