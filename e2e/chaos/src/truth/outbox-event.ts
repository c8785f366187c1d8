import type { Binary, ChangeStreamDocument, Document } from "mongodb";
import { LEDGER } from "./collections.ts";
import type { OutboxEvent } from "./evidence.ts";

/** Collections whose changes are read: the outbox's, by the names that it has on disk. */
export const WATCHED: readonly string[] = [
  "outbox",
  "outbox_acks",
  "outbox_parked",
  "outbox_meta",
  LEDGER.marks,
];

/** What a change is to the outbox; the name of a mark; undefined for what says nothing. */
export function outboxEvent(change: ChangeStreamDocument): OutboxEvent | string | undefined {
  if (!("ns" in change) || !("coll" in change.ns) || !("documentKey" in change)) return undefined;
  const id: unknown = change.documentKey._id;
  const written =
    change.operationType === "update"
      ? ((change.updateDescription.updatedFields ?? {}) as Document)
      : "fullDocument" in change
        ? (change.fullDocument as Document | undefined)
        : undefined;
  const kind = change.operationType;
  switch (change.ns.coll) {
    case LEDGER.marks:
      return String(id);
    case "outbox":
      if (kind === "insert") return { kind: "appended", entry: entryOf(id) };
      return kind === "delete" ? { kind: "purged", entry: entryOf(id) } : undefined;
    case "outbox_parked":
      return { kind: kind === "delete" ? "forgotten" : "set_aside", entry: entryOf(id) };
    case "outbox_acks":
      return ofAck(String(id), kind, written);
    case "outbox_meta":
      return ofMeta(String(id), written);
    default:
      return undefined;
  }
}

function ofAck(id: string, kind: string, written: Document | undefined): OutboxEvent | undefined {
  const skipped = id.startsWith("skip/") ? id.slice("skip/".length) : undefined;
  if (kind === "insert" && skipped !== undefined) return { kind: "skipped", entry: skipped };
  if (skipped !== undefined) return undefined;
  const batch = Number(id.split("/")[1]);
  if (kind === "delete") return { kind: "ack_purged", batch };
  if (kind !== "insert" || written === undefined) return undefined;
  const entries = (written["entries"] as unknown[]).map(entryOf);
  return { kind: "acked", batch, epoch: Number(written["epoch"]), entries };
}

function ofMeta(id: string, written: Document | undefined): OutboxEvent | undefined {
  const epoch: unknown = written?.["epoch"];
  if (id === "lease" && epoch !== undefined) return { kind: "lease", epoch: Number(epoch) };
  const horizon: unknown = written?.["horizon"];
  if (id === "purge" && horizon instanceof Date) return { kind: "horizon", ms: horizon.getTime() };
  return undefined;
}

/** The text of an entry's id, which is stored as a UUID. */
export function entryOf(id: unknown): string {
  return (id as Binary).toUUID().toString();
}
