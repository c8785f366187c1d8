import { randomBytes } from "node:crypto";
import type {} from "@outgraph/stack/vitest";
import { signals } from "@outgraph/telemetry";
import type { Db } from "mongodb";
import { inject } from "vitest";
import { type Mongo, mongoClient } from "../adapters/mongo/mongo-client.ts";
import { OutboxAccess } from "../adapters/mongo/outbox-access.ts";
import type { AppendSignals } from "../signals.ts";

/** A database of its own on the shared MongoDB, with an open outbox. */
export interface OwnDatabase extends AsyncDisposable {
  readonly mongo: Mongo;
  readonly db: Db;
  readonly access: OutboxAccess;
}

/** Makes one; disposing of it drops it. */
export async function ownDatabase(): Promise<OwnDatabase> {
  const told = signals<AppendSignals>();
  const mongo = mongoClient(inject("mongodbUri"), told);
  const name = `append_${randomBytes(6).toString("hex")}`;
  const access = new OutboxAccess();
  await access.open(mongo.client, name, true, told, new AbortController().signal);
  const db = mongo.client.db(name);
  return {
    mongo,
    db,
    access,
    async [Symbol.asyncDispose]() {
      await db.dropDatabase();
      await mongo.client.close();
    },
  };
}
