import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { RelayService } from "@outgraph/events";
import { type ManagedProcess, startProcess, waitUntil } from "@outgraph/stack";
import { canaryKeys, type Servers, Truth } from "../truth/index.ts";
import { type Doomed, startDoomed } from "./doomed.ts";
import type { Moment } from "./moment.ts";
import { LISTENING, relay } from "./programs.ts";

/** Nodes that everything is about, and some for entries that cannot be applied at first. */
export const NODES: readonly string[] = canaryKeys(8);
export const POISONED: readonly string[] = canaryKeys(3, "poisoned");

/** How long a moment may take to come, in milliseconds: on a busy machine a process starts slowly. */
const MOMENT_MS_MAX = 60_000;

/** A relay that listens. */
export interface RunningRelay extends AsyncDisposable {
  readonly process: ManagedProcess;
  readonly url: string;
}

/** A fresh database and an empty graph, for one run. */
export class Stage implements AsyncDisposable {
  readonly servers: Servers;
  readonly truth: Truth;

  static async open(engines: Omit<Servers, "database">): Promise<Stage> {
    const database = `sweep-${crypto.randomUUID().slice(0, 8)}`;
    const servers = { ...engines, database };
    const truth = await Truth.open(servers, {
      nodes: [...NODES, ...POISONED],
      observeEveryMs: 200,
    });
    await truth.wipeGraph();
    return new Stage(servers, truth);
  }

  private constructor(servers: Servers, truth: Truth) {
    this.servers = servers;
    this.truth = truth;
  }

  /** Starts a relay; resolves when it listens. */
  async startRelay(env: Readonly<Record<string, string>> = {}): Promise<RunningRelay> {
    const program = relay(this.servers, env, false);
    const started = await startProcess({ ...program, command: process.execPath, ready: LISTENING });
    const url = LISTENING.exec(started.logTail())?.[1] ?? "";
    return { process: started, url, [Symbol.asyncDispose]: () => started.stop() };
  }

  /** Starts a relay that is killed at a moment, and waits until it was. */
  async relayDiesAt(
    moment: Moment,
    nth: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const canKillItself = "port" in moment || "OUTGRAPH_TEST_RETENTION_HOURS" in env;
    await using doomed: Doomed = await startDoomed(this.servers, { moment, nth }, (servers) =>
      relay(servers, env, canKillItself),
    );
    await doomed.killed(MOMENT_MS_MAX);
  }

  /** Has everything that is parked tried again, until nothing is set aside any more. */
  async retryParked({ url }: RunningRelay): Promise<void> {
    const transport = createConnectTransport({ baseUrl: url, httpVersion: "1.1" });
    const service = createClient(RelayService, transport);
    let refused: unknown;
    const retried = async (): Promise<boolean> => {
      await this.truth.watcher.caughtUp();
      if (this.truth.watcher.aside.length === 0) return true;
      // While it starts it refuses.
      await service.retryAllParked({}, { timeoutMs: 5_000 }).catch((error: unknown) => {
        refused = error;
      });
      return false;
    };
    const what = "nothing is set aside any more";
    await waitUntil(retried, { what, timeoutMs: MOMENT_MS_MAX }).catch((cause: unknown) => {
      throw new Error(`${what}: in vain; last refused with ${refused}`, { cause });
    });
  }

  /** @param failed whether to keep the database, for somebody to look at. */
  async close(failed: boolean): Promise<void> {
    if (!failed) await this.truth.mongo.db(this.servers.database).dropDatabase();
    await this.truth[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.truth[Symbol.asyncDispose]();
  }
}
