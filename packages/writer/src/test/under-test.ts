import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { DocumentResultSchema, mergeNode, node } from "@outgraph/events";
import { type Outbox, openOutbox, setUpOutbox } from "@outgraph/outbox";
import {
  type ClientSession,
  type Collection,
  type Document,
  MongoClient,
  type MongoClientOptions,
} from "mongodb";
import type { EventInput } from "../event-input.ts";
import { entryFrom } from "../event-input.ts";
import { type PreparedEntry, prepareEntry } from "../prepare.ts";
import type { Append, Written } from "../write-appends.ts";

export interface Order {
  readonly _id: string;
  readonly n?: number;
}

/** A database of its own with an outbox and a collection of documents. */
export interface UnderTest {
  readonly client: MongoClient;
  readonly outbox: Outbox;
  readonly orders: Collection<Order>;
  /** Empties documents and entries, and lowers the purge horizon again. */
  clear(): Promise<void>;
  /** The same database through another client. */
  through(uri: string, options?: MongoClientOptions): Promise<UnderTest>;
  /** Lets commands of clients with `appName: "failing"` fail, until disposed. */
  failing(data: Document, mode: Document | string): Promise<AsyncDisposable>;
  end(): Promise<void>;
}

export async function underTest(uri: string): Promise<UnderTest> {
  const database = `writer_${randomBytes(6).toString("hex")}`;
  const client = await new MongoClient(uri).connect();
  await setUpOutbox(client, database);
  await client.db(database).createCollection("orders");
  return await around(client, database, async () => {
    await client.db(database).dropDatabase();
    await client.close();
  });
}

async function around(
  client: MongoClient,
  database: string,
  end: () => Promise<void>,
): Promise<UnderTest> {
  const db = client.db(database);
  const outbox = await openOutbox(db);
  const orders = db.collection<Order>("orders");
  const failCommand = { configureFailPoint: "failCommand" };
  return {
    client,
    outbox,
    orders,
    clear: async () => {
      await orders.deleteMany({});
      await outbox.entries.deleteMany({});
      await outbox.meta.updateOne({ _id: "purge" }, { $set: { horizon: new Date(-1) } });
    },
    through: async (uri, options = {}) => {
      const other = await new MongoClient(uri, options).connect();
      return await around(other, database, () => other.close());
    },
    failing: async (data, mode) => {
      const admin = client.db("admin");
      await admin.command({ ...failCommand, mode, data: { appName: "failing", ...data } });
      return {
        [Symbol.asyncDispose]: async () => {
          await admin.command({ ...failCommand, mode: "off" });
        },
      };
    },
    end,
  };
}

export function placed(order: string): EventInput {
  return { type: "shop.v1.OrderPlaced", mutations: [mergeNode(node("Order", { id: order }))] };
}

export function prepared(id: string, ...orders: string[]): PreparedEntry {
  return prepareEntry(entryFrom({ id: id as never, source: "shop", events: orders.map(placed) }));
}

/** An append, with an id from outside, of one order's document and entry. */
export function appendOf(
  entry: PreparedEntry,
  write: (session: ClientSession) => Promise<unknown>,
): Append {
  return {
    id: entry.id,
    idGiven: true,
    digest: entry.digest,
    write: async (session): Promise<Written> => {
      await write(session);
      return { entry, documents: [create(DocumentResultSchema, { inserted: 1n })] };
    },
  };
}
