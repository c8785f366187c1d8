import type { MetricRules } from "@outgraph/telemetry";
import { atMs } from "./at.ts";
import type { RelaySignals, Role } from "./signals.ts";
import type { Status } from "./status.ts";

/** What metrics listen to: the relay's signals, and its status each time somebody looks. */
export interface MeasuredSignals extends RelaySignals {
  readonly measured: Status;
}

/** Each role has a gauge; one that is missing here does not compile. */
const ROLES: Readonly<Record<Role, string>> = {
  standby: "another relay holds the lease and this one waits for it",
  starting: "the relay holds the lease and takes over the lane",
  active: "the relay owns the lane and carries entries",
  paused: "the relay owns the lane and was told to pause",
  halted: "the relay cannot go on without a person; its log and status say why",
  stopping: "the relay drains before it exits",
};

/** A value of who owns the lane; nobody else knows it, and for them it is absent. */
const owned =
  (value: (status: Status) => number | undefined) =>
  (status: Status): number | undefined =>
    status.owns ? value(status) : undefined;

const seconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : ms / 1_000;

/** What each signal does to which metrics. */
export const RELAY_METRICS: MetricRules<MeasuredSignals> = {
  measured: [
    {
      kind: "gauge",
      name: "outgraph_relay_lag_seconds",
      help: "Now minus the commit time of the oldest entry not yet applied; 0 when the stream says that there is none. Absent while not known.",
      value: ({ lagKnown, lagMs }) => (lagKnown ? lagMs / 1_000 : undefined),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_lag_known",
      help: "1 while the lag is known. 0 at a relay that does not own the lane, and while the stream is silent and nothing waits.",
      value: ({ lagKnown }) => Number(lagKnown),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_lag_coarse",
      help: "1 while the lag counts in whole seconds, as it does for entries read at a start.",
      value: ({ lagCoarse }) => Number(lagCoarse),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_backlog_entries",
      help: "Entries committed and not yet applied, parked and blocked ones left out. Absent where the relay does not own the lane.",
      value: owned(({ backlog }) => backlog.entries),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_backlog_bytes",
      help: "Their encoded size; of those counted and not read yet, guessed from the others. Absent where the relay does not own the lane.",
      value: owned(({ backlog }) => backlog.bytes),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_backlog_oldest_timestamp_seconds",
      help: "When the oldest of them committed, in seconds since 1970. Absent when there is none.",
      value: owned(({ backlog }) => seconds(backlog.oldestMs)),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_parked_entries",
      help: "Entries that cannot be applied and wait for a person. Absent where the relay does not own the lane.",
      value: owned(({ aside }) => aside?.parked),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_blocked_entries",
      help: "Entries that wait behind parked ones. Absent where the relay does not own the lane.",
      value: owned(({ aside }) => aside?.blocked),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_stub_nodes",
      help: "Nodes that so far are only the end of an edge, counted every 15 seconds. Absent while not known.",
      value: owned(({ stubs }) => stubs),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_oplog_window_seconds",
      help: "From the oldest operation in MongoDB's oplog to the place up to which the stream was read, looked at every 15 seconds: at 0 it falls off, and the relay starts anew. Absent while not known, as without the right to read local.oplog.rs.",
      value: owned(({ oplogWindowMs }) => seconds(oplogWindowMs)),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_reapply_batches",
      help: "Acked batches that the graph lacks because it was put back, and that are being applied again.",
      value: ({ batchesToReapply }) => batchesToReapply,
    },
    {
      kind: "gauge",
      name: "outgraph_relay_lease_held",
      help: "1 while the relay holds the lease, as far as it knows.",
      value: ({ leaseHeld }) => Number(leaseHeld),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_waiting_tasks",
      help: "Kinds of calls that fail in passing now and are being repeated; the log says which and why.",
      value: ({ waitingTasks }) => waitingTasks,
    },
    {
      kind: "gauge",
      name: "outgraph_relay_epoch",
      help: "The epoch this relay holds, or last held; 0 before the first.",
      value: ({ epoch }) => Number(epoch),
    },
    {
      kind: "gauge",
      name: "outgraph_relay_batch",
      help: "The last batch in the graph, as far as this relay knows.",
      value: ({ batch }) => Number(batch),
    },
    ...Object.entries(ROLES).map(([each, meaning]) => ({
      kind: "gauge" as const,
      name: `outgraph_relay_${each}`,
      help: `1 while ${meaning}.`,
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
      name: "outgraph_relay_entries_applied_bytes_total",
      help: "Their encoded size.",
      value: ({ bytes }) => bytes,
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
      name: "outgraph_relay_plan_duration_seconds",
      help: "How long folding a batch and planning its statements took.",
      value: ({ planMs }) => planMs / 1_000,
    },
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
  "batch.sized": [
    {
      kind: "gauge",
      name: "outgraph_relay_batch_rows_max",
      help: "Most rows that the next batch may have, as the time of those before taught. Absent until this process carried.",
      value: ({ rowsMax }) => rowsMax,
    },
  ],
  "batch.split": [
    {
      kind: "counter",
      name: "outgraph_relay_batches_split_total",
      help: "Batches that were cut in two, by the kind of failure.",
      labels: ["kind"],
    },
  ],
  "entry.parked": [
    {
      kind: "counter",
      name: "outgraph_relay_entries_parked_total",
      help: "How often an entry was parked, retries that failed again included, by the kind of failure.",
      labels: ["kind"],
    },
  ],
  "entries.blocked": [
    {
      kind: "counter",
      name: "outgraph_relay_entries_blocked_total",
      help: "Entries that were set aside because they conflict with others that are.",
      value: ({ entries }) => entries,
    },
  ],
  "entry.skipped": [
    {
      kind: "counter",
      name: "outgraph_relay_entries_skipped_total",
      help: "Entries that a person had skipped.",
    },
  ],
  "call.retried": [
    {
      kind: "counter",
      name: "outgraph_relay_retries_total",
      help: "Calls that failed in passing, by what they were for and the kind of failure: every single try.",
      labels: ["task", "kind"],
    },
  ],
  "lease.taken": [
    {
      kind: "counter",
      name: "outgraph_relay_leases_taken_total",
      help: "How often this relay took the lease. Often is a sign of a relay that cannot keep it.",
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
  "reapply.done": [
    {
      kind: "counter",
      name: "outgraph_relay_reapplies_total",
      help: "How often a graph that was put back was brought up again.",
    },
  ],
  "settled.raised": [
    {
      kind: "gauge",
      name: "outgraph_relay_settled_horizon_timestamp_seconds",
      help: "Everything inserted before it is decided, in seconds since 1970. Absent until this process raised it.",
      value: ({ at }) => atMs(at) / 1_000,
    },
  ],
  "purge.horizon": [
    {
      kind: "gauge",
      name: "outgraph_relay_purge_horizon_timestamp_seconds",
      help: "Ids whose time is at or before it may be purged, and an append with one is refused unless it is known; in seconds since 1970. Absent until this process raised it.",
      value: ({ toMs }) => toMs / 1_000,
    },
  ],
  purged: [
    {
      kind: "counter",
      name: "outgraph_relay_purged_entries_total",
      help: "Entries deleted from the outbox after the retention.",
      value: ({ entries }) => entries,
    },
    {
      kind: "counter",
      name: "outgraph_relay_purged_acks_total",
      help: "Acks deleted with them.",
      value: ({ acks }) => acks,
    },
    {
      kind: "histogram",
      name: "outgraph_relay_purge_duration_seconds",
      help: "How long one deleting transaction took.",
      value: ({ durationMs }) => durationMs / 1_000,
    },
  ],
  "term.ended": [
    {
      kind: "counter",
      name: "outgraph_relay_terms_ended_total",
      help: "Terms that ended with another take-over attempt: stepped_down when another relay owns the lane, broken_off when reading failed.",
      labels: ["kind"],
    },
  ],
};
