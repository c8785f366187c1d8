import { MemoryOutbox, type OutboxChange, type RelayOptions } from "@outgraph/relay/test";
import { Clients } from "./clients.ts";
import { Faults } from "./faults.ts";
import { Machine } from "./machine.ts";
import { DocumentStore } from "./mongo/document-store.ts";
import { GraphStore } from "./neo4j/graph-store.ts";
import { LockTable } from "./neo4j/lock-table.ts";
import type { Environment, Server } from "./network.ts";
import type { RunPlan } from "./plan.ts";
import type { Random } from "./random.ts";
import { Relays } from "./relays.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Trace } from "./trace.ts";

/** A transaction of MongoDB's is ended by the server after so long. */
const LIFETIME_MS = 4_000;

const INCARNATION = "5f0c6ce5-4f5b-4f5f-8f1c-6f1f5b1d0a01";

/** Two servers, relays and clients, of one run. */
export class World {
  readonly environment: Environment;
  readonly outbox: MemoryOutbox;
  readonly documents: DocumentStore;
  readonly graph: GraphStore;
  readonly relays: Relays;
  readonly clients: Clients;
  /** What happened in the outbox, in order. */
  readonly changes: OutboxChange[] = [];
  /** Entries that are neither acked nor skipped. */
  readonly undecided: Set<string> = new Set();
  readonly #away = new Map<string, number>();

  constructor(plan: RunPlan, scheduler: Scheduler, random: Random, trace: Trace) {
    const faults = new Faults(scheduler, trace, plan.calls);
    const isAway = (machine: Machine, server: Server): boolean =>
      this.#away.size > 0 &&
      (this.#isAway(server) || this.#isAway(`${server} for ${machine.name}`));
    this.environment = { scheduler, random, faults, trace, isAway };
    const servers = new Machine("servers", scheduler);
    const options = { incarnation: INCARNATION, followsClock: true };
    this.outbox = new MemoryOutbox(servers.clock, options);
    this.outbox.transactionLifetimeMs = LIFETIME_MS;
    this.outbox.onChange = (change) => this.#note(change);
    this.documents = new DocumentStore(this.outbox, scheduler, LIFETIME_MS);
    this.graph = new GraphStore(new LockTable((count) => random.below(count)));
    this.relays = new Relays({
      environment: this.environment,
      outbox: this.outbox,
      store: this.graph,
      options: optionsOf(plan),
    });
    this.clients = new Clients(this.documents, this.environment, plan);
  }

  /** Lets a server be away, or what is named so, for so long. */
  away(what: string, ms: number): void {
    this.#away.set(what, this.environment.scheduler.now + ms);
  }

  #isAway(what: string): boolean {
    return (this.#away.get(what) ?? 0) > this.environment.scheduler.now;
  }

  #note(change: OutboxChange): void {
    this.changes.push(change);
    switch (change.kind) {
      case "appended":
        this.undecided.add(change.entry);
        break;
      case "skipped":
        this.undecided.delete(change.entry);
        break;
      case "acked":
        for (const entry of change.entries) this.undecided.delete(entry);
    }
  }
}

function optionsOf(plan: RunPlan): Omit<RelayOptions, "holder"> {
  return {
    leaseTtlMs: plan.leaseTtlMs,
    batchRowsMax: plan.batchRowsMax,
    batchBytesMax: 1_000_000,
    batchTargetMs: 1_000,
    retryMsMax: 1_000,
    onPoison: "park",
    parkedInARowMax: 100,
    retentionMs: plan.retentionMs ?? 7 * 24 * 3_600_000,
    schema: "ensure",
    stopGraceMs: 10_000,
  };
}
