import { MongoClient } from "mongodb";
import neo4j, { type Driver } from "neo4j-driver";
import { setUpLedger } from "./collections.ts";
import type { Evidence, Healing, Operation } from "./evidence.ts";
import { GraphObserver } from "./graph-observer.ts";
import { GATE } from "./mutations.ts";
import { OutboxWatcher } from "./outbox-watcher.ts";
import { readGraph, readMongo } from "./read-ends.ts";

/** Real servers, and which databases. */
export interface Servers {
  readonly mongodbUri: string;
  /** Holds the outbox, the ledger and the documents. */
  readonly database: string;
  readonly neo4jUri: string;
  readonly neo4jUser?: string;
  /** Empty or left out: no authentication. */
  readonly neo4jPassword?: string;
  /** Default "neo4j". */
  readonly neo4jDatabase?: string;
}

export interface TruthOptions {
  /** The nodes that entries may touch. */
  readonly nodes: readonly string[];
  /** Between two looks at the graph, in milliseconds. Default 100. */
  readonly observeEveryMs?: number;
}

/** Sees what really happens on both sides, by connections of its own, and gathers it. */
export class Truth implements AsyncDisposable {
  readonly mongo: MongoClient;
  readonly graph: Driver;
  readonly watcher: OutboxWatcher;
  readonly observer: GraphObserver;
  readonly #servers: Servers;

  /** Makes the ledger and begins to watch. The servers must answer, and the outbox may be missing. */
  static async open(servers: Servers, options: TruthOptions): Promise<Truth> {
    const mongo = new MongoClient(servers.mongodbUri, { appName: "chaos-truth" });
    const { neo4jUser = "neo4j", neo4jPassword = "" } = servers;
    const auth = neo4jPassword === "" ? undefined : neo4j.auth.basic(neo4jUser, neo4jPassword);
    const graph = neo4j.driver(servers.neo4jUri, auth, { useBigInt: true });
    try {
      await setUpLedger(mongo.db(servers.database), options.nodes);
      const watcher = await OutboxWatcher.open(mongo, servers.database);
      const { observeEveryMs = 100 } = options;
      const observer = new GraphObserver(graph, observeEveryMs, servers.neo4jDatabase);
      return new Truth({ mongo, graph, watcher, observer }, servers);
    } catch (error) {
      await Promise.all([mongo.close(), graph.close()]);
      throw error;
    }
  }

  private constructor(
    parts: Pick<Truth, "mongo" | "graph" | "watcher" | "observer">,
    servers: Servers,
  ) {
    this.mongo = parts.mongo;
    this.graph = parts.graph;
    this.watcher = parts.watcher;
    this.observer = parts.observer;
    this.#servers = servers;
  }

  /** Waits until nothing is pending; what is set aside is not. For when nobody appends any more. */
  async drained(boundMs: number): Promise<Healing> {
    const began = performance.now();
    await this.watcher.caughtUp();
    const done = await this.watcher.until(() => this.watcher.pending.length === 0, boundMs);
    return { drainedMs: done ? performance.now() - began : undefined, boundMs };
  }

  /** Everything there is to judge, once nothing changes any more. */
  async evidence(history: readonly Operation[], healing: Healing): Promise<Evidence> {
    await this.watcher.caughtUp();
    await this.observer.look();
    return {
      ...(await readMongo(this.mongo.db(this.#servers.database))),
      graph: await readGraph(this.graph, this.#servers.neo4jDatabase),
      history,
      events: this.watcher.events,
      snapshots: this.observer.snapshots,
      healing,
    };
  }

  /** Makes a gate, as a person would who mends what an entry waits for. */
  async makeGate(id: string): Promise<void> {
    await this.#run(`MERGE (:${GATE} {id: $id})`, { id });
  }

  /** Deletes everything in the graph, also the relay's journal. */
  async wipeGraph(): Promise<void> {
    await this.#run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS", {});
    this.observer.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.observer[Symbol.asyncDispose]();
    await this.watcher[Symbol.asyncDispose]();
    await Promise.all([this.mongo.close(), this.graph.close()]);
  }

  async #run(cypher: string, params: Record<string, unknown>): Promise<void> {
    const session = this.graph.session({ database: this.#servers.neo4jDatabase ?? "neo4j" });
    try {
      await session.run(cypher, params);
    } finally {
      await session.close();
    }
  }
}

/** The names of so many canaries. */
export function canaryKeys(count: number, prefix = "canary"): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(3, "0")}`);
}
