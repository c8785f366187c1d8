import { type EntryId, newEntryId } from "@outgraph/events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AT_ZERO } from "./at.ts";
import { CallFailed } from "./call-failed.ts";
import { batchNumber, epoch } from "./lane.ts";
import type { PlannedBatch } from "./ports.ts";
import { canary, entryOf } from "./test/entries.ts";
import { broken } from "./test/memory-outbox.ts";
import { MemoryWorld } from "./test/memory-relay.ts";

let world: MemoryWorld;
beforeEach(() => {
  world = new MemoryWorld();
});
afterEach(() => world.end());

const append = (count: number): EntryId[] =>
  Array.from({ length: count }, () => world.outbox.append(canary()));

/** Throws a passing failure the first `times` times that `call` is made. */
function failing(times: number, call: string): (name: string) => void {
  let left = times;
  return (name) => {
    if (name !== call || left === 0) return;
    left -= 1;
    throw broken(`${call} failed`);
  };
}

describe("carrying", () => {
  test("what was there and what comes is applied once, in order, and acked", async () => {
    const early = append(12);
    const one = world.relay();
    await one.until("walk.done");
    const late = append(7);
    await world.acked(19);

    expect(world.graph.applied).toEqual([...early, ...late]);
    expect(world.ackedEntries()).toEqual([...early, ...late]);
    expect(await one.stop()).toEqual({ kind: "stopped" });
  });

  test("what comes while Neo4j works goes together, as long as it fits", async () => {
    const ids = append(1);
    world.graph.afterwards = async (call) => {
      if (call !== "commit") return;
      world.graph.afterwards = () => {};
      for (let more = 0; more < 4; more++) {
        ids.push(...append(1));
        await world.clock.sleep(100);
      }
    };

    const one = world.relay({ batchRowsMax: 3 });
    await world.acked(5);

    expect(world.graph.applied).toEqual(ids);
    expect(one.of("batch.applied").map(({ entries }) => entries)).toEqual([1, 3, 1]);
  });

  test("an entry that the walk and the stream both give is applied once", async () => {
    // Given an entry that was inserted before the reading is opened, and commits before it is walked.
    const ids = append(1);
    const open = world.outbox.insert(canary());
    let reads = 0;
    world.outbox.before = (call) => {
      if (call !== "read") return;
      reads += 1;
      if (reads === 2) world.outbox.commit(open);
    };
    const one = world.relay();
    await one.until("walk.done");
    const last = append(1);
    await world.acked(3);
    await one.stop();

    expect(one.of("walk.done")[0]?.entries).toBe(2);
    expect(world.graph.applied).toEqual([...ids, open.id, ...last]);
  });

  test("batches keep to their bounds", async () => {
    append(23);
    const one = world.relay({ batchRowsMax: 5 });
    await world.acked(23);

    const sizes = one.of("batch.applied").map(({ entries }) => entries);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    expect(sizes.reduce((a, b) => a + b)).toBe(23);
  });

  test("an entry without mutations is journaled and acked", async () => {
    const id = world.outbox.append(entryOf([]));
    world.relay();
    await world.acked(1);

    expect(world.ackedEntries()).toEqual([id]);
  });
});

describe("a lost reply", () => {
  test("a lost COMMIT reply applies nothing twice", async () => {
    const lose = failing(1, "commit");
    world.graph.afterwards = lose;
    const ids = append(3);
    const one = world.relay();
    await world.acked(3);

    expect(world.graph.applied).toEqual(ids);
    expect(one.of("batch.found")).toHaveLength(1);
  });

  test("an earlier try that commits late is acked as what it was, and the rest goes on", async () => {
    // Given a first try that is under way for long, as big as it was before it was cut.
    const ids = append(4);
    const tries: PlannedBatch[] = [];
    world.graph.before = async (call, batch) => {
      if (call !== "commit" || batch === undefined || batch.entries.length < 2) return;
      tries.push(batch);
      if (tries.length === 1) throw failure("too_big");
      if (tries.length === 2) {
        // The first try wins its number now, just before the second asks for it.
        world.graph.before = () => {};
        const [first] = tries;
        if (first !== undefined) await world.graph.commit(first);
      }
    };
    const one = world.relay();
    await world.acked(4);

    expect(world.graph.applied).toEqual(ids);
    expect(world.ackedEntries()).toEqual(ids);
    expect(one.of("batch.found")).toMatchObject([{ entries: tries[0]?.entries.length }]);
    expect(one.of("term.ended")).toEqual([]);
  });

  test("a lost reply to an ack is harmless", async () => {
    world.outbox.afterwards = failing(3, "writeAcks");
    const ids = append(9);
    world.relay();
    await world.acked(9);

    expect(world.graph.applied).toEqual(ids);
    expect(world.ackedEntries()).toEqual(ids);
  });
});

