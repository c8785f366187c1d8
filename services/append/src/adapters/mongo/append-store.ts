import { GroupCommit, type GroupRules } from "../../group-commit.ts";
import type { AppendStore } from "../../ports.ts";
import { MongoAppendTransactions } from "./append-transactions.ts";
import type { Mongo } from "./mongo-client.ts";
import type { OutboxAccess } from "./outbox-access.ts";

/** Appends in MongoDB, in transactions that they share. */
export function mongoAppendStore(
  mongo: Mongo,
  access: OutboxAccess,
  rules: GroupRules,
): AppendStore {
  return new GroupCommit(new MongoAppendTransactions(mongo, access), rules);
}
