import { MongoClient } from "mongodb";
import type { Servers } from "./servers.ts";

/** A server's default, 60 s, is how long a killed scanner's last file would wait. */
const SECONDS = 5;

const PARAMETER = "transactionLifetimeLimitSeconds";

/** Lets MongoDB end transactions whose writer is gone sooner, until it is disposed of. */
export async function shortTransactions(servers: Servers): Promise<AsyncDisposable> {
  const before = await set(servers, SECONDS);
  return {
    async [Symbol.asyncDispose]() {
      await set(servers, before);
    },
  };
}

async function set(servers: Servers, seconds: number): Promise<number> {
  await using mongo = new MongoClient(servers.mongodb_uri);
  const { was } = await mongo.db("admin").command({ setParameter: 1, [PARAMETER]: seconds });
  return was as number;
}