describe("passing failures", () => {
  test("are outlived, and said once for each change", async () => {
    world.graph.before = failing(40, "commit");
    const ids = append(2);
    const one = world.relay();
    await world.acked(2);

    expect(world.graph.applied).toEqual(ids);
    expect(one.of("call.retried").filter(({ task }) => task === "commit")).toHaveLength(40);
    expect(one.of("task.waiting")).toHaveLength(1);
    expect(one.of("task.recovered")).toMatchObject([{ task: "commit", attempts: 41 }]);
  });

  test.each(["open", "takeLease", "newestAck", "writeAcks", "settledHorizon"] as const)(
    "of %s delay and lose nothing",
    async (call) => {
      world.outbox.before = failing(5, call);
      const ids = append(3);
      world.relay();
      await world.acked(3);

      expect(world.graph.applied).toEqual(ids);
    },
  );

  test("of reading end the term, and the next start loses and repeats nothing", async () => {
    const ids = append(10);
    const one = world.relay();
    await one.until("walk.done");
    world.outbox.before = failing(3, "read");
    ids.push(...append(10));
    await world.acked(20);

    expect(world.graph.applied).toEqual(ids);
    expect(one.of("term.ended").length).toBeGreaterThan(0);
    expect(one.of("lease.taken").length).toBe(one.of("term.ended").length + 1);
  });
});

describe("the backlog", () => {
  test("is said with what was not read yet, and said to be over", async () => {
    append(50);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.graph.before = (call) => (call === "commit" ? held : undefined);
    const one = world.relay({ batchRowsMax: 5 });
    await one.until("backlog", ({ entries }) => entries === 50);
    await world.clock.advance(2_000);
    expect(world.outbox.backlog).toMatchObject({ entries: 50, oldestMs: expect.any(Number) });

    release();
    await world.acked(50);
    await world.clock.advance(2_000);
    expect(world.outbox.backlog).toEqual({ entries: 0, bytes: 0, oldestMs: undefined });
  });
});

describe("acks", () => {
  test("no batch commits before the ack of the eighth before it is confirmed", async () => {
    const ids = append(30);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.outbox.before = (call) => (call === "writeAcks" ? held : undefined);
    const one = world.relay({ batchRowsMax: 1 });
    await one.until("batch.applied", ({ batch }) => batch === 8n);
    await world.clock.advance(60_000);

    expect(world.graph.applied).toEqual(ids.slice(0, 8));

    release();
    await world.acked(30);
    expect(world.graph.applied).toEqual(ids);
  });

  test("are written one write at a time", async () => {
    append(30);
    let writing = 0;
    let most = 0;
    world.outbox.before = async (call) => {
      if (call !== "writeAcks") return;
      writing += 1;
      most = Math.max(most, writing);
      await world.clock.sleep(10);
    };
    world.outbox.afterwards = (call) => {
      if (call === "writeAcks") writing -= 1;
    };
    world.relay({ batchRowsMax: 1 });
    await world.acked(30);

    expect(most).toBe(1);
  });

  test("that name other entries halt", async () => {
    const one = world.relay();
    await one.until("walk.done");
    append(1);
    const other = { min: AT_ZERO, max: AT_ZERO };
    const number = batchNumber(1n);
    const strange = { batch: number, epoch: 1n as never, entries: [newEntryId()], at: other };
    world.outbox.acks.set(number, strange);

    expect(await one.ended()).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/names other entries/),
    });
  });
});

describe("a start", () => {
  test("writes the acks that the owner before could not", async () => {
    const ids = append(3);
    world.outbox.before = (call) => {
      if (call === "writeAcks") throw broken("no acks today");
    };
    const first = world.relay({ stopGraceMs: 0 });
    await first.until(
      "batch.applied",
      ({ batch }) => batch > 0n && world.graph.applied.length === 3,
    );
    await first.stop();
    expect(world.ackedEntries()).toEqual([]);

    world.outbox.before = () => {};
    world.relay({ holder: "two" });
    await world.acked(3);

    expect(world.graph.applied).toEqual(ids);
    expect(world.ackedEntries()).toEqual(ids);
  });

  test("refuses the graph of another outbox", async () => {
    world.graph.found("00000000-0000-4000-8000-000000000000");

    expect(await world.relay().ended()).toMatchObject({
      kind: "halted",
      why: /graph of outbox 0000/,
    });
  });

  test("under an epoch that the graph has seen is followed by one under a newer epoch", async () => {
    append(1);
    const first = world.relay();
    await world.acked(1);
    await first.stop();
    await world.graph.fence({ incarnation: world.outbox.incarnation, epoch: epoch(500n) });
    append(1);

    const second = world.relay({ holder: "two" });
    await world.acked(2);

    expect(second.of("lease.taken").map((taken) => taken.epoch)).toEqual([2n, 501n]);
  });

  test("refuses a journal of a newer format", async () => {
    world.graph.found(world.outbox.incarnation, "2");

    expect(await world.relay().ended()).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/format 2/),
    });
  });

  test("halts when MongoDB was restored to an older state", async () => {
    append(5);
    const first = world.relay();
    await world.acked(5);
    await first.stop();
    const young = new MemoryWorld();
    Object.assign(young.outbox, { incarnation: world.outbox.incarnation });
    Object.assign(young, { graph: world.graph });

    const ended = await young.relay({ holder: "two" }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/MongoDB was restored to an older state/),
    });
  });

  test("halts at an entry of a format it does not know, and applies what is before it", async () => {
    const ids = append(2);
    world.outbox.commit({ ...world.outbox.insert(canary()), version: 2 });
    append(1);

    const ended = await world.relay({ batchRowsMax: 1 }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/format 2.*upgrade the relay/),
    });
    expect(ids).toEqual(expect.arrayContaining([...world.graph.applied]));
  });
});

