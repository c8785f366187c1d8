import type { Act, Match, WireProxy, WireRequest } from "@outgraph/stack";

/** Where a request goes by: which wire of a stage, of each of its relays or services. */
export type WireName =
  | "relay-neo4j"
  | "relay-mongodb"
  | "append-mongodb"
  | "writer-mongodb"
  | "append-rpc";

/** The wires of one name: two relays have two. */
export type Wires = Readonly<Record<WireName, readonly WireProxy[]>>;

/** A rule on all wires of a name, that acts once. */
export interface Armed extends Disposable {
  /** Resolves with the wire where it acted, once it has. */
  readonly fired: Promise<WireProxy>;
  readonly hasFired: boolean;
}

/**
 * Lets `act` decide about the first request that matches, on whichever wire it comes.
 *
 * @param act may be told what it decided about; only what it returns counts as having fired.
 */
export function armOnce(
  wires: readonly WireProxy[],
  match: Match,
  act: (wire: WireProxy, fired: () => void, request: WireRequest) => ReturnType<Act>,
): Armed {
  const { promise, resolve } = Promise.withResolvers<WireProxy>();
  let hasFired = false;
  const rules = wires.map((wire) =>
    wire.onRequest(match, (request) => {
      // A reply that never came was not lost: the next one may be.
      if (hasFired) return "deliver";
      const fired = (): void => {
        hasFired = true;
        resolve(wire);
      };
      return act(wire, fired, request);
    }),
  );
  return {
    fired: promise,
    get hasFired() {
      return hasFired;
    },
    [Symbol.dispose]: () => rules.forEach((rule) => void rule[Symbol.dispose]()),
  };
}

/** A MongoDB URI, or Bolt's, over a wire. */
export function uriOver(uri: string, wire: WireProxy): string {
  const over = new URL(uri);
  over.host = wire.address;
  if (!over.protocol.startsWith("mongodb")) return over.toString();
  // The driver would otherwise go to the address that the replica set tells.
  over.searchParams.delete("replicaSet");
  over.searchParams.set("directConnection", "true");
  return over.toString();
}
