import { newEntryId } from "@outgraph/events";
import { OutboxUnusable } from "@outgraph/outbox";
import { IdExpired, IdReused, OutcomeUnknown, TransactionGaveUp } from "@outgraph/writer";
import { MongoInvalidArgumentError, MongoNetworkError, MongoServerError } from "mongodb";
import { expect, test } from "vitest";
import type { RefusalKind } from "../../refusal.ts";
import { OutboxClosed } from "./outbox-access.ts";
import { refusalOf } from "./refusal-of.ts";
import { Refused } from "./refused.ts";

const id = newEntryId();
const server = (code: number, errorLabels: string[] = []) =>
  new MongoServerError({ message: "said", code, errorLabels });
const gaveUp = (reason: "conflict" | "unavailable" | "deadline" | "cancelled") =>
  new TransactionGaveUp(id, reason, 3, new Error("x"));

const FIELD = "writes[0].insert_one";

test.each<[string, unknown, string | undefined, boolean, RefusalKind | undefined]>([
  [
    "what a write said itself",
    new Refused({ kind: "match_count", faults: [] }),
    FIELD,
    true,
    "match_count",
  ],
  ["an id with other content", new IdReused(id), undefined, true, "id_reused"],
  ["an id that is too old", new IdExpired(id, new Date()), undefined, true, "id_expired"],
  ["conflicts to the end", gaveUp("conflict"), undefined, true, "conflict"],
  ["MongoDB away to the end", gaveUp("unavailable"), undefined, false, "unavailable"],
  ["work that took too long", gaveUp("deadline"), undefined, true, "out_of_time"],
  [
    "work that took too long since MongoDB is away",
    gaveUp("deadline"),
    undefined,
    false,
    "unavailable",
  ],
  ["a caller that has gone", gaveUp("cancelled"), undefined, true, "cancelled"],
  [
    "a commit nobody can tell of",
    new OutcomeUnknown(id, new Error("x")),
    undefined,
    true,
    "outcome_unknown",
  ],
  [
    "such a commit with MongoDB away",
    new OutcomeUnknown(id, new Error("x")),
    undefined,
    false,
    "unavailable",
  ],
  ["an outbox that is not open", new OutboxClosed("not yet"), undefined, false, "unavailable"],
  [
    "an outbox that was taken away",
    new OutboxUnusable("not_set_up", "x"),
    undefined,
    true,
    "unavailable",
  ],
  ["a duplicate key of a document", server(11_000), FIELD, true, "duplicate_document"],
  ["a duplicate key of the entry", server(11_000), undefined, true, "conflict"],
  ["a collection dropped just now", server(26), FIELD, true, "collection_not_found"],
  ["a user that may not write there", server(13), FIELD, true, "denied"],
  ["a document too large", server(10_334), FIELD, true, "too_large"],
  ["a receipt too large", server(10_334), undefined, true, "too_large"],
  ["a value MongoDB refuses", server(2), FIELD, true, "invalid"],
  ["an operator MongoDB does not know", server(40_324), FIELD, true, "invalid"],
  ["an argument the driver refuses", new MongoInvalidArgumentError("x"), FIELD, true, "invalid"],
  ["a connection that broke", new MongoNetworkError("reset"), FIELD, false, "unavailable"],
  ["an unknown error outside a write", server(13), undefined, true, undefined],
  ["a bug of ours", new TypeError("x"), FIELD, true, undefined],
])("%s", (_, error, field, primaryKnown, kind) => {
  const refusal = refusalOf(error, { field, primaryKnown });

  expect(refusal?.kind).toBe(kind);
  if (refusal !== undefined && "faults" in refusal && refusal.faults.length > 0) {
    expect(refusal.faults[0]?.field).toBe(field ?? "entry");
  }
});
