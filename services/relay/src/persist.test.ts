import type { FailureKind } from "@outgraph/failure";
import { expect, test } from "vitest";
import { CallFailed } from "./call-failed.ts";
import { persist } from "./persist.ts";
import { readiness } from "./ready.ts";
import { relaySignals } from "./signals.ts";
import { StatusBoard } from "./status.ts";
import { ManualClock } from "./test/manual-clock.ts";

test.each(["too_big", "poison"] as const)(
  "a call that was waited for and then fails as %s is not waited for any more",
  async (kind) => {
    const clock = new ManualClock();
    const signals = relaySignals();
    const board = new StatusBoard("me", signals, clock);
    signals.emit("role.changed", { role: "active" });
    const backoff = { firstMs: 10, mostMs: 100 };
    const { signal } = new AbortController();
    const patience = { clock, signals, backoff, signal, random: () => 0.5 };
    const kinds: FailureKind[] = ["transient", "transient", kind];
    const waited: boolean[] = [];

    const call = async (): Promise<never> => {
      waited.push(!readiness(board.now()).ready);
      const next = kinds.shift() ?? kind;
      throw new CallFailed({ kind: next, code: next, message: next, cause: undefined });
    };
    const outcome = clock.until(persist("commit", call, patience));
    await expect(outcome).rejects.toMatchObject({ failure: { kind } });

    expect(waited).toEqual([false, true, true]);
    expect(readiness(board.now())).toEqual({ ready: true });
  },
);
