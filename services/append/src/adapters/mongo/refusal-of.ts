import { classifyMongo } from "@outgraph/failure";
import { OutboxUnusable } from "@outgraph/outbox";
import {
  type GaveUpReason,
  IdExpired,
  IdReused,
  OutcomeUnknown,
  TransactionGaveUp,
} from "@outgraph/writer";
import { MongoServerError } from "mongodb";
import type { Refusal } from "../../refusal.ts";
import { OutboxClosed } from "./outbox-access.ts";
import { Refused } from "./refused.ts";

/** What an append was about when it failed. */
export interface Situation {
  /** The path of the document write under way; undefined for the entry and the commit. */
  readonly field: string | undefined;
  /** Whether MongoDB's primary is known at this moment. */
  readonly primaryKnown: boolean;
}

/** What the caller is told of an error; undefined for one that nobody foresaw. */
export function refusalOf(error: unknown, now: Situation): Refusal | undefined {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof IdReused) return { kind: "id_reused", message: error.message };
  if (error instanceof IdExpired) return { kind: "id_expired", message: error.message };
  if (error instanceof TransactionGaveUp) return gaveUp(error.reason, error.message, now);
  if (error instanceof OutcomeUnknown) return undecided(error.message, now);
  if (error instanceof OutboxUnusable || error instanceof OutboxClosed)
    return { kind: "unavailable", message: error.message };
  return ofMongo(error, now);
}

/** The time is up and a commit may be on its way. */
export function undecided(message: string, { primaryKnown }: Situation): Refusal {
  return { kind: primaryKnown ? "outcome_unknown" : "unavailable", message };
}

function gaveUp(reason: GaveUpReason, message: string, { primaryKnown }: Situation): Refusal {
  switch (reason) {
    case "conflict":
      return { kind: "conflict", message };
    case "unavailable":
      return { kind: "unavailable", message };
    case "deadline":
      return { kind: primaryKnown ? "out_of_time" : "unavailable", message };
    case "cancelled":
      return { kind: "cancelled" };
  }
}

function ofMongo(error: unknown, { field }: Situation): Refusal | undefined {
  const { kind, code, message } = classifyMongo(error);
  if (kind === "transient") return { kind: "unavailable", message };
  const faults = [{ field: field ?? "entry", message }];
  if (kind === "too_big") return { kind: "too_large", faults };
  // An entry with our id came between our look and our insert, and is not there any more.
  if (field === undefined)
    return code === "DuplicateKey" ? { kind: "conflict", message } : undefined;
  switch (code) {
    case "DuplicateKey":
      return { kind: "duplicate_document", faults };
    case "NamespaceNotFound":
      return { kind: "collection_not_found", faults };
    case "Unauthorized":
      return { kind: "denied", faults };
    default:
      // MongoDB has a code for every way to be wrong; whatever it says of one write alone is the
      // write's own fault.
      return kind === "poison" || error instanceof MongoServerError
        ? { kind: "invalid", faults }
        : undefined;
  }
}
