import { setTimeout as pause } from "node:timers/promises";
import type { EntryId } from "@outgraph/events";
import type { At, OutboxPort } from "@outgraph/relay/test";
import { expect } from "vitest";
import type { Contract } from "./contract.ts";
import { someEntry } from "./entries.ts";
import type { MongoUnderTest } from "./mongo-under-test.ts";

const WRITERS = 24;
const CHAINS = 6;
const ROUNDS = 5;
const TOTAL = WRITERS * ROUNDS;
const READINGS = 5;

const BEGINNING = 0n as At;

interface Written {
  readonly chain: number;
  /** Its place in its chain: the document that all of it change says so. */
  readonly step: number;
}

/** Writers that fight for a few documents, each entry depending on the one before it in its chain. */
class Fight {
  readonly written: Map<EntryId, Written> = new Map();
  /** Whose commits were answered. */
  readonly acked: Set<EntryId> = new Set();
  readonly #server: MongoUnderTest;
  readonly #awaited: { readonly acked: number; readonly reached: () => void }[] = [];

  constructor(server: MongoUnderTest) {
    this.#server = server;
  }

  async all(): Promise<void> {
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let round = 0; round < ROUNDS; round++) {
          await this.#write(writer % CHAINS, (writer + round) % 2 === 0);
        }
      }),
    );
  }

  /** Resolves once so many were acked. */
  reached(acked: number): Promise<void> {
    if (this.acked.size >= acked) return Promise.resolve();
    return new Promise((resolve) => this.#awaited.push({ acked, reached: resolve }));
  }

  /** @param entryFirst whether the entry is stamped before its document is changed, or after. */
  async #write(chain: number, entryFirst: boolean): Promise<void> {
    const entry = someEntry();
    for (let attempt = 1; ; attempt++) {
      const tx = this.#server.begin();
      try {
        if (entryFirst) await tx.append(entry);
        const step = await tx.increment(`chain ${chain}`);
        if (!entryFirst) await tx.append(entry);
        await tx.commit();
        this.written.set(entry.id, { chain, step });
        break;
      } catch (error) {
        await tx.abort();
        const { errorLabels } = error as { errorLabels?: readonly string[] };
        if (!errorLabels?.includes("TransientTransactionError")) throw error;
        await pause(Math.random() * 5 * attempt);
      }
    }
    this.acked.add(entry.id);
    for (const { acked, reached } of this.#awaited) if (this.acked.size >= acked) reached();
  }
}

interface Seen {
  readonly upTo: At;
  /** Acked when the reading began. */
  readonly before: readonly EntryId[];
  readonly walk: readonly { readonly id: EntryId; readonly at: At }[];
  /** The oldest snapshot of its chunks. */
  readonly seenAt: At;
  readonly stream: readonly { readonly id: EntryId; readonly at: At; readonly time: At }[];
}

/** Reads until it has seen every entry that there will be. */
async function see(outbox: OutboxPort, fight: Fight): Promise<Seen> {
  const before = [...fight.acked];
  const reading = await outbox.read();
  const walk: Seen["walk"][number][] = [];
  const stream: Seen["stream"][number][] = [];
  const ids = new Set<EntryId>();
  let seenAt: At | undefined;
  for await (const chunk of reading.walk(BEGINNING)) {
    if (seenAt === undefined || chunk.seenAt < seenAt) seenAt = chunk.seenAt;
    for (const { id, at } of chunk.entries) {
      walk.push({ id, at });
      ids.add(id);
    }
  }
  while (ids.size < TOTAL) {
    const event = await reading.next();
    if (event.kind === "gone") throw new Error(event.what);
    if (event.kind !== "entry") continue;
    const { entry, time } = event;
    stream.push({ id: entry.id, at: entry.at, time });
    ids.add(entry.id);
  }
  await reading.close();
  return { upTo: reading.upTo, before, walk, seenAt: seenAt ?? BEGINNING, stream };
}

function rises(times: readonly At[]): boolean {
  return times.every((time, i) => i === 0 || (times[i - 1] as At) <= time);
}

/** The walk at T and the stream from T, while 24 write. */
export const WALK_AT_T: Contract<MongoUnderTest> = {
  "whatever committed before T is in the walk, whatever committed since is in the stream, nothing is stamped after T in the walk":
    async (it) => {
      const fight = new Fight(it);
      const fighting = fight.all();
      const starts = Array.from({ length: READINGS }, async (_, place) => {
        await fight.reached((place * TOTAL) / READINGS);
        return await see(it.outbox, fight);
      });
      const all = await Promise.all(starts);
      await fighting;

      for (const { upTo, before, walk, seenAt, stream } of all) {
        const walked = new Set(walk.map(({ id }) => id));
        const streamed = new Set(stream.map(({ id }) => id));
        expect(new Set(before).difference(walked)).toEqual(new Set());
        expect(walk.filter(({ at }) => at > upTo)).toEqual([]);
        expect(stream.filter(({ time }) => time < upTo)).toEqual([]);
        expect(seenAt).toBeGreaterThanOrEqual(upTo);
        // Each once in either; in both only what committed while the walk went on, which is told so.
        expect([walked.size, streamed.size]).toEqual([walk.length, stream.length]);
        expect(walked.union(streamed)).toEqual(new Set(fight.written.keys()));
        const twice = stream.filter(({ id }) => walked.has(id));
        expect(twice.filter(({ at, time }) => at > upTo || time < upTo)).toEqual([]);
        expect(rises(walk.map(({ at }) => at))).toBe(true);
        expect(rises(stream.map(({ time }) => time))).toBe(true);
        expect(stream.filter(({ at, time }) => at >= time)).toEqual([]);
      }
      // At least one start was in the midst of it.
      expect(all.some(({ walk, stream }) => walk.length > 0 && stream.length > 0)).toBe(true);
    },

  "stamps of entries that depend on each other are in the order in which they do": async (it) => {
    const fight = new Fight(it);
    await fight.all();

    const { walk } = await see(it.outbox, fight);

    const steps = Array.from({ length: CHAINS }, (): number[] => []);
    for (const { id } of walk) {
      const { chain, step } = fight.written.get(id) as Written;
      steps[chain]?.push(step);
    }
    for (const chain of steps) expect(chain).toEqual(chain.map((_, i) => i + 1));
  },
};
