import { describe, expect, test } from "vitest";
import { readiness } from "./ready.ts";
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

  test("is not known to a standby", () => {
    const { signals, clock, board: status } = board();
    signals.emit("stream.quiet", { wallMs: clock.wall() });
    signals.emit("role.changed", { role: "standby" });

    expect(status.now().lagKnown).toBe(false);
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
