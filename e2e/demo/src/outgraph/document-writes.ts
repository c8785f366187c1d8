import { isDeepStrictEqual } from "node:util";
import { deleteMany, deleteOne, insertOne, replaceOne, updateOne } from "@outgraph/client";
import type { DocumentWrite } from "@outgraph/events";
import type { Change } from "../codebase/changes.ts";
import type { CodeFile } from "../codebase/codebase.ts";
import { fileDocument, ingestDocument, shortHash, symbolDocument } from "../documents.ts";

/** What a change writes to MongoDB. Each write says what it expects to find. */
export function documentWrites(
  repository: string,
  revision: number,
  change: Change,
): DocumentWrite[] {
  return [
    ...fileWrites(repository, change),
    insertOne("ingests", ingestDocument(repository, revision, change)),
  ];
}

function fileWrites(repository: string, change: Change): DocumentWrite[] {
  switch (change.kind) {
    case "added": {
      const { after } = change;
      const counted = { ingests: 1, history: [shortHash(after)] };
      const document = { _id: after.path, ...fileDocument(repository, after), ...counted };
      return [
        insertOne("files", document),
        ...after.symbols.map((symbol) => insertOne("symbols", symbolDocument(after, symbol))),
      ];
    }
    case "changed": {
      const { before, after } = change;
      const update = {
        $set: fileDocument(repository, after),
        $inc: { ingests: 1 },
        $push: { history: shortHash(after) },
      };
      return [
        updateOne("files", { _id: after.path }, update, { expectedMatches: 1 }),
        ...symbolWrites(before, after),
      ];
    }
    case "deleted": {
      const { path, symbols } = change.before;
      return [
        deleteOne("files", { _id: path }, { expectedMatches: 1 }),
        deleteMany("symbols", { file: path }, { expectedMatches: symbols.length }),
      ];
    }
  }
}

function symbolWrites(before: CodeFile, after: CodeFile): DocumentWrite[] {
  const old = new Map(before.symbols.map((symbol) => [symbol.id, symbol]));
  const ids = new Set(after.symbols.map(({ id }) => id));
  const gone = [...old.keys()].filter((id) => !ids.has(id));
  const writes = after.symbols.flatMap((symbol) => {
    const known = old.get(symbol.id);
    if (known === undefined) return [insertOne("symbols", symbolDocument(after, symbol))];
    if (isDeepStrictEqual(known, symbol)) return [];
    const { _id, ...replacement } = symbolDocument(after, symbol);
    return [replaceOne("symbols", { _id }, replacement, { expectedMatches: 1 })];
  });
  if (gone.length === 0) return writes;
  return [
    deleteMany("symbols", { _id: { $in: gone } }, { expectedMatches: gone.length }),
    ...writes,
  ];
}
