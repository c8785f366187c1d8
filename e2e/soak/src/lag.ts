import { setTimeout as pause } from "node:timers/promises";
import { mergeNode, node } from "@outgraph/events";
import { openWriter } from "@outgraph/writer";
import type { Driver } from "neo4j-driver";
import { startRelay } from "./relay.ts";
import type { Servers } from "./servers.ts";

/** What a relay is put under. */
export interface Load {
  /** Entries a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** From the acknowledged commit to the first look that sees it in the graph, in milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly entries: number;
}

/**
 * Left out of the figures: a Neo4j that has just started takes seconds over its first transactions,
 * and what waited for them is caught up in as many again.
 */
const WARM_UP_MS = 15_000;

/**
 * Appends at a steady rate, one transaction each, whatever becomes of those before, and looks for
 * what is new in the graph again and again.
 */
export async function measureLag(
  servers: Servers,
  { rate, seconds }: Load,
  say: (text: string) => void,
): Promise<Lag> {
  await using relay = await startRelay(servers.env);
  const writer = await openWriter(servers.client.db(servers.database), { source: "soak" });
  const committed = new Map<number, number>();
  const lags: number[] = [];
  const looking = new AbortController();
  const seen = look(servers.driver, looking.signal, (number, at) => {
    const since = committed.get(number);
    if (since === undefined) return false; // seen before the commit's own reply: come again
    lags.push(Math.max(0, at - since));
    return true;
  });

  say(`appending ${rate} entries a second for ${seconds} s`);
  const began = performance.now();
  const writing: Promise<void>[] = [];
  const total = Math.round((WARM_UP_MS / 1_000 + seconds) * rate);
  const append = async (number: number): Promise<void> => {
    const merged = mergeNode(node("Soak", { number: BigInt(number) }), { set: { seen: false } });
    await writer.transact(
      { events: [{ type: "soak.v1.Written", mutations: [merged] }] },
      async () => {},
    );
    committed.set(number, performance.now());
  };
  for (let number = 0; number < total; number++) {
    const due = began + (number * 1_000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    writing.push(append(number));
  }
  await Promise.all(writing);
  const deadline = performance.now() + 60_000;
  while (lags.length < total && performance.now() < deadline) {
    await relay.applied(); // which throws where it halted
    await pause(50);
  }
  looking.abort();
  await seen;
  if (lags.length < total) throw new Error(`${total - lags.length} entries were never seen`);
  const counted = lags.slice((WARM_UP_MS / 1_000) * rate).sort((a, b) => a - b);
  return { p50: quantile(counted, 0.5), p99: quantile(counted, 0.99), entries: counted.length };
}

/** Tells each node once, when it was first seen. */
async function look(
  driver: Driver,
  signal: AbortSignal,
  onSeen: (number: number, at: number) => boolean,
): Promise<void> {
  const session = driver.session({ defaultAccessMode: "READ" });
  // Nodes are numbered in the order of their commits, but for those that ran side by side.
  let from = 0;
  const told = new Set<number>();
  try {
    while (!signal.aborted) {
      const { records } = await session.run<{ number: bigint }>(
        "MATCH (s:Soak) WHERE s.number >= $from RETURN s.number AS number",
        { from: BigInt(from) },
      );
      const at = performance.now();
      for (const record of records) {
        const number = Number(record.get("number"));
        if (!told.has(number) && onSeen(number, at)) told.add(number);
      }
      while (told.delete(from)) from += 1;
      await pause(1);
    }
  } finally {
    await session.close();
  }
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
