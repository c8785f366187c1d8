import { describe, expect, test } from "vitest";
import { readiness } from "./ready.ts";
import { relayStatus } from "./rpc.ts";
import { relaySignals } from "./signals.ts";
import { StatusBoard } from "./status.ts";
import { ManualClock } from "./test/manual-clock.ts";

function board() {
  const clock = new ManualClock();
  const signals = relaySignals();
  return { clock, signals, board: new StatusBoard("me", signals, clock) };
}

describe("lag", () => {
  test("is now minus the commit of the oldest entry that is read and not applied", async () => {
    const { clock, signals, board: status } = board();
    signals.emit("role.changed", { role: "active" });
    const oldestMs = clock.wall() - 2_000;
    signals.emit("backlog", { entries: 3, bytes: 30, coarse: true, oldestMs });
    await clock.advance(1_000);

    expect(status.now()).toMatchObject({ lagMs: 3_000, lagKnown: true, lagCoarse: true });
  });

  test("is zero and known while the stream says that there is nothing", async () => {
    const { clock, signals, board: status } = board();
    signals.emit("role.changed", { role: "active" });
    signals.emit("stream.quiet", { wallMs: clock.wall() });
    expect(status.now()).toMatchObject({ lagMs: 0, lagKnown: true });

    await clock.advance(6_000);
    expect(status.now()).toMatchObject({ lagMs: 0, lagKnown: false });
  });

  test("goes on while the relay is paused", async () => {
    const { clock, signals, board: status } = board();
    signals.emit("role.changed", { role: "active" });
    const oldestMs = clock.wall();
    signals.emit("backlog", { entries: 1, bytes: 1, coarse: false, oldestMs });
    signals.emit("role.changed", { role: "paused" });
    await clock.advance(60_000);

    expect(status.now()).toMatchObject({ lagMs: 60_000, lagKnown: true, role: "paused" });
  });

  test("is not known to a standby", () => {
    const { signals, clock, board: status } = board();
    signals.emit("stream.quiet", { wallMs: clock.wall() });
    signals.emit("role.changed", { role: "standby" });

    expect(status.now().lagKnown).toBe(false);
  });
});

describe("what only the owner of the lane knows", () => {
  const OWNER = {
    owns: true,
    leaseHeld: true,
    backlog: { entries: 3, bytes: 30 },
    aside: { parked: 2, blocked: 5 },
    stubs: 7,
    oplogWindowMs: 3_600_000,
  };
  const STRANGER = {
    owns: false,
    backlog: { entries: 0, bytes: 0 },
    aside: undefined,
    stubs: undefined,
    oplogWindowMs: undefined,
    lagKnown: false,
  };
  const owner = () => {
    const { signals, board: status } = board();
    signals.emit("lease.taken", { holder: "me", epoch: 1n });
    signals.emit("role.changed", { role: "active" });
    signals.emit("backlog", { entries: 3, bytes: 30, coarse: false });
    signals.emit("aside.counted", { parked: 2, blocked: 5 });
    signals.emit("surveyed", { stubs: 7, oplogWindowMs: 3_600_000 });
    return { signals, status };
  };

  test("is told as long as it does", () => {
    const { status } = owner();
    expect(status.now()).toMatchObject(OWNER);
    expect(relayStatus(status.now())).toMatchObject({
      parked: 2n,
      blocked: 5n,
      stubs: 7n,
      oplogWindow: { seconds: 3_600n },
      backlog: { entries: 3n },
    });
  });

  test.each(["starting", "standby", "halted"] as const)("is not, once it is %s", (role) => {
    const { signals, status } = owner();
    signals.emit("role.changed", { role });

    expect(status.now()).toMatchObject(STRANGER);
    const { stubs, oplogWindow, backlog } = relayStatus(status.now());
    expect([stubs, oplogWindow, backlog]).toEqual([undefined, undefined, undefined]);
  });

  test("a lease is held until it is given back, or the term is over", () => {
    const { signals, status } = owner();
    signals.emit("term.ended", { kind: "stepped_down", why: "test" });
    expect(status.now().leaseHeld).toBe(false);
    signals.emit("lease.taken", { holder: "me", epoch: 2n });
    signals.emit("lease.released", { epoch: 2n });
    expect(status.now().leaseHeld).toBe(false);
  });

  test("batches to apply again are counted down", () => {
    const { signals, board: status } = board();
    const seen = (): number => status.now().batchesToReapply;
    signals.emit("reapply.began", { from: 3n, to: 7n });
    expect(seen()).toBe(5);
    signals.emit("reapply.progress", { batch: 4n, to: 7n });
    expect(seen()).toBe(3);
    signals.emit("reapply.done", { batch: 7n, durationMs: 1 });
    expect(seen()).toBe(0);
  });
});

describe("readiness", () => {
  const after = (emit: (signals: ReturnType<typeof relaySignals>) => void) => {
    const { signals, board: status } = board();
    emit(signals);
    return readiness(status.now());
  };

  test("carrying and standing by are ready", () => {
    expect(after((s) => s.emit("role.changed", { role: "active" }))).toEqual({ ready: true });
    expect(after((s) => s.emit("role.changed", { role: "standby" }))).toEqual({ ready: true });
  });

  test("a relay that waits for a server is not, and says for what", () => {
    const report = after((signals) => {
      signals.emit("role.changed", { role: "active" });
      signals.emit("task.waiting", { task: "commit", message: "Neo4j: away" });
    });

    expect(report).toEqual({ ready: false, reason: "waiting: commit: Neo4j: away" });
  });

  test("it is again, once the task goes on", () => {
    const report = after((signals) => {
      signals.emit("role.changed", { role: "active" });
      signals.emit("task.waiting", { task: "commit", message: "Neo4j: away" });
      signals.emit("task.recovered", { task: "commit", afterMs: 1, attempts: 2 });
    });

    expect(report).toEqual({ ready: true });
  });

  test("a halted relay is not, and says why", () => {
    expect(
      after((signals) => signals.emit("role.changed", { role: "halted", why: "poison" })),
    ).toEqual({ ready: false, reason: "poison" });
  });
});
