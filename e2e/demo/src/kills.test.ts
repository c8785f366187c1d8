import { expect, test } from "vitest";
import { type Kill, Kills } from "./kills.ts";

/** A relay that applies what is pending when told to, and nothing while it is dead. */
class FakeRelay {
  pending = 0;
  applied = 1;
  lives = 1;
  alive = true;
  paused = false;
  /** Applied in the moment in which it is killed. */
  lastBreath = false;

  readonly victim = {
    name: "relay",
    pause: async (): Promise<void> => {
      this.paused = true;
    },
    kill: async (): Promise<void> => {
      if (this.lastBreath) this.apply();
      this.alive = false;
    },
    start: async (): Promise<void> => {
      this.alive = true;
      this.paused = false;
      this.lives++;
    },
  };

  apply(): void {
    if (!this.alive || this.paused) return;
    this.applied += this.pending;
    this.pending = 0;
  }

  kills(points: readonly number[]): { kills: Kills; struck: number[]; back: Kill[] } {
    const struck: number[] = [];
    const back: Kill[] = [];
    const kills = new Kills({
      points: points.map((at) => ({ at, victim: this.victim })),
      backlog: async () => {
        if (this.lives > 1) this.apply(); // a new life catches up
        return { pending: this.pending, applied: this.applied };
      },
      onKill: ({ appended }) => struck.push(appended),
      onBack: (kill) => back.push(kill),
      backWithinMs: 5_000,
    });
    return { kills, struck, back };
  }
}

test("a kill strikes at its point, and is told again when entries are applied again", async () => {
  const relay = new FakeRelay();
  const { kills, struck, back } = relay.kills([3]);

  relay.pending = 2;
  await kills.reached(2);
  await kills.reached(3);
  await kills.recovered();

  expect(struck).toEqual([3]);
  expect(back).toMatchObject([{ victim: "relay", appended: 3, pending: 2 }]);
  expect(kills.due).toBe(0);
  expect(relay.lives).toBe(2);
});

test("when all is applied there is nothing to interrupt: it stands still until the next append, and is killed then", async () => {
  const relay = new FakeRelay();
  const { kills, struck } = relay.kills([1]);

  await kills.reached(1);
  expect(kills.due).toBe(1);
  expect(relay.alive).toBe(true);
  expect(relay.lives).toBe(1);
  relay.pending = 1;
  relay.apply(); // it would have been quicker than the kill
  await kills.reached(2);
  await kills.recovered();

  expect(struck).toEqual([2]);
  expect(relay.lives).toBe(2);
});

test("a kill that came too late to interrupt anything does not count", async () => {
  const relay = new FakeRelay();
  const { kills, struck } = relay.kills([1]);

  relay.pending = 1;
  relay.lastBreath = true;
  await kills.reached(1);
  await kills.recovered();

  expect(struck).toEqual([]);
  expect(kills.done).toEqual([]);
  expect(kills.due).toBe(1);
  expect(relay.alive).toBe(true);
});

test("appends that arrive together at a point are one kill", async () => {
  const relay = new FakeRelay();
  const { kills, struck } = relay.kills([1]);

  relay.pending = 5;
  await Promise.all([1, 2, 3, 4].map((n) => kills.reached(n)));

  expect(struck).toEqual([1]);
});
