import { COLLECTION } from "@outgraph/outbox";
import type { MongoClient } from "mongodb";
import { LEDGER } from "../truth/collections.ts";
import { type Scratch, ScratchRefused } from "./scratch.ts";

/** The collection by which a database is known as made by this command. */
const MARK = "outgraph_chaos_scratch";

/** Everything else that a run leaves in a database. */
const OURS: readonly string[] = [...Object.values(COLLECTION), ...Object.values(LEDGER)];

/** A database for documents and outbox, which holds nothing else. */
export function scratchDatabase(client: MongoClient, name: string): Scratch {
  const db = client.db(name, { writeConcern: { w: "majority" } });
  const collections = async (): Promise<string[]> => {
    const found = await db.listCollections({}, { nameOnly: true }).toArray();
    return found.map((each) => each.name).filter((each) => !each.startsWith("system."));
  };
  const empty = async (): Promise<void> => {
    const all = await collections();
    if (!all.includes(MARK)) return; // gone already, or not ours any more
    // The mark last: what is left by an end in the midst of this is still known as ours.
    for (const each of all) if (OURS.includes(each)) await db.dropCollection(each);
  };
  return {
    async look() {
      const all = await collections();
      // Without the mark an outbox is somebody's.
      const others = all.includes(MARK)
        ? all.filter((each) => each !== MARK && !OURS.includes(each))
        : all;
      if (others.length === 0) return;
      throw new ScratchRefused(
        `the MongoDB database "${name}" holds ${others.length} collection(s) that chaos did not make ` +
          `(such as ${others.slice(0, 3).join(", ")}): name an empty one with --mongodb-database`,
      );
    },
    async take() {
      if (!(await collections()).includes(MARK)) await db.createCollection(MARK);
      await empty();
      return {
        async clear() {
          await empty();
          await db.dropCollection(MARK);
        },
      };
    },
  };
}
