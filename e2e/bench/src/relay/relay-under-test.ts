import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRelayClient } from "@outgraph/client";
import { type Entry, encodeEntry, entryId, RelayRole } from "@outgraph/events";
import { entryDocument, outboxCollections, setUpOutbox, uuidOf } from "@outgraph/outbox";
import {
  type ManagedProcess,
  type MongoServer,
  type Neo4jServer,
  startProcess,
} from "@outgraph/stack";
import { type Db, MongoClient } from "mongodb";

const MAIN = fileURLToPath(new URL("../../../../services/relay/src/main.ts", import.meta.url));
const LISTENING = /"url":"(http:[^"]+)"/;
const INSERTED_AT_ONCE = 2_000;
/** How often it is looked whether everything is acked. */
const LOOK_EVERY_MS = 5;
/** Of the right size, and never compared: nobody repeats these appends. */
const DIGEST = new Uint8Array(32);

/** A relay as its users run it, between an outbox of its own and the graph. */
export class RelayUnderTest implements AsyncDisposable {
  readonly client: MongoClient;
  readonly db: Db;
  readonly env: Readonly<Record<string, string>>;
  #process: ManagedProcess | undefined;
  #url = "";

  private constructor(
    client: MongoClient,
    database: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.client = client;
    this.db = client.db(database);
    this.env = env;
  }

  /** Makes the outbox; starts nothing. */
  static async over(mongo: MongoServer, neo4j: Neo4jServer): Promise<RelayUnderTest> {
    const database = `bench_${randomBytes(4).toString("hex")}`;
    const client = await new MongoClient(mongo.uri).connect();
    await setUpOutbox(client, database);
    return new RelayUnderTest(client, database, {
      OUTGRAPH_MONGODB_URI: mongo.uri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_NEO4J_URI: neo4j.uri,
      OUTGRAPH_NEO4J_USER: neo4j.auth?.username ?? "neo4j",
      OUTGRAPH_NEO4J_PASSWORD: neo4j.auth?.password ?? "",
      OUTGRAPH_LISTEN: "127.0.0.1:0",
    });
  }

  /**
   * Starts the relay, and ends one that runs. Resolves when it carries entries.
   *
   * @param env more of its variables.
   * @param main what is run, if not the relay's own.
   */
  async start(env: Readonly<Record<string, string>> = {}, main: string = MAIN): Promise<void> {
    await this.launch(env, main);
    await this.until(RelayRole.ACTIVE);
  }

  /** The same, and resolves when it answers. */
  async launch(env: Readonly<Record<string, string>> = {}, main: string = MAIN): Promise<void> {
    await this.#process?.stop();
    this.#process = await startProcess({
      name: "relay",
      command: process.execPath,
      args: [...(process.env["BENCH_NODE_ARGS"]?.split(" ") ?? []), main],
      env: { ...this.env, ...env },
      ready: LISTENING,
    });
    this.#url = LISTENING.exec(this.#process.logTail())?.[1] ?? "";
  }

  /** Ends it without mercy. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Ends it in order: the batch under way is finished, and acked. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** The last that it logged. */
  logTail(): string {
    return this.#process?.logTail() ?? "";
  }

  /** Resolves when the relay says that it has this role. */
  async until(role: RelayRole): Promise<void> {
    using control = this.#control();
    for await (const status of control.client.watchStatus()) if (status.role === role) return;
  }

  /** Stops applying, between two batches. */
  async pause(): Promise<void> {
    using control = this.#control();
    await control.client.pause();
  }

  /** Goes on. */
  async resume(): Promise<void> {
    using control = this.#control();
    await control.client.resume();
  }

  /** Puts entries into the outbox, in this order, past every writer. */
  async insert(entries: readonly Entry[]): Promise<void> {
    const outbox = outboxCollections(this.db).entries;
    for (let from = 0; from < entries.length; from += INSERTED_AT_ONCE) {
      const part = entries.slice(from, from + INSERTED_AT_ONCE);
      await outbox.insertMany(
        part.map((entry) => entryDocument({ entry, digest: DIGEST, bytes: encodeEntry(entry) })),
      );
    }
  }

  /** Resolves when this entry, and so every one before it, is acked. */
  async acked(entry: Entry): Promise<void> {
    const { entries, acks } = outboxCollections(this.db);
    const id = uuidOf(entryId(entry.id));
    const stored = await entries.findOne({ _id: id }, { projection: { at: 1 } });
    if (stored === null) throw new Error(`${entry.id} is not in the outbox`);
    const query = { entries: id, "at.max": { $gte: stored.at } };
    while ((await acks.findOne(query as object, { projection: { _id: 1 } })) === null) {
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Lets a running relay carry entries that were all there before it began. @returns seconds. */
  async drain(entries: readonly Entry[]): Promise<number> {
    const last = entries.at(-1);
    if (last === undefined) throw new Error("nothing to drain");
    await this.pause();
    await this.insert(entries);
    const began = performance.now();
    await this.resume();
    await this.acked(last);
    return (performance.now() - began) / 1_000;
  }

  /** Of the process that was started last; undefined before. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.stop();
    await this.db.dropDatabase();
    await this.client.close();
  }

  #control(): Disposable & { readonly client: ReturnType<typeof createRelayClient> } {
    const client = createRelayClient({ url: this.#url });
    return { client, [Symbol.dispose]: () => client.close() };
  }
}
