import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  createOutgraphClient,
  type EventInput,
  insertOne,
  ResourceExhaustedError,
} from "@outgraph/client";
import type { AppendRequest, EntryId } from "@outgraph/events";
import { entryId, newEntryId } from "@outgraph/events";
import { META_ID, outboxCollections, setUpOutbox, skipDocument, uuidOf } from "@outgraph/outbox";
import { freePort, waitUntil } from "@outgraph/stack";
import { openWriter } from "@outgraph/writer";
import { type ClientSession, type Db, MongoClient } from "mongodb";
import { COLUMNS, collectionOf } from "./columns.ts";
import { emptyGraph } from "./graph.ts";
import { appendRequest } from "./request.ts";
import { runProgram } from "./run-program.ts";
import {
  type Servers,
  type Service,
  type Surroundings,
  startService,
  untilReady,
} from "./services.ts";

/** The services that the script speaks to, by what is particular to them. */
export type Place =
  /** An append service with a relay behind it. */
  | "live"
  /** No relay, and a backlog at its cap. */
  | "full"
  /** Its MongoDB is not there. */
  | "stranded"
  /** As `live`, but in a hurry: an append may take a second. */
  | "hasty"
  /** No relay; who calls needs a token, and has what it is granted. */
  | "guarded"
  /** Nobody listens there. */
  | "away";

/** Entries of the place `full` in each state that an entry can be in without a relay. */
export interface Standing {
  readonly pending: EntryId;
  readonly parked: EntryId;
  readonly blocked: EntryId;
  readonly skipped: EntryId;
}

/** Appends that every column repeats. */
export interface Shared {
  readonly appended: AppendRequest;
  readonly transacted: AppendRequest;
}

/** Ids up to this time are at or below the purge horizon of `live`. */
export const PURGED_UNTIL: Date = new Date("2001-09-09T01:46:40.000Z");

/** Everything that the script finds in place. */
export interface Grounds extends AsyncDisposable {
  readonly urls: Readonly<Record<Place, string>>;
  readonly standing: Standing;
  /** Committed at `live` already, by a client and by an in-transaction writer. */
  readonly shared: Shared;
  /** Of one who is granted, at `guarded`, the columns' collections and the label `ContractMade`. */
  readonly token: string;
  /** The database of `live`. */
  readonly db: Db;
  /** A transaction that keeps a document of `live` to itself until it is let go. */
  hold(collection: string, _id: string): Promise<AsyncDisposable>;
}

