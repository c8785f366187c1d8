import type { MongoClient } from "mongodb";
import type { CheckedWrite } from "../../checked-write.ts";

/** How long a collection that was there is taken to be there, in milliseconds. */
const TRUSTED_MS = 30_000;

/**
 * Knows which collections are there. What is there is remembered for a while; what is missing is
 * looked for each time, so that one made now is found now.
 */
export class CollectionNames {
  readonly #client: MongoClient;
  readonly #seen = new Map<string, number>();

  constructor(client: MongoClient) {
    this.#client = client;
  }

  /**
   * The writes whose collection is not there.
   *
   * Asked outside their transaction, which would otherwise make the collection by itself, and would
   * conflict with every other transaction that does.
   */
  async missing(writes: readonly CheckedWrite[]): Promise<CheckedWrite[]> {
    const absent: CheckedWrite[] = [];
    for (const write of writes) if (!(await this.#isThere(write))) absent.push(write);
    return absent;
  }

  async #isThere({ database, collection }: CheckedWrite): Promise<boolean> {
    const name = `${database}.${collection}`; // a database's name has no dot
    const now = performance.now();
    if ((this.#seen.get(name) ?? 0) > now) return true;
    const [found] = await this.#client
      .db(database)
      .listCollections({ name: collection }, { nameOnly: true })
      .toArray();
    if (found === undefined) this.#seen.delete(name);
    else this.#seen.set(name, now + TRUSTED_MS);
    return found !== undefined;
  }
}
