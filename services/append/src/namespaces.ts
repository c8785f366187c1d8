import { COLLECTION } from "@outgraph/outbox";

const OUTBOX: ReadonlySet<string> = new Set(Object.values(COLLECTION));
const SERVER_DATABASES: ReadonlySet<string> = new Set(["admin", "config", "local"]);

/** Why nobody may write to a collection through this service; undefined when they may. */
export function deniedBecause(
  database: string,
  collection: string,
  outboxDatabase: string,
): string | undefined {
  if (SERVER_DATABASES.has(database.toLowerCase()))
    return `database ${database} belongs to MongoDB`;
  if (collection.startsWith("system.")) return `collection ${collection} belongs to MongoDB`;
  if (database === outboxDatabase && OUTBOX.has(collection)) {
    return `collection ${collection} is the outbox itself`;
  }
  return undefined;
}
