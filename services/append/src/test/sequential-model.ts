import type { EntryId } from "@outgraph/events";
import type { Document } from "bson";
import type { CheckedAppend } from "../check-append.ts";
import type { Committed } from "../ports.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { MemoryAppendStore } from "./memory-append-store.ts";

/** An append that was run, and what came of it. */
export interface Observed {
  readonly append: CheckedAppend;
  readonly result: Committed | Refusal;
  /** All of a round were under way at once, after all of the round before. */
  readonly round: number;
}

/** What an append gives in one state. */
type Expected = (append: CheckedAppend) => Promise<Committed | Refusal>;

/**
 * Sees that some order, one after another, explains what was observed, and gives the documents that
 * it ends with.
 *
 * The order is that of history: the committed appends in the order of their entries. Each must give
 * in the model what it gave in fact; and each refusal and repeat what the model gives at some moment
 * within its own round.
 *
 * @param history the ids of all entries, in their order.
 * @throws Error that says which result nothing explains.
 */
export async function explain(
  observed: readonly Observed[],
  history: readonly EntryId[],
  collection: string,
  modelOf: (store: MemoryAppendStore) => Expected,
): Promise<Document[]> {
  const writers = new Map<EntryId, Observed>();
  const others: Observed[] = [];
  for (const each of observed) {
    const { id } = each.append.entry;
    if (isRefusal(each.result) || each.result.replayed) others.push(each);
    else if (writers.has(id)) throw new Error(`entry ${id} was written twice`);
    else writers.set(id, each);
  }
  if (writers.size !== history.length) {
    throw new Error(`${history.length} entries, ${writers.size} said to be written`);
  }

  let store = new MemoryAppendStore();
  store.collections.set(collection, []);
  const moments: { readonly store: MemoryAppendStore; readonly round: number }[] = [
    { store, round: 0 },
  ];
  let round = 0;
  for (const id of history) {
    const writer = writers.get(id);
    if (writer === undefined) throw new Error(`entry ${id} is there, and nobody was told`);
    if (writer.round < round) throw new Error(`entry ${id} stands behind one that came later`);
    // What was true when the round began is a moment of it too.
    if (writer.round > round) moments.push({ store, round: writer.round });
    round = writer.round;
    store = copyOf(store);
    const expected = await modelOf(store)(writer.append);
    if (!same(expected, writer.result)) throw unexplained(writer, expected);
    moments.push({ store, round });
  }
  for (const other of others) {
    const possible: (Committed | Refusal)[] = [];
    const last = moments.findLastIndex((moment) => moment.round < other.round);
    for (const [index, moment] of moments.entries()) {
      if (index < last || moment.round > other.round) continue;
      possible.push(await modelOf(copyOf(moment.store))(other.append));
    }
    if (!possible.some((expected) => same(expected, other.result))) {
      throw unexplained(other, possible);
    }
  }
  return store.collections.get(collection) as Document[];
}

function copyOf(store: MemoryAppendStore): MemoryAppendStore {
  const copy = new MemoryAppendStore();
  copy.collections = store.collections; // replaced by every append, never changed
  for (const [id, entry] of store.entries) copy.entries.set(id, entry);
  return copy;
}

/** Whether two results say the same to a caller; a message is for people. */
function same(a: Committed | Refusal, b: Committed | Refusal): boolean {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

function plain(result: Committed | Refusal): unknown {
  if (isRefusal(result)) {
    return { kind: result.kind, fields: "faults" in result && result.faults.map((f) => f.field) };
  }
  const { receipt, replayed } = result;
  const documents = receipt.documents.map(({ inserted, matched, modified, deleted, id }) => [
    ...[inserted, matched, modified, deleted].map(Number),
    id?.format.case === "bson" ? Buffer.from(id.format.value).toString("hex") : "",
  ]);
  return { entryId: receipt.entryId, replayed, documents };
}

function unexplained({ append, result, round }: Observed, expected: unknown): Error {
  const said = (value: unknown): string =>
    JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? Number(v) : v));
  return new Error(
    `nothing explains ${said(result)} of entry ${append.entry.id} in round ${round} with ` +
      `${said(append.writes)}; in history it would be ${said(expected)}`,
  );
}
