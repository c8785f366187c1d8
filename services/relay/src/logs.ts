import type { LogRules } from "@outgraph/telemetry";
import type { RelaySignals } from "./signals.ts";

/** How each signal is logged: what changes once a line, what happens all the time not at all. */
export const RELAY_LOGS: LogRules<RelaySignals> = {
  "role.changed": { level: "info" },
  "outbox.opened": { level: "debug" },
  "lease.held": { level: "info" },
  "lease.taken": {
    level: "info",
    fields: ({ holder, epoch }) => ({ holder, epoch: Number(epoch) }),
  },
  "lease.renewed": null,
  "lease.released": { level: "info", fields: ({ epoch }) => ({ epoch: Number(epoch) }) },
  "lane.fenced": {
    level: "info",
    fields: ({ epoch, batch }) => ({ epoch: Number(epoch), batch: Number(batch) }),
  },
  "history.completed": { level: "info" },
  "reapply.began": {
    level: "warn",
    fields: ({ from, to }) => ({ from: Number(from), to: Number(to) }),
  },
  "reapply.progress": {
    level: "info",
    fields: ({ batch, to }) => ({ batch: Number(batch), to: Number(to) }),
  },
  "reapply.done": {
    level: "warn",
    fields: ({ batch, durationMs }) => ({ batch: Number(batch), durationMs }),
  },
  "walk.done": { level: "info" },
  "stream.quiet": null,
  backlog: null,
  "batch.applied": {
    level: "debug",
    fields: ({ epoch, batch, traces: _, ...rest }) => ({
      epoch: Number(epoch),
      batch: Number(batch),
      ...rest,
    }),
  },
  "batch.found": {
    level: "warn",
    fields: ({ batch, entries }) => ({ batch: Number(batch), entries }),
  },
  "batch.sized": null,
  "batch.split": { level: "warn" },
  "entry.parked": { level: "error" },
  "entries.blocked": { level: "warn" },
  "entries.released": { level: "info" },
  "entry.skipped": { level: "warn" },
  "aside.counted": null,
  "ack.confirmed": null,
  "schema.ensured": { level: "info" },
  "settled.raised": null,
  "purge.horizon": null,
  surveyed: null,
  "survey.failed": { level: "warn" },
  purged: { level: "debug" },
  "call.retried": null,
  "task.waiting": { level: "warn" },
  "task.recovered": { level: "info" },
  "term.ended": { level: "warn" },
  halted: { level: "error" },
};
