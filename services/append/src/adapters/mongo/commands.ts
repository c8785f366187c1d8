import type { CheckedWrite } from "../../checked-write.ts";

/** What one command to the server can be made of. */
export type Verb = "insert" | "update" | "delete";

/** Writes to one collection that go to the server in one command. */
export interface Command {
  /** Undefined for a write that is a command of its own. */
  readonly verb: Verb | undefined;
  readonly collection: string;
  readonly writes: readonly CheckedWrite[];
  /** Where each stands among all the writes. */
  readonly places: readonly number[];
}

/**
 * Puts writes into as few commands as can give each its own result.
 *
 * In each collection they keep their order. Across collections they do not: no write looks at
 * another collection, and all of them become visible at once.
 *
 * @param alone collections, as `database.name`, whose updates and deletes are commands of their own.
 */
export function commandsOf(
  writes: readonly CheckedWrite[],
  alone: (collection: string) => boolean,
): readonly Command[] {
  const commands: {
    verb: Verb | undefined;
    collection: string;
    writes: CheckedWrite[];
    places: number[];
  }[] = [];
  const last = new Map<string, (typeof commands)[number]>();
  for (const [place, write] of writes.entries()) {
    const collection = `${write.database}.${write.collection}`; // a database's name has no dot
    const asked = VERB[write.operation.kind];
    const verb = asked !== "insert" && alone(collection) ? undefined : asked;
    const open = last.get(collection);
    if (verb !== undefined && open?.verb === verb) {
      open.writes.push(write);
      open.places.push(place);
      continue;
    }
    const command = { verb, collection, writes: [write], places: [place] };
    commands.push(command);
    last.set(collection, command);
  }
  return commands;
}

/** Writes of many documents report their sum alone, so they go alone. */
const VERB: Readonly<Record<CheckedWrite["operation"]["kind"], Verb | undefined>> = {
  insertOne: "insert",
  replaceOne: "update",
  updateOne: "update",
  updateMany: undefined,
  deleteOne: "delete",
  deleteMany: undefined,
};
