import { randomBytes } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import { EntrySchema } from "@outgraph/events";
import { META_ID, outboxCollections, setUpOutbox } from "@outgraph/outbox";
import { MongoClient } from "mongodb";
import { PURGED_UNTIL } from "./grounds.ts";
import type { Language } from "./languages.ts";
import type { Outcome } from "./outcome.ts";
import type { Runners } from "./runner.ts";
import type { Servers } from "./services.ts";
import type { Judged } from "./table.ts";
import { inWords } from "./words.ts";
import { WRITER_ROWS } from "./writer-rows.ts";

const WRITERS: readonly { readonly language: Language; readonly asyncio?: true }[] = [
  { language: "TypeScript" },
  { language: "Python" },
  { language: "Python", asyncio: true },
  { language: "Go" },
];

/**
 * Has the writer of every language append the rows' entries, each with a document, and compares the
 * outcomes with the table, and the documents with what says that it committed.
 */
export async function judgeWriters(
  servers: Servers,
  runners: Runners,
  onProgress: (text: string) => void = () => {},
): Promise<Judged> {
  await using client = new MongoClient(servers.mongodbUri);
  const db = client.db(`contract_writers_${randomBytes(6).toString("hex")}`);
  const differences: string[] = [];
  let outcomes = 0;
  try {
    await setUpOutbox(client, db.databaseName);
    const purged = { $set: { horizon: PURGED_UNTIL } };
    await outboxCollections(db).meta.updateOne({ _id: META_ID.purge }, purged);
    const told = await db.createCollection("told");
    const { mongodbUri } = servers;
    for (const { language, asyncio } of WRITERS) {
      const writer = { mongodbUri, database: db.databaseName, ...(asyncio && { asyncio }) };
      const name = `${language}'s writer${asyncio ? " of asyncio" : ""}`;
      const check = (what: string, expected: readonly unknown[], got: readonly unknown[]): void => {
        if (JSON.stringify(got) === JSON.stringify(expected)) return;
        const [wanted, had] = [expected, got].map((each) => each.join("; "));
        differences.push(`${name}: ${what}\n  expected ${wanted}\n  got      ${had}`);
      };
      const committed: string[] = [];
      for (const { name: row, entries, expect } of WRITER_ROWS) {
        const given = entries();
        const encoded = given.map((each) =>
          Buffer.from(toBinary(EntrySchema, each)).toString("base64"),
        );
        const got = eachOf(
          await runners[language].ask({ kind: "transact", writer, entries: encoded }),
        );
        outcomes += got.length;
        check(row, expect, got);
        if (got[0] === "committed") committed.push(given[0]?.id ?? "");
      }
      const left = await told.find().sort({ _id: 1 }).toArray();
      check(
        "left in MongoDB",
        committed.toSorted(),
        left.map(({ _id }) => String(_id)),
      );
      await told.deleteMany({});
      onProgress(`${name}: ${WRITER_ROWS.length} rows played`);
    }
  } finally {
    await db.dropDatabase();
  }
  return { outcomes, differences };
}

function eachOf(outcome: Outcome): string[] {
  return outcome.kind === "many" ? outcome.many.map((each) => inWords(each)) : [inWords(outcome)];
}
