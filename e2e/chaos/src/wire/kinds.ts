import type { Deed, WireProxy } from "@outgraph/stack";
import { LEASE_MS } from "./stage.ts";

/** A way in which a request fares badly. */
export interface Kind {
  readonly name: string;
  /**
   * Does it, to a request that is about to go by.
   *
   * @param beside the other wires of the same process.
   * @param fired says that it has happened.
   */
  act(wire: WireProxy, beside: readonly WireProxy[], fired: () => void): Deed | Promise<Deed>;
  /** So long after it happened the wires are healed, in milliseconds. */
  readonly healAfterMs: number;
}

/** Shorter than a lease, and than the longest transaction on Neo4j. */
const BRIEF_MS = 700;

/** Longer than both: somebody else may have taken over. */
const LONG_MS = LEASE_MS + 1_500;

export const KINDS: readonly Kind[] = [
  { name: "lost reply", healAfterMs: 0, act: (_, __, fired) => ({ lostReply: fired }) },
  { name: "lost request", healAfterMs: 0, act: saying("lose_request") },
  { name: "half-open at the server", healAfterMs: BRIEF_MS, act: saying("close_client") },
  { name: "half-open at the client", healAfterMs: BRIEF_MS, act: saying("close_server") },
  { name: "silence", healAfterMs: LONG_MS, act: saying("vanish") },
  {
    name: "cut",
    healAfterMs: BRIEF_MS,
    act(wire, _, fired) {
      wire.cut();
      fired();
      return "lose_request";
    },
  },
  {
    name: "black hole",
    healAfterMs: BRIEF_MS,
    act(wire, _, fired) {
      wire.blackHole();
      fired();
      return "deliver";
    },
  },
  {
    name: "parted for long",
    healAfterMs: LONG_MS,
    act(wire, beside, fired) {
      for (const each of [wire, ...beside]) each.blackHole();
      fired();
      return "deliver";
    },
  },
  {
    name: "delay",
    healAfterMs: BRIEF_MS,
    act(wire, _, fired) {
      wire.delay(120);
      fired();
      return "deliver";
    },
  },
  {
    name: "trickle",
    healAfterMs: BRIEF_MS,
    act(wire, _, fired) {
      wire.trickle(64, 2);
      fired();
      return "deliver";
    },
  },
];

function saying(deed: Deed): Kind["act"] {
  return (_, __, fired) => {
    fired();
    return deed;
  };
}
