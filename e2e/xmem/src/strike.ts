import type { Neo4jServer } from "@outgraph/stack";
import { waitUntil } from "@outgraph/stack";
import type { Db } from "mongodb";
import { pendingEntries } from "./backlog.ts";
import type { Relay } from "./relay.ts";

/** What is killed, and can be started again. */
export interface Victims {
  /** Not there where the server is not ours. */
  readonly neo4j?: Pick<Neo4jServer, "kill" | "restart">;
  /** Not there where nothing is relayed. */
  readonly relay?: Relay;
}

/** Those who write meanwhile. */
export interface Writers {
  /** Lets them go on, once the victim is gone. */
  goOn(): Promise<void>;
  running(): boolean;
}

/**
 * Kills one of the victims, and starts it again once work waits for it: so that the kill interrupts
 * something. Resolves then, with when it is back.
 */
export async function strike(
  victim: keyof Victims,
  { relay, neo4j }: Victims,
  db: Db,
  writers: Writers,
): Promise<{ readonly recovery: Promise<void> }> {
  await (victim === "relay" ? relay?.kill() : neo4j?.kill());
  await writers.goOn();
  if (relay !== undefined) {
    await waitUntil(async () => (await pendingEntries(db)) > 0 || !writers.running(), {
      what: "entries are pending",
      timeoutMs: 120_000,
      everyMs: 10,
    });
  }
  const recovery = (victim === "relay" ? relay?.start() : neo4j?.restart()) ?? Promise.resolve();
  recovery.catch(() => {}); // told to whoever awaits it
  return { recovery };
}
