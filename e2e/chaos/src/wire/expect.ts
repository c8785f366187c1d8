import { newEntryId, RelayRole } from "@outgraph/events";
import { waitUntil } from "@outgraph/stack";
import { LEDGER } from "../truth/collections.ts";
import { type Appender, gatedPlan, plainPlan } from "../truth/index.ts";
import type { Play } from "./play.ts";
import {
  epochOf,
  GATED,
  owner,
  PATIENCE_MS,
  PROBE,
  type Relay,
  type Stage,
  statusOf,
} from "./stage.ts";

/** What a relay does about a failure. */
export type Response =
  /** Tries again, and stays the owner under the same epoch. */
  | "retried"
  /** Says so and lets go; another relay takes over, and has what failed in the graph. */
  | "halted"
  /** Goes on, maybe under another epoch, without a person. */
  | "goes on"
  /** Sets the entry aside. */
  | "parked";

/** An entry under way, and where it is to end. */
interface Sent {
  readonly entry: string;
  readonly arrived: () => boolean;
}

/** Appends an entry past all wires. */
export async function probe({ stage, probe: workload }: Play): Promise<Sent> {
  const { entry } = await workload.append(plainPlan(PROBE));
  return { entry, arrived: () => stage.truth.watcher.lagMs.has(entry) };
}

/** Appends one that cannot be applied before its gate is there. */
export async function gated({ stage, probe: workload }: Play, gate: string): Promise<Sent> {
  const { entry } = await workload.append(gatedPlan(GATED, gate));
  return { entry, arrived: () => stage.truth.watcher.aside.includes(entry) };
}

/**
 * Sends an entry, and sees what the relay does about the failure that is waiting for it.
 *
 * @param fired resolves once that failure has happened.
 * @returns what was wrong.
 */
export async function respondsBy(
  play: Play,
  response: Response,
  fired: () => Promise<void>,
  send: (play: Play) => Promise<Sent> = probe,
): Promise<string[]> {
  const { stage } = play;
  const { watcher } = stage.truth;
  const before = await epochOf(stage);
  const { entry, arrived } = await send(play);
  await fired();
  const aside = (): boolean => watcher.aside.includes(entry);
  const came = await watcher.until(() => arrived() || aside(), PATIENCE_MS);
  if (!came) return ["the entry did not reach the graph"];
  const wrong: string[] = [];
  if (response === "parked" && !aside()) wrong.push("the entry was not parked");
  if (response !== "parked" && !arrived()) wrong.push("the entry was parked");
  const epoch = await epochOf(stage);
  const same = response === "retried" || response === "parked";
  if (same && epoch !== before) wrong.push(`the epoch went from ${before} to ${epoch}`);
  const halted = await haltedOf(stage);
  if (response === "halted" && halted.length === 0) wrong.push("no relay halted");
  if (response !== "halted" && halted.length > 0) wrong.push("a relay halted");
  for (const { process } of halted) await process.restart();
  return wrong;
}

/**
 * Appends under one id until it is committed, and sees that nothing false was said on the way.
 *
 * @param mustCommit whether the first try has to be told that it is.
 * @returns what was wrong.
 */
export async function isToldTruth(
  { stage, told }: Play,
  appender: Appender,
  node: string,
  mustCommit: boolean,
  fired: () => Promise<void>,
): Promise<string[]> {
  const entry = newEntryId();
  const startedMs = Date.now();
  const ledger = stage.truth.mongo
    .db(stage.servers.database)
    .collection<{ _id: string }>(LEDGER.entries);
  const attempt = () =>
    appender.append(entry, plainPlan(node)).catch((error: unknown) => ({
      outcome: "failed" as const, // whatever is no unknown outcome: nothing was written
      why: String(error),
    }));
  const first = await attempt();
  await fired();
  const wrong: string[] = [];
  if (mustCommit && first.outcome !== "ok") {
    wrong.push(`the append was told "${first.outcome}": ${first.why}`);
  }
  let { outcome } = first;
  if (outcome !== "ok") {
    const there = (await ledger.countDocuments({ _id: entry })) > 0;
    if (outcome === "failed" && there)
      wrong.push("the append was told that it failed, and it is there");
    const again = there ? ({ outcome: "ok" } as const) : await attempt();
    outcome = again.outcome;
    if (outcome !== "ok") wrong.push("a repeat under the same id did not commit either");
  }
  told.push({ entry, outcome, startedMs, endedMs: Date.now() });
  return wrong;
}

/** Has whatever is set aside tried again, however often it must be said, until nothing is. */
export async function releaseAll(stage: Stage): Promise<void> {
  const { watcher } = stage.truth;
  await waitUntil(
    async () => {
      if (watcher.aside.length === 0) return true;
      await (await owner(stage)).client.retryAllParked();
      return await watcher.until(() => watcher.aside.length === 0, 2_000);
    },
    { what: "nothing is set aside any more", timeoutMs: PATIENCE_MS },
  );
}

async function haltedOf({ relays }: Stage): Promise<Relay[]> {
  const said = await Promise.all(relays.map(statusOf));
  return relays.filter((_, i) => said[i]?.role === RelayRole.HALTED);
}
