import { type EntryId, entryId } from "@outgraph/events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CallFailed } from "../../call-failed.ts";
import { SYSTEM_CLOCK } from "../../clock.ts";
import { pending } from "../../pending.ts";
import { relaySignals } from "../../signals.ts";
import { canary } from "../../test/entries.ts";
import { RealOutbox } from "../../test/real-outbox.ts";

const WRITERS = 24;
const CHAINS = 6;
const ROUNDS = 12;

let outbox: RealOutbox;
beforeEach(async () => {
  outbox = await RealOutbox.make();
});
afterEach(() => outbox[Symbol.asyncDispose]());

interface Written {
  readonly chain: number;
  /** Its place in the chain: the documents themselves say it. */
  readonly step: number;
}

/** Writers that fight for a few documents; each entry depends on the one before in its chain. */
async function fight(written: Map<EntryId, Written>, rounds: number): Promise<void> {
  const db = outbox.client.db(outbox.database);
  const chains = db.collection<{ _id: number; step: number }>("chains");
  const write = async (chain: number, entryFirst: boolean): Promise<void> => {
    const entry = canary();
    await outbox.client.withSession((session) =>
      session.withTransaction(async () => {
        // The entry is stamped when it is inserted: before its document is written, or after.
        if (entryFirst) await outbox.insertIn(session, entry);
        const after = await chains.findOneAndUpdate(
          { _id: chain },
          { $inc: { step: 1 } },
          { returnDocument: "after", session },
        );
        if (!entryFirst) await outbox.insertIn(session, entry);
        written.set(entryId(entry.id), { chain, step: after?.step ?? 0 });
      }),
    );
  };
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, index) => {
      for (let round = 0; round < rounds; round++) await write(index % CHAINS, round % 2 === 0);
    }),
  );
}

test("a start under many writers loses nothing, repeats nothing, and keeps what depends in order", async () => {
  const adapter = outbox.adapter();
  await adapter.open();
  const written = new Map<EntryId, Written>();
  const chains = Array.from({ length: CHAINS }, (_, _id) => ({ _id, step: 0 }));
  await outbox.client
    .db(outbox.database)
    .collection<{ _id: number; step: number }>("chains")
    .insertMany(chains);
  await fight(written, 2);
  const fighting = fight(written, ROUNDS);

  // Several starts in the midst of it; each sees everything.
  const starts = Array.from({ length: 4 }, async () => {
    const reading = await adapter.read();
    const signals = relaySignals();
    const entries = pending(reading, {
      horizon: () => 0n as never,
      clock: SYSTEM_CLOCK,
      signals,
      onReadUpTo: () => {},
    });
    const seen: EntryId[] = [];
    const total = WRITERS * (2 + ROUNDS);
    for await (const { id } of entries) {
      seen.push(id);
      if (seen.length === total) break;
    }
    await reading.close();
    return seen;
  });
  const all = await Promise.all(starts);
  await fighting;

  for (const seen of all) {
    expect(new Set(seen).size).toBe(seen.length);
    expect(new Set(seen)).toEqual(new Set(written.keys()));
    for (let chain = 0; chain < CHAINS; chain++) {
      const steps = seen.map((id) => written.get(id)).filter((each) => each?.chain === chain);
      expect(steps.map((each) => each?.step)).toEqual(steps.map((_, index) => index + 1));
    }
  }
});

test("a reading that is closed while an answer is on its way has no next entry, ever", async () => {
  const adapter = outbox.adapter();
  await adapter.open();
  const reading = await adapter.read();
  const asked = reading.next().catch(() => {}); // it may be told the end as well
  // The end of the cursor reaches the server late; before it, the open question is answered.
  const data = { failCommands: ["killCursors"], blockConnection: true, blockTimeMS: 1_000 };
  const admin = outbox.client.db("admin");
  await admin.command({ configureFailPoint: "failCommand", mode: { times: 1 }, data });
  const closed = reading.close();
  await outbox.append(canary());
  await asked;
  await closed;

  await expect(reading.next()).rejects.toThrow(CallFailed);
});
