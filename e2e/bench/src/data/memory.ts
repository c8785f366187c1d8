import { createEdge, edge, int, mergeEdge, mergeNode, node } from "@outgraph/events";
import type { Dataset } from "./dataset.ts";
import { seeded, zipf } from "./random.ts";

const KEYS = 20_000;
const EXPONENT = 0.99;
const UPSERTS = 0.85;

/**
 * What an assistant remembers: entries of one change each, to few things again and again. Of a
 * hundred changes 85 set properties of a memory, 10 tie two of them, 5 add an event to a day.
 */
export function memory(entries: number, seed: number): Dataset {
  const random = seeded(seed);
  const key = zipf(KEYS, EXPONENT, random);
  const memoryAt = () => node("Memory", { id: `m-${key()}` });
  const change = (n: number) => {
    const dice = random();
    if (dice < UPSERTS) {
      const set = { text: `what was said in turn ${n}`, turn: int(n), weight: random() };
      return mergeNode(memoryAt(), { set });
    }
    if (dice < 0.95)
      return mergeEdge(edge("RECALLS", memoryAt(), memoryAt()), { set: { turn: int(n) } });
    const [user, day] = [
      node("User", { id: `u-${n % 50}` }),
      node("Day", { date: `d-${n % 366}` }),
    ];
    return createEdge("HAS_EVENT", user, day, { turn: int(n) });
  };
  return { name: "memory", entries: Array.from({ length: entries }, (_, n) => [change(n)]) };
}
