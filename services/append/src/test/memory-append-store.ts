import { create } from "@bufbuild/protobuf";
import {
  type DocumentResult,
  DocumentResultSchema,
  DocumentSchema,
  type EntryId,
  entryIdTime,
  type Receipt,
  ReceiptSchema,
} from "@outgraph/events";
import { type Document, EJSON, ObjectId, serialize } from "bson";
import type { CheckedAppend } from "../check-append.ts";
import type { CheckedWrite } from "../checked-write.ts";
import type { AppendStore, Committed } from "../ports.ts";
import type { Refusal } from "../refusal.ts";

type Collections = Map<string, Document[]>;

/**
 * Documents and outbox in memory, for tests of the core. It knows filters and `$set` by equality of
 * top-level fields, `$inc`, and unique `_id`s; no indexes, collations or pipelines.
 */
export class MemoryAppendStore implements AppendStore {
  collections: Collections = new Map();
  readonly entries: Map<EntryId, { digest: Uint8Array; receipt: Receipt }> = new Map();
  /** In milliseconds. */
  purgeHorizon = -1;

  commit(appends: readonly CheckedAppend[]): Promise<(Committed | Refusal)[]> {
    return Promise.resolve(appends.map((append) => this.#commitOne(append)));
  }

  #commitOne({ entry, idGiven, writes }: CheckedAppend): Committed | Refusal {
    const first = this.entries.get(entry.id);
    if (first !== undefined) {
      return Buffer.compare(first.digest, entry.digest) === 0
        ? { receipt: first.receipt, replayed: true }
        : { kind: "id_reused", message: `entry ${entry.id} was appended before` };
    }
    if (idGiven && entryIdTime(entry.id) <= this.purgeHorizon) {
      return { kind: "id_expired", message: `entry ${entry.id} is too old` };
    }
    const copy: Collections = structuredCloneOf(this.collections);
    const documents: DocumentResult[] = [];
    for (const write of writes) {
      const done = apply(copy, write);
      if ("kind" in done) return done;
      documents.push(done);
    }
    this.collections = copy;
    const receipt = create(ReceiptSchema, { entryId: entry.id, documents });
    this.entries.set(entry.id, { digest: entry.digest, receipt });
    return { receipt, replayed: false };
  }
}

function apply(collections: Collections, write: CheckedWrite): DocumentResult | Refusal {
  const { field, operation } = write;
  const all = collections.get(`${write.database}.${write.collection}`);
  if (all === undefined) {
    const at = field.replace(/\.\w+$/, ".collection");
    return { kind: "collection_not_found", faults: [{ field: at, message: "not there" }] };
  }
  if (operation.kind === "insertOne") {
    const document = { _id: new ObjectId(), ...operation.document };
    if (all.some((other) => same(other["_id"], document["_id"]))) {
      return { kind: "duplicate_document", faults: [{ field, message: "duplicate key" }] };
    }
    all.push(document);
    return result({ inserted: 1n }, document["_id"]);
  }
  const matching = all.filter((document) => matches(document, operation.filter));
  const chosen = operation.kind.endsWith("Many") ? matching : matching.slice(0, 1);
  const refused = countRefusal(write, chosen.length);
  if (refused !== undefined) return refused;
  switch (operation.kind) {
    case "deleteOne":
    case "deleteMany":
      for (const document of chosen) all.splice(all.indexOf(document), 1);
      return result({ deleted: BigInt(chosen.length) });
    case "replaceOne":
    case "updateOne":
    case "updateMany": {
      const change = (document: Document): Document =>
        operation.kind === "replaceOne"
          ? { _id: document["_id"], ...operation.replacement }
          : changed(document, operation.change as Document);
      if (chosen.length === 0 && operation.options.upsert === true) {
        const document = change({ _id: new ObjectId(), ...operation.filter });
        all.push(document);
        return result({ inserted: 1n }, document["_id"]);
      }
      let modified = 0n;
      for (const document of chosen) {
        const next = change(document);
        if (same(next, document)) continue;
        modified += 1n;
        all[all.indexOf(document)] = next;
      }
      return result({ matched: BigInt(chosen.length), modified });
    }
  }
}

function countRefusal(
  { field, expectedMatches }: CheckedWrite,
  count: number,
): Refusal | undefined {
  if (expectedMatches === undefined || expectedMatches === count) return undefined;
  return { kind: "match_count", faults: [{ field, message: `${count}, not ${expectedMatches}` }] };
}

function changed(document: Document, { $set = {}, $inc = {} }: Document): Document {
  const next = { ...document, ...($set as Document) };
  for (const [name, by] of Object.entries($inc as Document)) {
    next[name] = Number(next[name] ?? 0) + Number(by);
  }
  return next;
}

function result(
  counts: { inserted?: bigint; matched?: bigint; modified?: bigint; deleted?: bigint },
  id?: unknown,
): DocumentResult {
  const format = { case: "bson", value: serialize({ _id: id }) } as const;
  return create(DocumentResultSchema, {
    ...counts,
    ...(id !== undefined && { id: create(DocumentSchema, { format }) }),
  });
}

function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, value]) => same(document[name], value));
}

function same(a: unknown, b: unknown): boolean {
  return EJSON.stringify({ v: a }) === EJSON.stringify({ v: b });
}

function structuredCloneOf(collections: Collections): Collections {
  return new Map([...collections].map(([name, documents]) => [name, [...documents]]));
}
