import type { MongoClient, Timestamp } from "mongodb";
import { CallFailed } from "../../call-failed.ts";
import type { Oplog } from "../../ports.ts";
import { atOf } from "./logical-time.ts";

/** How long the server may look for an end of it, in milliseconds: it stands first or last. */
const LOOK_MS_MAX = 2_000;

/**
 * The ends of the primary's oplog, which every stream of this relay reads. Needs the right to find in
 * `local.oplog.rs`; a router of a sharded cluster has none.
 */
export async function oplog(client: MongoClient): Promise<Oplog> {
  const collection = client.db("local").collection<{ ts: Timestamp }>("oplog.rs");
  const end = async (direction: 1 | -1) => {
    const found = await collection.findOne(
      {},
      {
        sort: { $natural: direction },
        projection: { ts: 1 },
        maxTimeMS: LOOK_MS_MAX,
        readConcern: { level: "local" },
        readPreference: "primary",
      },
    );
    if (found === null) throw noOplog();
    return atOf(found.ts);
  };
  return { first: await end(1), last: await end(-1) };
}

function noOplog(): CallFailed {
  const message = "there is no oplog here: not a member of a replica set";
  return new CallFailed({ kind: "unknown", code: "NoOplog", message, cause: undefined });
}
