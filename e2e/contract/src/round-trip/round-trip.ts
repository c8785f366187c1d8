import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { AppendRequestSchema, canonicalBytes, type Entry, EntrySchema } from "@outgraph/events";
import { outboxCollections, setUpOutbox } from "@outgraph/outbox";
import { openWriter } from "@outgraph/writer";
import { type Db, MongoClient } from "mongodb";
import { emptyGraph, graphDriver } from "../graph.ts";
import type { Language } from "../languages.ts";
import type { Outcome } from "../outcome.ts";
import type { Runners } from "../runner.ts";
import { type Servers, startService, untilReady } from "../services.ts";
import { inWords } from "../words.ts";
import { graphInWords } from "./graph-in-words.ts";
import { encoded, story } from "./story.ts";

/** Who tells the story. */
interface Teller {
  readonly name: string;
  readonly language: Language;
  readonly asyncio?: boolean;
  /** By a client of the service, not by the writer in a transaction of its own. */
  readonly byService?: true;
}

const TELLERS: readonly Teller[] = [
  { name: "TypeScript's writer", language: "TypeScript" },
  { name: "Python's writer", language: "Python" },
  { name: "Python's writer of asyncio", language: "Python", asyncio: true },
  { name: "Go's writer", language: "Go" },
  { name: "a client of the service", language: "Go", byService: true },
];

/** How long the relay may take for the whole story, in milliseconds. */
const APPLIED_MS = 60_000;

/** What the story must come to in the graph. */
const EXPECTED = join(import.meta.dirname, "../../golden/graph.txt");

/**
 * Has every language tell the same story, each in a database of its own; the relay carries each of
 * them into the graph, which is emptied before.
 *
 * @returns what differs: an outcome, a stored entry (digest, types, body), or the graph. None when all
 *   are alike, and as expected.
 */
export async function roundTrip(
  servers: Servers,
  runners: Runners,
  onProgress: (text: string) => void = () => {},
): Promise<string[]> {
  await using client = new MongoClient(servers.mongodbUri);
  const entries = await story();
  const expected = await readFile(EXPECTED, "utf8");
  const differences: string[] = [];
  let first: { readonly teller: string; readonly stored: string[] } | undefined;
  for (const teller of TELLERS) {
    const db = client.db(`contract_trip_${randomBytes(6).toString("hex")}`);
    try {
      const outcomes = await tell(teller, entries, db, servers, runners);
      if (outcomes.some((each) => each !== "committed")) {
        differences.push(`${teller.name}: ${outcomes.join("; ")}`);
        continue;
      }
      const stored = await storedIn(db);
      first ??= { teller: teller.name, stored };
      differences.push(...unlike(first.stored, stored, `stored by ${first.teller}`, teller.name));
      const graph = await carry(entries, db, servers);
      differences.push(...unlike(lines(expected), lines(graph), "the expected graph", teller.name));
      onProgress(
        `${teller.name}: ${stored.length} entries, ${lines(graph).length} nodes and edges`,
      );
    } finally {
      await db.dropDatabase();
    }
  }
  return differences;
}

/** Stores the story, each entry twice: a repeat tells nothing. Gives the outcomes of the first time. */
async function tell(
  { language, asyncio, byService }: Teller,
  entries: readonly Entry[],
  db: Db,
  servers: Servers,
  runners: Runners,
): Promise<string[]> {
  await setUpOutbox(db.client, db.databaseName);
  if (byService) return await append(runners, language, entries, db, servers);
  await db.createCollection("told");
  const writer = {
    mongodbUri: servers.mongodbUri,
    database: db.databaseName,
    ...(asyncio !== undefined && { asyncio }),
  };
  const call = { kind: "transact", writer, entries: entries.map(encoded) } as const;
  const outcomes = eachOf(await runners[language].ask(call));
  const again = eachOf(await runners[language].ask(call));
  return again.every((each) => each === "replayed") ? outcomes : again;
}

async function append(
  runners: Runners,
  language: Language,
  entries: readonly Entry[],
  db: Db,
  servers: Servers,
): Promise<string[]> {
  const service = await startService("append", { ...servers, database: db.databaseName });
  await using _ = service.process;
  await untilReady(service);
  const client = {
    name: "story",
    url: service.url,
    protocol: "grpc",
    timeoutMs: 60_000,
    attemptTimeoutMs: 30_000,
    delayMsMin: 50,
  } as const;
  const outcomes: string[] = [];
  for (const entry of entries) {
    const request = create(AppendRequestSchema, { entry });
    const call = {
      kind: "append",
      client,
      request: Buffer.from(toBinary(AppendRequestSchema, request)).toString("base64"),
    } as const;
    outcomes.push(inWords(await runners[language].ask(call), { id: entry.id }));
  }
  return outcomes;
}

function eachOf(outcome: Outcome): string[] {
  return outcome.kind === "many" ? outcome.many.map((each) => inWords(each)) : [inWords(outcome)];
}

/** What is stored of each entry, but who wrote it and when. */
async function storedIn(db: Db): Promise<string[]> {
  const documents = await outboxCollections(db).entries.find().sort({ _id: 1 }).toArray();
  return documents.map(
    ({ _id, at: _, source: _source, body, digest, result: _result, ...rest }) => {
      const entry = fromBinary(EntrySchema, body.value());
      entry.source = "";
      for (const event of entry.events) delete event.occurredAt;
      return JSON.stringify({
        id: _id.toString(),
        ...rest,
        digest: digest.toString("hex"),
        body: Buffer.from(canonicalBytes(EntrySchema, entry)).toString("base64"),
      });
    },
  );
}

/** Has a relay carry everything into an empty graph, and gives that. */
async function carry(entries: readonly Entry[], db: Db, servers: Servers): Promise<string> {
  await emptyGraph(servers);
  const relay = await startService("relay", { ...servers, database: db.databaseName });
  await using _ = relay.process;
  const writer = await openWriter(db, { source: "contract" });
  const ids = entries.map(({ id }) => id);
  const { entries: all } = await writer.waitApplied(ids, { timeoutMs: APPLIED_MS });
  const left = all.filter(({ state }) => state !== "applied");
  if (left.length > 0) {
    const states = left.map(({ id, state, reason }) => `${id} ${state} ${reason ?? ""}`);
    throw new Error(`not applied: ${states.join(", ")}\n${relay.process.logTail()}`);
  }
  await using driver = graphDriver(servers);
  return await graphInWords(driver);
}

function lines(text: string): string[] {
  return text.trimEnd().split("\n");
}

function unlike(
  wanted: readonly string[],
  got: readonly string[],
  what: string,
  who: string,
): string[] {
  const [before, after] = [new Set(wanted), new Set(got)];
  return [
    ...[...before.difference(after)].map((line) => `${who}: without ${line} of ${what}`),
    ...[...after.difference(before)].map((line) => `${who}: with ${line}, not of ${what}`),
  ];
}
