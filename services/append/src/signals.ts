import type { AppendRequest } from "@outgraph/events";
import { codeName, RPC_LOGS, RPC_METRICS, type RpcSignals } from "@outgraph/rpc-server";
import type { LogRules, MetricRules, Signals } from "@outgraph/telemetry";
import type { CheckedAppend } from "./check-append.ts";
import type { Committed } from "./ports.ts";
import { isRefusal, type Refusal, type RefusalKind } from "./refusal.ts";
import { CODE_OF } from "./refusal-status.ts";

/** What the append service tells the world. */
export interface AppendSignals extends RpcSignals {
  /** An append is committed, or was before. */
  "append.committed": {
    readonly entryId: string;
    readonly source: string;
    readonly writes: number;
    readonly events: number;
    readonly bytes: number;
    readonly replayed: boolean;
    readonly durationMs: number;
  };
  "append.refused": {
    /** Empty when the caller gave none. */
    readonly entryId: string;
    readonly source: string;
    readonly kind: RefusalKind;
    readonly code: string;
    readonly durationMs: number;
  };
  /** An append failed in a way that nobody foresaw; the caller was told INTERNAL and no more. */
  "append.broken": { readonly entryId: string; readonly err: unknown };
  /** MongoDB was reached, and the outbox is there. */
  "outbox.ready": {
    readonly database: string;
    readonly incarnation: string;
    /** What was missing and is made now. */
    readonly made: readonly string[];
  };
  /** The outbox cannot be had yet; it is tried again. */
  "outbox.waiting": { readonly err: unknown };
  /** A primary of the replica set is known; or none is. */
  "mongo.primary": { readonly known: boolean };
  /** Decisions of the relay are being watched. */
  "stream.opened": Record<string, never>;
  /** They are not, for now; waits go on and are asked for again. */
  "stream.lost": { readonly err: unknown };
  /**
   * A transaction of one or more appends ended: `apart` when it did not commit and its members are
   * run alone, `unknown` when it may have.
   */
  "transaction.ended": {
    readonly appends: number;
    readonly outcome: "committed" | "refused" | "apart" | "unknown";
    readonly durationMs: number;
  };
  /** How many calls wait for entries now. */
  waits: { readonly open: number };
}

/** What there is now, each time somebody looks. */
export interface AppendMeasured {
  /** Appends that wait or are under way. */
  readonly pendingAppends: number;
  /** Their documents and entries. */
  readonly pendingBytes: number;
  /** How many entries wait for the relay, as it last said; undefined when it never has. */
  readonly backlogEntries: number | undefined;
  /** At so many, appends are refused; 0 for no cap. */
  readonly backlogEntriesMax: number;
}

/** What metrics listen to. */
export interface MeasuredAppendSignals extends AppendSignals {
  readonly measured: AppendMeasured;
}

/** How they are logged: what a person acts on at info and above. */
export const APPEND_LOGS: LogRules<AppendSignals> = {
  ...RPC_LOGS,
  "append.committed": { level: "debug" },
  "append.refused": { level: "debug" },
  "append.broken": { level: "error" },
  "transaction.ended": null,
  "outbox.ready": { level: "info" },
  "outbox.waiting": { level: "warn" },
  "mongo.primary": { level: "info" },
  "stream.opened": { level: "info" },
  "stream.lost": { level: "warn" },
  waits: null,
};