describe("history under a running relay", () => {
  test("a dropped outbox halts with a message", async () => {
    append(1);
    const one = world.relay();
    await world.acked(1);
    world.outbox.drop();

    expect(await one.ended()).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/outbox was dropped/),
    });
  });

  test("an entry before the settled horizon halts", async () => {
    append(1);
    const stray = world.outbox.insert(canary());
    world.outbox.passSeconds(10_000);
    append(1);
    const one = world.relay();
    await one.until("settled.raised");
    world.outbox.commit(stray);

    expect(await one.ended()).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/before the settled horizon/),
    });
    expect(world.graph.applied).not.toContain(stray.id);
  });

  test("the settled horizon shortens the next walk and loses nothing", async () => {
    const ids = append(5);
    world.outbox.passSeconds(10_000);
    const open = world.outbox.insert(canary());
    ids.push(...append(1));
    const first = world.relay();
    await first.until("settled.raised");
    await first.stop();
    ids.push(world.outbox.commit(open));

    const horizon = await world.outbox.settledHorizon();
    const places = [...(await world.outbox.positionsOf(ids)).values()];
    expect(places.filter((place) => place < horizon)).toHaveLength(5);
    const second = world.relay();
    await world.acked(7);
    expect([...world.graph.applied].sort()).toEqual([...ids].sort());
    expect(second.of("walk.done")[0]?.entries).toBe(1);
  });
});

describe("two relays", () => {
  test("one carries, the other stands by and takes over when the first lets go", async () => {
    const ids = append(3);
    const first = world.relay();
    await first.until("role.changed", ({ role }) => role === "active");
    const second = world.relay({ holder: "two" });
    await second.until("lease.held");
    await world.acked(3);
    ids.push(...append(3));
    await first.stop();
    await world.acked(6);

    expect(second.of("lease.taken")).toMatchObject([{ holder: "two", epoch: 2n }]);
    expect(world.graph.applied).toEqual(ids);
  });

  test("one that lost its lease unawares commits nothing and steps down", async () => {
    // Given a first relay that cannot reach MongoDB's lease any more, while a batch is under way.
    const ids = append(1);
    const first = world.relay();
    await world.acked(1);
    let hold = (): void => {};
    const held = new Promise<void>((resolve) => {
      hold = resolve;
    });
    let waiting = (): void => {};
    const underWay = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    world.graph.before = async (call, batch) => {
      if (call !== "commit" || batch?.epoch !== 1n) return;
      waiting();
      await held;
    };
    ids.push(...append(1));
    await underWay;

    // When a second one takes over, applies the entry, and only then the first goes on.
    await world.outbox.releaseLease("one", 1n as never);
    const second = world.relay({ holder: "two" });
    await world.acked(2);
    hold();
    await first.until("lease.held");

    // Then it is there once, and the first stands by.
    expect(world.graph.applied).toEqual(ids);
    expect(first.of("term.ended")).toMatchObject([{ kind: "stepped_down" }]);
    expect(second.of("term.ended")).toEqual([]);
  });

  test("one that is idle steps down when its lease turns out to be another's", async () => {
    append(1);
    const first = world.relay();
    await world.acked(1);
    await world.outbox.releaseLease("one", 1n as never);
    world.relay({ holder: "two" });
    const ended = await first.until("term.ended");

    expect(ended).toEqual({ kind: "stepped_down", why: "another relay took the lease" });
  });

  test("a lease that cannot be renewed in time is stepped down from", async () => {
    append(1);
    const one = world.relay();
    await world.acked(1);
    world.outbox.before = (call) => {
      if (call === "renewLease") throw broken("no renewal");
    };
    const ended = await one.until("term.ended");
    world.outbox.before = () => {};
    append(1);
    await world.acked(2);

    expect(ended.why).toMatch(/could not be renewed in time/);
    expect(world.graph.applied).toHaveLength(2);
  });

  test("a store that says nothing to a renewal is not waited for beyond the lease", async () => {
    append(1);
    const one = world.relay();
    await world.acked(1);
    world.outbox.before = (call) =>
      call === "renewLease" ? new Promise<void>(() => {}) : undefined;
    const ended = await one.until("term.ended");
    world.outbox.before = () => {};

    expect(ended.why).toMatch(/could not be renewed in time/);
  });
});