/** Starts the services. Resolves when those that can be are ready. @param folder for the access file. */
export async function startGrounds(servers: Servers, folder: string): Promise<Grounds> {
  await using started = new AsyncDisposableStack();
  const name = `contract_${randomBytes(6).toString("hex")}`;
  await emptyGraph(servers);
  const mongo = started.adopt(new MongoClient(servers.mongodbUri), (client) => client.close());
  const [live, full, guarded] = ["", "_full", "_guarded"].map((end) => mongo.db(name + end)) as [
    Db,
    Db,
    Db,
  ];
  for (const db of [live, full, guarded])
    started.defer(() => db.dropDatabase().then(() => undefined));
  const at = (database: string): Surroundings => ({ ...servers, database });
  await setUpOutbox(mongo, full.databaseName);
  const standing = await standIn(full);
  const nowhere = `127.0.0.1:${await freePort()}`;
  const access = await grant(guarded, folder);
  const starting = [
    startService("append", at(name)),
    startService("relay", at(name)),
    startService("append", at(full.databaseName), { OUTGRAPH_BACKLOG_ENTRIES_MAX: "10" }),
    startService("append", at(name), { OUTGRAPH_APPEND_TIMEOUT_MS: "1000" }),
    startService("append", at(guarded.databaseName), { OUTGRAPH_ACCESS_FILE: access.file }),
    startService("append", { ...at(name), mongodbUri: `mongodb://${nowhere}/?replicaSet=rs0` }),
  ] as const;
  // All are waited for even when one fails, so that the others are stopped too.
  const use = async (service: Promise<Service>) => started.use((await service).process);
  await Promise.allSettled(starting.map(use));
  const [append, relay, crowded, hasty, closed, stranded] = await Promise.all(starting);
  for (const service of [append, relay, crowded, hasty, closed]) await untilReady(service);
  await outboxCollections(live).meta.updateOne(
    { _id: META_ID.purge },
    { $set: { horizon: PURGED_UNTIL } },
  );
  await untilFull(crowded);
  const shared = await share(live, append);
  const rest = started.move();
  return {
    urls: {
      live: append.url,
      full: crowded.url,
      hasty: hasty.url,
      guarded: closed.url,
      stranded: stranded.url,
      away: `http://127.0.0.1:${await freePort()}`,
    },
    standing,
    shared,
    token: access.token,
    db: live,
    hold: (collection, _id) => hold(live, collection, _id),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** Writes an entry in each state, and a backlog that is more than the service takes. */
async function standIn(db: Db): Promise<Standing> {
  const { acks, entries, meta, parked } = outboxCollections(db);
  const writer = await openWriter(db, { source: "grounds" });
  const ids = [newEntryId(), newEntryId(), newEntryId(), newEntryId()] as const;
  for (const id of ids) {
    await writer.transact({ id, events: [{ type: "contract.v1.Stood" }] }, async () => undefined);
  }
  const placeOf = async (id: EntryId) => {
    const found = await entries.findOne({ _id: uuidOf(id) });
    if (found === null) throw new Error(`entry ${id} is not there`);
    return { _id: found._id, at: found.at };
  };
  const [pending, stuck, behind, skipped] = ids;
  const [since, attempts] = [new Date(), 1];
  await parked.insertMany([
    {
      ...(await placeOf(stuck)),
      kind: "parked",
      error: "no such end",
      attempts,
      since,
      conflicts: [],
    },
    {
      ...(await placeOf(behind)),
      kind: "blocked",
      attempts: 0,
      since,
      conflicts: [uuidOf(stuck)],
    },
  ]);
  const { at } = await placeOf(skipped);
  const decision = { entry: skipped, at, reason: "not wanted", by: "a person", skippedAt: since };
  await acks.insertOne(skipDocument(decision));
  await meta.insertOne({ _id: META_ID.backlog, entries: 1_000n, bytes: 1_000n, at: since });
  return { pending, parked: stuck, blocked: behind, skipped };
}

async function share(db: Db, { url }: Service): Promise<Shared> {
  await db.createCollection("shared");
  const writes = [insertOne("shared", { _id: "shared", at: new Date(0), n: 1.5 })];
  const appended = appendRequest(newEntryId(), { writes, partition: "p" });
  const client = createOutgraphClient({ url, source: "grounds" });
  await client.append({ ...inputOf(appended), writes });
  client.close();
  const transacted = appendRequest(newEntryId());
  const writer = await openWriter(db, { source: "grounds" });
  await writer.transact(inputOf(transacted), async () => undefined);
  return { appended, transacted };
}

function inputOf({ entry }: AppendRequest): {
  id: EntryId;
  partition: string;
  events: EventInput[];
} {
  if (entry === undefined) throw new TypeError("a request without an entry");
  const events = entry.events.map(({ type, mutations }) => ({ type, mutations }));
  return { id: entryId(entry.id), partition: entry.partition, events };
}

/** Makes the columns' collections and a key, as its users do, for one who may write to them. */
async function grant(db: Db, folder: string): Promise<{ file: string; token: string }> {
  for (const column of COLUMNS) await db.createCollection(collectionOf(column));
  const main = join(import.meta.dirname, "../../../services/append/src/main.ts");
  const said = await runProgram(process.execPath, [main, "keys", "new", "script"], { cwd: folder });
  const token = /^outgraph_\S+$/m.exec(said)?.[0];
  const principal = /^"script": (.*)$/m.exec(said)?.[1];
  if (token === undefined || principal === undefined) throw new Error(`no key in: ${said}`);
  const script = {
    ...(JSON.parse(principal) as object),
    collections: COLUMNS.map((column) => `${db.databaseName}.${collectionOf(column)}`),
    labels: ["ContractMade"],
    edgeTypes: ["MADE"],
  };
  const file = join(folder, "access.json");
  await writeFile(file, JSON.stringify({ principals: { script } }));
  return { file, token };
}

/** The service learns of the backlog a moment after its start. */
async function untilFull({ url }: Service): Promise<void> {
  const client = createOutgraphClient({ url, source: "grounds", timeoutMs: 5_000 });
  const refused = async (): Promise<boolean> =>
    await client.append({ events: [{ type: "contract.v1.Tried" }] }).then(
      () => false,
      (error: unknown) => error instanceof ResourceExhaustedError,
    );
  await waitUntil(refused, { what: "the service knows of its backlog", timeoutMs: 60_000 });
  client.close();
}

async function hold(db: Db, collection: string, _id: string): Promise<AsyncDisposable> {
  const session: ClientSession = db.client.startSession();
  session.startTransaction();
  await db
    .collection<{ _id: string }>(collection)
    .updateOne({ _id }, { $set: { held: true } }, { session });
  return {
    async [Symbol.asyncDispose]() {
      await session.abortTransaction();
      await session.endSession();
    },
  };
}