/** How they are counted. */
export const APPEND_METRICS: MetricRules<MeasuredAppendSignals> = {
  ...RPC_METRICS,
  measured: [
    {
      kind: "gauge",
      name: "outgraph_append_pending",
      help: "Appends that wait for a transaction or are in one.",
      value: ({ pendingAppends }) => pendingAppends,
    },
    {
      kind: "gauge",
      name: "outgraph_append_pending_bytes",
      help: "Size of their documents and entries.",
      value: ({ pendingBytes }) => pendingBytes,
    },
    {
      kind: "gauge",
      name: "outgraph_append_backlog_entries",
      help: "Entries that wait for the relay, as it last said. Absent when it never has.",
      value: ({ backlogEntries }) => backlogEntries,
    },
    {
      kind: "gauge",
      name: "outgraph_append_backlog_entries_max",
      help: "At so many of them appends are refused. Absent without a cap.",
      value: ({ backlogEntriesMax }) => (backlogEntriesMax === 0 ? undefined : backlogEntriesMax),
    },
  ],
  "transaction.ended": [
    {
      kind: "counter",
      name: "outgraph_append_transactions_total",
      help: "Transactions of appends, by outcome: committed; refused; apart, whose members were run alone after it; unknown, which may have committed.",
      labels: ["outcome"],
    },
    {
      kind: "histogram",
      name: "outgraph_append_transaction_appends",
      help: "Appends in one transaction.",
      value: ({ appends }) => appends,
      buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000],
    },
    {
      kind: "histogram",
      name: "outgraph_append_transaction_duration_seconds",
      help: "How long one transaction took, tries that failed in passing included.",
      value: ({ durationMs }) => durationMs / 1000,
    },
  ],
  "append.committed": [
    {
      kind: "counter",
      name: "outgraph_append_committed_total",
      help: "Appends committed; replayed ones had been committed before.",
      labels: ["replayed"],
    },
    {
      kind: "counter",
      name: "outgraph_append_committed_bytes_total",
      help: "Bytes of the entries committed.",
      value: ({ bytes, replayed }) => (replayed ? 0 : bytes),
    },
    {
      kind: "counter",
      name: "outgraph_append_document_writes_total",
      help: "Document writes committed.",
      value: ({ writes, replayed }) => (replayed ? 0 : writes),
    },
    {
      kind: "histogram",
      name: "outgraph_append_duration_seconds",
      help: "Time from an append's arrival to its commit.",
      value: ({ durationMs }) => durationMs / 1000,
    },
  ],
  "append.refused": [
    {
      kind: "counter",
      name: "outgraph_append_refused_total",
      help: "Appends refused, by the contract's code and the reason.",
      labels: ["code", "kind"],
    },
  ],
  "mongo.primary": [
    {
      kind: "gauge",
      name: "outgraph_append_mongodb_primary",
      help: "1 while a primary of the replica set is known.",
      initial: 0,
      value: ({ known }) => Number(known),
    },
  ],
  "stream.lost": [
    {
      kind: "counter",
      name: "outgraph_append_stream_lost_total",
      help: "How often the stream of the relay's decisions was lost.",
    },
  ],
  waits: [
    {
      kind: "gauge",
      name: "outgraph_append_waits",
      help: "Calls that wait for entries.",
      initial: 0,
      value: ({ open }) => open,
    },
  ],
};

/** Tells of one append's end. */
export type AppendTold = (
  request: AppendRequest,
  checked: CheckedAppend | Refusal,
  result: Committed | Refusal,
  durationMs: number,
) => void;

/** Tells it to the signals. */
export function toldTo(signals: Signals<AppendSignals>): AppendTold {
  return ({ entry, writes }, checked, result, durationMs) => {
    const source = entry?.source ?? "";
    if (isRefusal(result)) {
      if (result.kind === "broken") {
        signals.emit("append.broken", { entryId: entry?.id ?? "", err: result.error });
      }
      signals.emit("append.refused", {
        entryId: entry?.id ?? "",
        source,
        kind: result.kind,
        code: codeName(CODE_OF[result.kind]),
        durationMs,
      });
      return;
    }
    signals.emit("append.committed", {
      entryId: result.receipt.entryId,
      source,
      writes: writes.length,
      events: entry?.events.length ?? 0,
      bytes: isRefusal(checked) ? 0 : checked.entry.bytes.length,
      replayed: result.replayed,
      durationMs,
    });
  };
}
