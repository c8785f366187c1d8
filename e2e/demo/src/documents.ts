import { type Document, Double } from "bson";
import type { Change } from "./codebase/changes.ts";
import type { CodeFile, CodeSymbol } from "./codebase/codebase.ts";

/** What is stored in MongoDB: one document for each file, symbol, and change that was ingested. */
export const COLLECTIONS = ["files", "symbols", "ingests"] as const;

/** A file's document, but for `_id` (its path) and for what counts how often it was ingested. */
export function fileDocument(repository: string, file: CodeFile): Document {
  const { path: _, symbols: __, averageLine, ...plain } = file;
  // BSON would make an integer of a whole number; this one is a float also when it is whole.
  return { repository, ...plain, averageLine: new Double(averageLine) };
}

/** A symbol's document, with its `_id`. */
export function symbolDocument(file: CodeFile, { id, ...symbol }: CodeSymbol): Document {
  return { _id: id, file: file.path, ...symbol };
}

/** What stays of every ingest, also when the file is deleted later. */
export function ingestDocument(repository: string, revision: number, change: Change): Document {
  const { path } = change.kind === "deleted" ? change.before : change.after;
  const _id = `${revision}:${path}`;
  return { _id, repository, revision, path, change: change.kind, bytes: ingestedBytes(change) };
}

/** How much was read: nothing for a file that is gone. */
export function ingestedBytes(change: Change): number {
  return change.kind === "deleted" ? 0 : change.after.bytes;
}

/** What a file's history keeps of each of its contents. */
export function shortHash({ hash }: CodeFile): string {
  return hash.slice(0, 12);
}
