import { randomBytes } from "node:crypto";
import type { EntryId } from "@outgraph/events";
import { type Outbox, openOutbox, setUpOutbox, uuidOf } from "@outgraph/outbox";
import { MongoOutbox } from "@outgraph/relay/test";
import { startProxy, type WireProxy, waitUntil } from "@outgraph/stack";
import type {} from "@outgraph/stack/vitest";
import { MongoClient } from "mongodb";
import { inject } from "vitest";
import { type Documents, DriverTransaction } from "./driver-transaction.ts";
import type { MongoTransaction, MongoUnderTest } from "./mongo-under-test.ts";

interface CountDocument {
  readonly _id: string;
  readonly n: number;
}

/** A database of its own in the shared MongoDB. */
export class RealMongo implements MongoUnderTest, AsyncDisposable {
  readonly outbox: MongoOutbox;
  readonly #near: Outbox;
  readonly #far: Outbox;
  readonly #proxy: WireProxy;
  readonly #transactions: DriverTransaction[] = [];

  private constructor(near: Outbox, far: Outbox, proxy: WireProxy) {
    this.outbox = new MongoOutbox({ uri: inject("mongodbUri"), database: near.db.databaseName });
    this.#near = near;
    this.#far = far;
    this.#proxy = proxy;
  }

  static async make(): Promise<RealMongo> {
    const uri = new URL(inject("mongodbUri"));
    const proxy = await startProxy({ target: uri.host, protocol: "mongodb" });
    const name = `fidelity_${randomBytes(6).toString("hex")}`;
    const near = new MongoClient(uri.href, { maxPoolSize: 40 });
    await setUpOutbox(near, name);
    // In a transaction a collection may only be made when nobody else makes it.
    await near.db(name).createCollection("counts");
    const over = new URL(uri);
    over.host = proxy.address;
    over.search = "?directConnection=true";
    const far = new MongoClient(over.href);
    return new RealMongo(await openOutbox(near.db(name)), await openOutbox(far.db(name)), proxy);
  }

  begin(): MongoTransaction {
    return this.#begun(new DriverTransaction(this.#near, documentsOf(this.#near)));
  }

  beginFar(commit: "reply_lost" | "lost"): MongoTransaction {
    const rule = this.#proxy.onRequest(
      ({ name }) => name === "commitTransaction",
      () => (commit === "lost" ? "lose_request" : "lose_reply"),
    );
    // The driver sends it once more by itself: that is lost too.
    const over = (): void => rule[Symbol.dispose]();
    return this.#begun(new DriverTransaction(this.#far, documentsOf(this.#far), over));
  }

  async read(key: string): Promise<unknown> {
    const options = { readConcern: { level: "majority" } } as const;
    return (await counts(this.#near).findOne({ _id: key }, options))?.n;
  }

  async purge(id: EntryId): Promise<void> {
    await this.#near.entries.deleteOne({ _id: uuidOf(id) });
  }

  async shortLived(work: (passes: () => Promise<void>) => Promise<void>): Promise<void> {
    const admin = this.#near.db.client.db("admin");
    const limit = "transactionLifetimeLimitSeconds";
    const old = Number((await admin.command({ getParameter: 1, [limit]: 1 }))[limit]);
    await admin.command({ setParameter: 1, [limit]: 1 });
    try {
      await work(() => this.#noneOpen());
    } finally {
      await admin.command({ setParameter: 1, [limit]: old });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The database could not be dropped under those that a claim has left open.
    await Promise.all(this.#transactions.map((each) => each.end()));
    await this.outbox.close();
    await this.#near.db.dropDatabase();
    await Promise.all([this.#near.db.client.close(), this.#far.db.client.close()]);
    await this.#proxy.close();
  }

  #begun(transaction: DriverTransaction): DriverTransaction {
    this.#transactions.push(transaction);
    return transaction;
  }

  /** Resolves once no transaction is open on the server. */
  async #noneOpen(): Promise<void> {
    const admin = this.#near.db.client.db("admin");
    const isSo = async () => {
      const { transactions } = await admin.command({ serverStatus: 1 });
      return transactions.currentOpen === 0;
    };
    await waitUntil(isSo, { what: "the server ends the transaction", timeoutMs: 40_000 });
  }
}

function counts({ db }: Outbox) {
  return db.collection<CountDocument>("counts");
}

function documentsOf(outbox: Outbox): Documents {
  const collection = counts(outbox);
  return {
    read: async (session, key) => (await collection.findOne({ _id: key }, { session }))?.n,
    increment: async (session, key) => {
      const options = { session, upsert: true, returnDocument: "after" } as const;
      const found = await collection.findOneAndUpdate({ _id: key }, { $inc: { n: 1 } }, options);
      return found?.n ?? Number.NaN;
    },
    insert: async (session, key) => {
      await collection.insertOne({ _id: key, n: 0 }, { session });
    },
  };
}

/** Runs a claim on it. */
export async function withinRealMongo(
  claim: (server: MongoUnderTest) => Promise<void>,
): Promise<void> {
  await using server = await RealMongo.make();
  await server.outbox.open();
  await claim(server);
}
