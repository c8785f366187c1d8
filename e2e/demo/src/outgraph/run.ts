import { CODEBASE, check } from "@outgraph/checker";
import { createOutgraphClient, type OutgraphClient } from "@outgraph/client";
import { ProcessFailed } from "@outgraph/stack";
import type { Revisions } from "../codebase/revisions.ts";
import { COLLECTIONS } from "../documents.ts";
import { DATABASE, type Engines } from "../engines.ts";
import { plannedKills } from "../kill-points.ts";
import { Kills, type Victim } from "../kills.ts";
import { Lag } from "../lag.ts";
import type { Outcome } from "../outcome.ts";
import type { Screen } from "../screen/screen.ts";
import { counted, duration } from "../screen/units.ts";
import { roundOf } from "./append-of.ts";
import { backlog } from "./backlog.ts";
import { sendRevisions } from "./send-revisions.ts";
import type { Services } from "./services.ts";

export interface OutgraphRun {
  readonly engines: Engines;
  readonly services: Services;
  readonly revisions: Revisions;
  readonly repository: string;
  readonly relayKills: number;
  readonly screen: Screen;
}

/** Of how many entries the lag is measured at most: each measurement is a call that waits. */
const LAG_SAMPLES_MAX = 200;

/** How many appends are made at most, after the last file, to give the last kills something to hit. */
const EXTRA_ROUNDS_MAX = 200;

/** How many appends show the lag of an ordinary day, each made when the one before is visible. */
const CALM_ROUNDS = 100;

/** How long entries may take to be applied again after a kill, in milliseconds. */
const BACK_WITHIN_MS = 120_000;

/** How long everything may take to be in the graph after the last append, in milliseconds. */
const DRAINED_WITHIN_MS = 180_000;

/**
 * Carries both revisions into MongoDB and, by the relay, into Neo4j, while the relay and Neo4j are
 * killed; then compares.
 *
 * @throws when a kill found nothing to interrupt, an entry is not applied, or a service ends by itself.
 */
export async function runOutgraph(options: OutgraphRun): Promise<Outcome> {
  try {
    return await Promise.race([carry(options), options.services.broken]);
  } catch (error) {
    if (error instanceof ProcessFailed) throw error; // it shows the log already
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}\n${options.services.logTails()}`, { cause: error });
  }
}

async function carry({ engines, services, revisions, ...options }: OutgraphRun): Promise<Outcome> {
  const { repository, relayKills, screen } = options;
  const db = engines.client.db(DATABASE);
  const both = [revisions.first, revisions.second];
  const [first = 0, second = 0] = both.map(({ changes }) => changes.length);
  const victims: Readonly<Record<"worker" | "neo4j", Victim>> = {
    worker: services.relay,
    neo4j: {
      name: "Neo4j",
      pause: () => engines.neo4j.pause(),
      kill: () => engines.neo4j.kill(),
      start: () => engines.neo4j.restart(),
    },
  };
  const kills = new Kills({
    points: plannedKills(first, second, { workerKills: relayKills }).map(({ at, what }) => ({
      at,
      victim: victims[what],
    })),
    backlog: () => backlog(db),
    onKill: ({ victim, appended, pending }) =>
      screen.line(
        `    ${screen.paint("red", "✗")} ${victim} killed after ${counted(appended, "append")}, ` +
          `with ${counted(pending, "entry")} to apply`.replace("entrys", "entries"),
      ),
    onBack: ({ victim, backAfterMs }) =>
      screen.line(
        `    ${screen.paint("green", "✓")} ${victim} is back, and entries are applied again after ` +
          duration(backAfterMs),
      ),
    backWithinMs: BACK_WITHIN_MS,
  });

  for (const name of COLLECTIONS) await db.createCollection(name);
  await db.collection("symbols").createIndex({ file: 1 });
  const client = createOutgraphClient({ url: services.appendUrl, source: "demo" });
  // On a connection of their own, so that the calls that wait take no place from those that append.
  const waiting = createOutgraphClient({
    ...{ url: services.appendUrl, source: "demo", protocol: "connect-h2" },
  });
  try {
    const lag = new Lag(waiting, Math.ceil((first + second) / LAG_SAMPLES_MAX));
    const run = { repository, startedAt: new Date() };
    const ids = await sendRevisions({ client, run, kills, lag, screen }, both);
    // A small codebase may be in the graph before the last kill is due: these keep work pending.
    let rounds = 0;
    while (kills.due > 0 && rounds < EXTRA_ROUNDS_MAX) {
      ids.push((await client.append(roundOf(run, ++rounds))).entryId);
      await kills.reached(ids.length);
    }
    if (kills.due > 0) throw new Error(`${kills.due} kills found no entry that was pending`);

    const phase = screen.phase("catch up");
    await kills.recovered();
    await allApplied(client, ids);
    await lag.all();
    phase.done(`${counted(ids.length, "entry")} applied`.replace("entrys", "entries"));

    const calming = screen.phase("calm");
    const calm = new Lag(waiting, 1);
    for (let n = 1; n <= CALM_ROUNDS; n++) {
      calm.appended((await client.append(roundOf(run, ++rounds))).entryId);
      await calm.all();
      calming.progress(n, CALM_ROUNDS, "appends, one after another");
    }
    calming.done(`${counted(CALM_ROUNDS, "append")}, one after another`);

    const checking = screen.phase("compare");
    const verdict = await check({ documents: db, graph: engines.driver }, CODEBASE);
    checking.done("graph read back, and documents projected");
    return {
      verdict,
      files: await db.collection("files").countDocuments(),
      symbols: await db.collection("symbols").countDocuments(),
      entries: ids.length + CALM_ROUNDS,
      kills: ["relay", "Neo4j"].map((victim) => ({
        victim,
        times: kills.done.filter((kill) => kill.victim === victim).length,
      })),
      lag: { throughKills: lag.found(), calm: calm.found() },
    };
  } finally {
    client.close();
    waiting.close();
  }
}

/** The most ids that one call of `waitApplied` takes. */
const IDS_MAX = 1_000;

async function allApplied(client: OutgraphClient, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_MAX) {
    const some = ids.slice(from, from + IDS_MAX);
    const { entries } = await client.waitApplied(some, { timeoutMs: DRAINED_WITHIN_MS });
    const other = entries.find(({ state }) => state !== "applied");
    if (other)
      throw new Error(`entry ${other.id} is ${other.state}: ${other.reason ?? "no reason"}`);
  }
}
