import { type Signals, signals } from "@outgraph/telemetry";
import { GroupCommit, type GroupRules } from "../../group-commit.ts";
import type { AppendSignals } from "../../signals.ts";
import { toldTransactions } from "../../told-transactions.ts";
import { MongoAppendTransactions } from "./append-transactions.ts";
import type { Mongo } from "./mongo-client.ts";
import type { OutboxAccess } from "./outbox-access.ts";

/** Appends in MongoDB, in transactions that they share. @param told of each transaction. */
export function mongoAppendStore(
  mongo: Mongo,
  access: OutboxAccess,
  rules: GroupRules,
  told: Signals<AppendSignals> = signals(),
): GroupCommit {
  const transactions = new MongoAppendTransactions(mongo, access);
  return new GroupCommit(toldTransactions(transactions, told), rules);
}
