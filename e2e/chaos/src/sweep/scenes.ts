import { gatedPlan, plainPlan, type Workload } from "../truth/index.ts";
import { boltCommit } from "./moment.ts";
import { POISONED, type RunningRelay, type Stage } from "./stage.ts";

/** What goes on around a relay's end. */
export interface Scene {
  /** What the relays that are to be killed are told, beside the addresses. */
  readonly env?: Readonly<Record<string, string>>;
  /** When entries keep coming by themselves until the last of them is killed. Default always. */
  readonly flows?: "always" | "after" | "never";
  /** What rides along in every entry, so that it is large. Default nothing. */
  readonly payloadBytes?: number;
  /** Done before the first of them starts. */
  prepare?(stage: Stage, workload: Workload): Promise<void>;
  /** Done once a relay lives that is not killed, and nothing is pending any more. */
  settle?(stage: Stage, relay: RunningRelay): Promise<void>;
}

export type SceneName = "flow" | "purge" | "ring" | "backlog" | "reapply" | "poison";

/** With a payload of a million bytes each, so many are three chunks of a walk, and a bit. */
const BACKLOG_ENTRIES = 17;

/** One entry a batch. */
const SMALL_BATCHES = { OUTGRAPH_BATCH_ROWS_MAX: "1" };

export const SCENES: Readonly<Record<SceneName, Scene>> = {
  /** Entries come one after another. */
  flow: {},

  /** Everything but the newest eight batches may be purged at once. */
  purge: { env: { ...SMALL_BATCHES, OUTGRAPH_TEST_RETENTION_HOURS: "0" } },

  /** The relay before could not ack what it had committed. */
  ring: {
    async prepare(stage) {
      await stage.relayDiesAt(boltCommit("SET lane.batch = lane.batch + one", "answered"), 2);
    },
  },

  /** A lot is pending when it starts. */
  backlog: {
    flows: "never",
    payloadBytes: 1_000_000,
    async prepare(_, workload) {
      workload.start(BACKLOG_ENTRIES);
      await workload.done();
    },
  },

  /** The graph was put back to nothing, and all its batches are to be applied again. */
  reapply: {
    flows: "never",
    async prepare(stage, workload) {
      await using relay = await stage.startRelay(SMALL_BATCHES);
      workload.start(12);
      await workload.done();
      const { drainedMs, boundMs } = await stage.truth.drained(60_000);
      await relay.process.kill();
      if (drainedMs === undefined) throw new Error(`not even drained before it, in ${boundMs} ms`);
      await stage.truth.wipeGraph();
    },
  },

  /** Three entries cannot be applied at first, among others that can; later somebody mends it. */
  poison: {
    flows: "after",
    async prepare(_, workload) {
      for (const node of POISONED) {
        workload.start(3);
        await workload.done();
        await workload.append(gatedPlan(node, `gate-${node}`));
        await workload.append(plainPlan(node));
      }
    },
    async settle(stage, relay) {
      for (const node of POISONED) await stage.truth.makeGate(`gate-${node}`);
      await stage.retryParked(relay);
    },
  },
};
