import type { Db } from "mongodb";
import { OutboxUnusable } from "./unusable.ts";

/**
 * Refuses a server without transactions and change streams.
 *
 * @throws OutboxUnusable `standalone` or `not_initiated`; the message says how to convert it.
 */
export async function requireReplicaSet(db: Db): Promise<void> {
  const hello = await db.admin().command({ hello: 1 });
  if (hello["setName"] !== undefined || hello["msg"] === "isdbgrid") return;
  if (hello["isreplicaset"] === true) {
    throw new OutboxUnusable(
      "not_initiated",
      "this MongoDB server was started for a replica set that is not initiated yet: run " +
        "rs.initiate() once in mongosh",
    );
  }
  throw new OutboxUnusable(
    "standalone",
    "this MongoDB server is a standalone; Outgraph needs transactions and change streams, which " +
      "only a replica set has. One server is enough: restart mongod with --replSet rs0, then run " +
      "rs.initiate() once in mongosh. The data stays",
  );
}
