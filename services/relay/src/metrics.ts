import type { MetricRules } from "@outgraph/telemetry";
import type { RelaySignals, Role } from "./signals.ts";
import type { Status } from "./status.ts";

/** What metrics listen to: the relay's signals, and its status each time somebody looks. */
export interface MeasuredSignals extends RelaySignals {
  readonly measured: Status;
}

const ROLES: readonly Role[] = ["standby", "starting", "active", "halted", "stopping"];

/** What each signal does to which metrics. */
export const RELAY_METRICS: MetricRules<MeasuredSignals> = {
  measured: [
    {
      kind: "gauge",
      name: "outgraph_relay_lag_seconds",
      help: "Now minus the commit time of the oldest entry that is read and not yet applied; 0 without one. NaN when not known.",
      value: ({ lagMs, lagKnown }) => (lagKnown ? lagMs / 1_000 : Number.NaN),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_lag_coarse",
      help: "1 when the lag counts in whole seconds, as it does for entries read at a start.",
      value: ({ lagCoarse }) => Number(lagCoarse),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_backlog_entries",
      help: "Entries that are committed and not yet applied.",
      value: ({ backlog }) => backlog.entries,
    },
    {
      kind: "gauge",
      name: "outgraph_relay_backlog_bytes",
      help: "Their encoded size.",
      value: ({ backlog }) => backlog.bytes,
    },
    {
      kind: "gauge",
      name: "outgraph_relay_epoch",
      help: "The epoch this relay holds, or last held.",
      value: ({ epoch }) => Number(epoch),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_batch",
      help: "The last batch in the graph.",
      value: ({ batch }) => Number(batch),
    },
    ...ROLES.map((each) => ({
      kind: "gauge" as const,
      name: `outgraph_relay_${each}`,
      help: `1 while the relay is ${each}.`,
      value: ({ role }: Status) => Number(role === each),
    })),
  ],
  "batch.applied": [
    {
      kind: "counter",
      name: "outgraph_relay_entries_applied_total",
      help: "Entries applied.",
      value: ({ entries }) => entries,
    },
    {
      kind: "counter",
      name: "outgraph_relay_rows_applied_total",
      help: "Rows of their statements.",
      value: ({ rows }) => rows,
    },
    { kind: "counter", name: "outgraph_relay_batches_applied_total", help: "Batches committed." },
    {
      kind: "histogram",
      name: "outgraph_relay_commit_duration_seconds",
      help: "From sending a batch to knowing that it committed, tries that failed included.",
      value: ({ durationMs }) => durationMs / 1_000,
    },
    {
      kind: "histogram",
      name: "outgraph_relay_batch_entries",
      help: "Entries in a batch.",
      value: ({ entries }) => entries,
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000],
    },
    {
      kind: "histogram",
      name: "outgraph_relay_applied_lag_seconds",
      help: "From the commit of a batch's oldest entry to its place in the graph.",
      value: ({ lagMs }) => lagMs / 1_000,
    },
  ],
  "batch.found": [
    {
      kind: "counter",
      name: "outgraph_relay_batches_found_total",
      help: "Batches whose reply was lost, and which the journal had.",
    },
  ],
  "batch.split": [
    {
      kind: "counter",
      name: "outgraph_relay_batches_split_total",
      help: "Batches that were cut in two.",
      labels: ["kind"],
    },
  ],
  "call.retried": [
    {
      kind: "counter",
      name: "outgraph_relay_retries_total",
      help: "Calls that failed in passing.",
      labels: ["task", "kind"],
    },
  ],
  "lease.renewed": [
    {
      kind: "histogram",
      name: "outgraph_relay_lease_renewal_duration_seconds",
      help: "How long MongoDB took to renew the lease.",
      value: ({ askedMs }) => askedMs / 1_000,
    },
  ],
  "walk.done": [
    {
      kind: "histogram",
      name: "outgraph_relay_walk_duration_seconds",
      help: "How long a start took to read what was pending.",
      value: ({ durationMs }) => durationMs / 1_000,
    },
  ],
  "term.ended": [
    {
      kind: "counter",
      name: "outgraph_relay_terms_ended_total",
      help: "Terms that ended with another take-over attempt.",
      labels: ["kind"],
    },
  ],
};