describe("an entry that cannot be applied", () => {
  const refuse = (bad: EntryId, kind: "poison" | "too_big") => {
    world.graph.before = (call, batch) => {
      if (call === "commit" && batch?.entries.includes(bad)) throw failure(kind);
    };
  };

  test("halts by name where nothing may be parked, with everything before it in the graph and nothing after it", async () => {
    const ids = append(8);
    const bad = ids[5] as EntryId;
    refuse(bad, "poison");

    const ended = await world.relay({ onPoison: "halt" }).ended();

    expect(ended).toMatchObject({ kind: "halted", why: expect.stringContaining(bad) });
    expect(ended).toMatchObject({ why: expect.stringContaining("MATCH (bad)") });
    expect(world.graph.applied).toEqual(ids.slice(0, 5));
    expect(world.ackedEntries()).toEqual(ids.slice(0, 5));
  });

  test("a batch that is too much for one transaction goes in parts, in order", async () => {
    const ids = append(16);
    world.graph.before = (call, batch) => {
      if (call === "commit" && (batch?.entries.length ?? 0) > 2) throw failure("too_big");
    };
    world.relay({ batchRowsMax: 16 });
    await world.acked(16);

    expect(world.graph.applied).toEqual(ids);
  });

  test("a single entry that is too much for a stalled server is applied once it goes on", async () => {
    let stalls = 3;
    world.graph.before = (call) => {
      if (call !== "commit" || stalls === 0) return;
      stalls -= 1;
      throw failure("too_big");
    };
    const ids = append(1);
    world.relay();
    await world.acked(1);

    expect(world.graph.applied).toEqual(ids);
  });

  test("a single entry that is too much halts where nothing may be parked", async () => {
    const [bad] = append(1);
    refuse(bad as EntryId, "too_big");

    const ended = await world.relay({ onPoison: "halt" }).ended();

    expect(ended).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/too much for one transaction/),
    });
  });

  test("a failure in no table halts and keeps everything", async () => {
    append(2);
    world.graph.before = (call) => {
      if (call === "commit") throw failure("unknown");
    };

    expect(await world.relay().ended()).toMatchObject({
      kind: "halted",
      why: expect.stringMatching(/it is unknown/),
    });
    expect(world.graph.applied).toEqual([]);
  });

  test("a halted relay gives its lease back", async () => {
    const ids = append(1);
    refuse(ids[0] as EntryId, "poison");
    const one = world.relay({ onPoison: "halt" });
    await one.ended();

    expect(one.of("lease.released")).toHaveLength(1);
    expect(one.of("role.changed").at(-1)?.role).toBe("halted");
  });
});

describe("told to stop", () => {
  test("it finishes the commit under way and writes its ack", async () => {
    const ids = append(2);
    let begun = (): void => {};
    const underWay = new Promise<void>((resolve) => {
      begun = resolve;
    });
    world.graph.before = async (call) => {
      if (call !== "commit") return;
      begun();
      await world.clock.sleep(500);
    };
    world.outbox.before = (call) => (call === "writeAcks" ? world.clock.sleep(500) : undefined);
    const one = world.relay({ batchRowsMax: 1 });
    await world.clock.until(underWay);
    const ended = await one.stop();

    expect(ended).toEqual({ kind: "stopped" });
    expect(world.graph.applied).toEqual(ids.slice(0, 1));
    expect(world.ackedEntries()).toEqual(ids.slice(0, 1));
    expect(one.of("lease.released")).toHaveLength(1);
  });

  test.each(["takeLease", "open", "writeAcks"] as const)(
    "it stops while %s fails for ever",
    async (call) => {
      append(1);
      world.outbox.before = (name) => {
        if (name === call) throw broken("away");
      };
      const one = world.relay();
      await one.until("task.waiting");

      expect(await one.stop()).toEqual({ kind: "stopped" });
    },
  );

  test("it stops while Neo4j is away", async () => {
    append(1);
    world.graph.before = () => {
      throw broken("away");
    };
    const one = world.relay();
    await one.until("task.waiting");

    expect(await one.stop()).toEqual({ kind: "stopped" });
  });
});

function failure(kind: "too_big" | "poison" | "unknown"): CallFailed {
  const said = { kind, code: "Test", message: `it is ${kind}`, cause: undefined };
  return new CallFailed(said, "MATCH (bad)");
}
