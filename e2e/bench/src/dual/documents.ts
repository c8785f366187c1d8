import { createHash } from "node:crypto";
import { serialize } from "bson";
import type { Db } from "mongodb";
import { COLLECTIONS, type StoredDocument, type Work } from "./work.ts";

/** Makes the collections anew. */
export async function emptyDocuments(db: Db): Promise<void> {
  for (const name of COLLECTIONS) {
    await db.dropCollection(name);
    await db.createCollection(name);
  }
}

/** @throws unless the collections hold exactly the documents of these works, byte for byte. */
export async function mustHoldDocuments(db: Db, works: readonly Work[]): Promise<void> {
  const steps = works.flat();
  for (const name of COLLECTIONS) {
    const wanted = steps
      .filter(({ collection }) => collection === name)
      .map(({ document }) => document)
      // The order in which MongoDB sorts texts, as long as they are ASCII.
      .sort((a, b) => (a._id < b._id ? -1 : 1));
    const found = await db
      .collection<StoredDocument>(name)
      .find({}, { sort: { _id: 1 }, batchSize: 10_000 })
      .toArray();
    const [expected, actual] = [told(wanted), told(found)];
    if (actual !== expected) throw new Error(`${name} holds ${actual} and not ${expected}`);
  }
}

function told(documents: readonly object[]): string {
  const hash = createHash("sha256");
  for (const document of documents) hash.update(serialize(document));
  return `${documents.length} documents with the digest ${hash.digest("hex")}`;
}
