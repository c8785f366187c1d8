import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess } from "@outgraph/stack";
import { judge, type Verdict } from "../invariants/index.ts";
import type { Evidence, Operation } from "../truth/evidence.ts";
import {
  appendByService,
  appendInProcess,
  type Servers,
  vacuous,
  Workload,
} from "../truth/index.ts";
import { startDoomed } from "./doomed.ts";
import { HistoryFile } from "./history-file.ts";
import type { Point } from "./points.ts";
import { appendService, writer } from "./programs.ts";
import { SCENES, type Scene } from "./scenes.ts";
import { NODES, type RunningRelay, Stage } from "./stage.ts";

/** One run: a point, and which of its occurrences. */
export interface Run {
  readonly point: Point;
  readonly nth: number;
  readonly seed: number;
}

/** What became of it. */
export interface Ran extends Verdict {
  readonly entries: number;
  readonly seconds: number;
  /** Where its documents are left, when it violated something. */
  readonly database: string;
}

/** How long a moment may take to come, and a backlog to drain, in milliseconds. */
const MOMENT_MS_MAX = 60_000;
const DRAIN_MS_MAX = 60_000;

/** So many entries are appended after the kill. */
const ENTRIES_AFTER = 8;

/** A pace at which batches are small, and a thing that is killed has something to do. */
const PER_SECOND = 6;

/**
 * Kills a process at a point, starts it again, lets the work go on, and judges everything.
 *
 * @throws when the moment did not come, or too little worked for the run to prove anything.
 */
export async function runPoint(engines: Omit<Servers, "database">, run: Run): Promise<Ran> {
  const began = performance.now();
  const stage = await Stage.open(engines);
  let verdict: Verdict | undefined;
  try {
    await using undo = new AsyncDisposableStack();
    const { history, scene, relay } = await KILLED[run.point.who](stage, run, undo);
    const evidence = await settled(stage, relay, scene, history);
    const empty = vacuous([], history);
    if (empty.length > 0) throw new Error(`it proves nothing: ${empty.join("; ")}`);
    verdict = judge(evidence);
    const seconds = (performance.now() - began) / 1_000;
    const { database } = stage.servers;
    return { ...verdict, entries: evidence.ledger.length, seconds, database };
  } finally {
    await stage.close(verdict === undefined || verdict.violations.length > 0);
  }
}

interface Killed {
  /** One that is not killed. */
  readonly relay: RunningRelay;
  readonly history: readonly Operation[];
  readonly scene: Scene;
}

type Kill = (stage: Stage, run: Run, undo: AsyncDisposableStack) => Promise<Killed>;

/** For each kind of process: have it killed there, and let the writers go on after that. */
const KILLED: Readonly<Record<Point["who"], Kill>> = {
  async writer(stage, { point, nth, seed }, undo) {
    const { servers } = stage;
    const folder = await mkdtemp(join(tmpdir(), "outgraph-sweep-"));
    const history = join(folder, "history.jsonl");
    try {
      const told = { history, nodes: NODES, seed };
      await using doomed = await startDoomed(servers, { moment: point.moment(), nth }, (through) =>
        writer(through, told),
      );
      const relay = undo.use(await stage.startRelay());
      await doomed.killed(MOMENT_MS_MAX);
      const again = writer(servers, { ...told, seed: seed + 1, entries: ENTRIES_AFTER });
      await using living = await startProcess({ ...again, command: process.execPath });
      const { code } = await living.exited;
      if (code !== 0) throw new Error(`the writer failed after its restart\n${living.logTail()}`);
      return { relay, history: new HistoryFile(history).read().history, scene: SCENES.flow };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  async service(stage, { point, nth, seed }, undo) {
    const { servers } = stage;
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await using appender = await appendByService({ ...servers, url, timeoutMs: 60_000 });
    // As many as it takes for some to share a transaction.
    const workload = new Workload(appender, { nodes: NODES, seed, writers: 6 });
    await using doomed = await startDoomed(servers, { moment: point.moment(), nth }, (through) =>
      appendService(through, port),
    );
    workload.start();
    const relay = undo.use(await stage.startRelay());
    await doomed.killed(MOMENT_MS_MAX);
    const again = appendService(servers, port);
    await using _living = await startProcess({ ...again, command: process.execPath });
    const before = workload.history.filter(({ outcome }) => outcome === "ok").length;
    await goOn(workload, before + ENTRIES_AFTER);
    return { relay, history: workload.history, scene: SCENES.flow };
  },

  async relay(stage, { point, nth, seed }, undo) {
    const scene: Scene = SCENES[point.scene ?? "flow"];
    const { payloadBytes, flows = "always", env } = scene;
    await using appender = await appendInProcess({
      ...stage.servers,
      ...(payloadBytes !== undefined && { payloadBytes }),
    });
    const workload = new Workload(appender, { nodes: NODES, seed, perSecond: PER_SECOND });
    if (flows === "always") workload.start();
    await scene.prepare?.(stage, workload);
    if (flows === "after") workload.start();
    if (point.of === "starts") {
      for (let start = 1; start <= nth; start++) await stage.relayDiesAt(point.moment(), 1, env);
    } else await stage.relayDiesAt(point.moment(), nth, env);
    await workload.stop();
    workload.start(ENTRIES_AFTER);
    const relay = undo.use(await stage.startRelay());
    await workload.done();
    return { relay, history: workload.history, scene };
  },
};

/** Waits until so many were ok, then finishes what is under way. */
async function goOn(workload: Workload, ok: number): Promise<void> {
  await workload.until((history) => history.filter(({ outcome }) => outcome === "ok").length >= ok);
  await workload.stop();
}

/** Waits until everything is in the graph, or set aside and then mended, and gathers the evidence. */
async function settled(
  stage: Stage,
  relay: RunningRelay,
  scene: Scene,
  history: readonly Operation[],
): Promise<Evidence> {
  const { truth } = stage;
  const healing = await truth.drained(DRAIN_MS_MAX);
  if (scene.settle === undefined || healing.drainedMs === undefined) {
    return await truth.evidence(history, healing);
  }
  await scene.settle(stage, relay);
  return await truth.evidence(history, await truth.drained(DRAIN_MS_MAX));
}
