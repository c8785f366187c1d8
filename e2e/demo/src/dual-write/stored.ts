import type { ClientSession, Collection, Db, Document, MongoClient } from "mongodb";
import type { CodeFile } from "../codebase/codebase.ts";
import { fileDocument, ingestDocument, shortHash, symbolDocument } from "../documents.ts";
import type { Job } from "./job.ts";

/** MongoDB's half of the job. */
export interface Store {
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly job: Job;
}

interface Keyed extends Document {
  readonly _id: string;
}

/** What is used of it here. */
interface StoredFile {
  readonly _id: string;
  readonly ingests: number;
  readonly fingerprint: string;
  readonly history: string[];
}

/** Path → fingerprint of each file that is stored. */
export async function storedFiles(db: Db): Promise<Map<string, string>> {
  const stored = db.collection<StoredFile>("files").find({}, { projection: { fingerprint: 1 } });
  return new Map((await stored.toArray()).map(({ _id, fingerprint }) => [_id, fingerprint]));
}

/** Stores a file with its symbols, in one transaction. */
export async function writeDocuments(
  { mongo, db, job }: Store,
  file: CodeFile,
  fingerprint: string,
): Promise<void> {
  const { files, symbols, ingests } = collections(db);
  const ids = file.symbols.map(({ id }) => id);
  await inTransaction(mongo, async (session) => {
    const update = {
      $set: { ...fileDocument(job.repository, file), fingerprint },
      $inc: { ingests: 1 },
      $push: { history: shortHash(file) },
    };
    await files.updateOne({ _id: file.path }, update, { upsert: true, session });
    await symbols.deleteMany({ file: file.path, _id: { $nin: ids } }, { session });
    const writes = file.symbols.map((symbol) => {
      const { _id, ...replacement } = symbolDocument(file, symbol);
      return { replaceOne: { filter: { _id }, replacement, upsert: true } };
    });
    if (writes.length > 0) await symbols.bulkWrite(writes, { session });
    const change = { kind: "added", after: file } as const;
    await ingests.insertOne(ingestDocument(job.repository, job.revision, change) as Keyed, {
      session,
    });
  });
}

/** Deletes a file with its symbols, in one transaction. */
export async function deleteDocuments({ mongo, db, job }: Store, path: string): Promise<void> {
  const { files, symbols, ingests } = collections(db);
  await inTransaction(mongo, async (session) => {
    await files.deleteOne({ _id: path }, { session });
    await symbols.deleteMany({ file: path }, { session });
    const { repository, revision } = job;
    const _id = `${revision}:${path}`;
    const gone = { _id, repository, revision, path, change: "deleted", bytes: 0 };
    await ingests.insertOne(gone, { session });
  });
}

function collections(db: Db): {
  readonly files: Collection<StoredFile>;
  readonly symbols: Collection<Keyed>;
  readonly ingests: Collection<Keyed>;
} {
  return {
    files: db.collection("files"),
    symbols: db.collection("symbols"),
    ingests: db.collection("ingests"),
  };
}

async function inTransaction(
  mongo: MongoClient,
  work: (session: ClientSession) => Promise<void>,
): Promise<void> {
  await mongo.withSession((session) => session.withTransaction(work));
}
