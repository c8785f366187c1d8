import { type EntryId, mergeNode, node } from "@outgraph/events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { CallFailed } from "./call-failed.ts";
import type { Order } from "./desk.ts";
import { entryOf } from "./test/entries.ts";
import { broken } from "./test/memory-outbox.ts";
import { MemoryWorld, type RunningRelay } from "./test/memory-relay.ts";

// Whatever fails, is parked, retried, skipped, paused or started anew: every entry that nobody skipped
// is applied once, and of two that conflict the earlier one first.

type Action =
  | { readonly do: "append"; readonly names: readonly string[]; readonly bad: boolean }
  | { readonly do: "retry" | "skip"; readonly which: number; readonly mend: boolean }
  | { readonly do: "retry_all" | "restart" | "pause" | "resume" }
  | {
      readonly do: "fail" | "crash";
      readonly call: string;
      readonly when: "before" | "afterwards";
    };

const NAMES = ["a", "b", "c", "d", "e"];
const CALLS = ["setAside", "skip", "forget", "asideAfter", "writeAcks", "commit", "read"];

const append = fc.record({
  do: fc.constant("append" as const),
  names: fc.subarray(NAMES, { minLength: 1, maxLength: 2 }),
  bad: fc.boolean(),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: append },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("retry" as const, "skip" as const),
      which: fc.nat(9),
      mend: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("retry_all", "restart", "pause", "resume") as fc.Arbitrary<"restart">,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("fail" as const, "crash" as const),
      call: fc.constantFrom(...CALLS),
      when: fc.constantFrom("before" as const, "afterwards" as const),
    }),
  },
);

/** A relay and its people. */
class Story {
  readonly world = new MemoryWorld();
  /** In the order of history. */
  readonly written: { readonly id: EntryId; readonly names: readonly string[] }[] = [];
  readonly bad = new Set<EntryId>();
  readonly skipped = new Set<EntryId>();
  readonly #failing = new Set<string>();
  /** A call that does not come back any more: the process ends with it. */
  #crashing = "";
  #relay: RunningRelay;
  #starts = 1;

  constructor() {
    const { graph, outbox } = this.world;
    for (const when of ["before", "afterwards"] as const) {
      const fail = (call: string): void => {
        const moment = `${when} ${call}`;
        if (this.#failing.delete(moment) || this.#crashing === moment) throw broken(moment);
      };
      outbox[when] = fail;
      outbox.parking[when] = fail;
      graph[when] = (call, batch) => {
        fail(call);
        if (when !== "before" || call !== "commit") return;
        const refused = batch?.entries.some((id) => this.bad.has(id)) === true;
        const said = { kind: "poison", code: "Bad", message: "bad", cause: undefined } as const;
        if (refused) throw new CallFailed(said);
      };
    }
    this.#relay = this.#start();
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case "append": {
        const mutations = action.names.map((name) => mergeNode(node("Thing", { name })));
        const id = this.world.outbox.append(entryOf(mutations));
        this.written.push({ id, names: action.names });
        if (action.bad) this.bad.add(id);
        break;
      }
      case "retry":
      case "skip": {
        const parked = this.world.outbox.parking.asides.filter(({ kind }) => kind === "parked");
        const id = parked[action.which % parked.length]?.id;
        if (id === undefined) break;
        if (action.mend) this.bad.delete(id);
        if (action.do === "retry") await this.#relay.order({ kind: "retry", entry: id });
        else await this.#relay.order({ kind: "skip", entry: id, reason: "x", by: "ann" });
        break;
      }
      case "retry_all":
      case "resume":
        await this.#relay.order({ kind: action.do });
        break;
      case "pause":
        await this.#relay.order({ kind: "pause", by: "ann" });
        break;
      case "restart":
        await this.#relay.stop();
        this.#relay = this.#start();
        break;
      case "crash": {
        this.#crashing = `${action.when} ${action.call}`;
        this.bad.clear();
        this.#relay.desk.give({ kind: "retry_all" });
        await this.world.clock.advance(300);
        await this.#relay.stop();
        this.#crashing = "";
        this.#relay = this.#start();
        break;
      }
      case "fail":
        this.#failing.add(`${action.when} ${action.call}`);
        break;
    }
    await this.world.clock.advance(300);
    for (const id of this.world.outbox.parking.skips.keys()) this.skipped.add(id);
  }

  /** Mends everything, and waits until all is decided. */
  async end(): Promise<void> {
    this.bad.clear();
    this.#failing.clear();
    await this.world.clock.advance(20_000);
    await this.#insist({ kind: "resume" });
    await this.#insist({ kind: "retry_all" });
    const left = this.written.length - this.world.outbox.parking.skips.size;
    await this.world.until(() => new Set(this.world.ackedEntries()).size >= left);
    await this.world.until(() => this.world.outbox.parking.asides.length === 0);
    for (const id of this.world.outbox.parking.skips.keys()) this.skipped.add(id);
    await this.world.end();
  }

  /** Gives an order until it is done: a term may end just before it. */
  async #insist(order: Order): Promise<void> {
    while ((await this.#relay.order(order)).kind !== "done") await this.world.clock.advance(1_000);
  }

  #start(): RunningRelay {
    const holder = `relay ${this.#starts++}`;
    return this.world.relay({ holder, batchRowsMax: 6, parkedInARowMax: 1_000 });
  }
}

test("every entry that nobody skipped is applied once, and of two that conflict the earlier one first", async () => {
  let parked = 0;
  let skipped = 0;
  const property = fc.asyncProperty(
    fc.array(action, { minLength: 5, maxLength: 40 }),
    async (actions) => {
      const story = new Story();
      for (const each of actions) await story.act(each);
      parked += story.world.outbox.parking.asides.length;
      await story.end();

      const { applied } = story.world.graph;
      skipped += story.skipped.size;
      const wanted = story.written.filter(({ id }) => !story.skipped.has(id));
      expect(applied.toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
      expect(story.world.ackedEntries()).toEqual(applied);
      for (const name of NAMES) {
        const onto = wanted.filter(({ names }) => names.includes(name)).map(({ id }) => id);
        expect(applied.filter((id) => onto.includes(id))).toEqual(onto);
      }
    },
  );
  await fc.assert(property, { numRuns: 150, timeout: 30_000 });
  expect(parked).toBeGreaterThan(20);
  expect(skipped).toBeGreaterThan(5);
}, 120_000);
