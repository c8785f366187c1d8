import { create } from "@bufbuild/protobuf";
import { type CheckedAppend, GROUP_RULES, GroupCommit, NotTogether } from "@outgraph/append/test";
import { type EntryId, EntrySchema, EventSchema } from "@outgraph/events";
import type { Outbox } from "@outgraph/outbox";
import {
  commitAppend,
  commitGroup,
  IdExpired,
  OutboxWriter,
  OutcomeUnknown,
  prepareEntry,
  TransactionGaveUp,
  type Written,
} from "@outgraph/writer";
import type { ClientSession } from "mongodb";
import { entryOf } from "../truth/plan.ts";
import type { MongoLikeClient, MongoSession } from "./mongo/mongo-client.ts";
import { allMutationsOf, type Operation } from "./operations.ts";

/** What an append came to. `expired`: known to nobody any more; it may have been there. */
export type Outcome = "ok" | "failed" | "unknown" | "expired";

/** Something that appends. Never rejects. */
export type Append = (operation: Operation, timeoutMs: number) => Promise<Outcome>;

const EVENT = "chaos.Touched";

/** Does what an operation says in a transaction, and gives what it tells the graph. */
async function work(client: MongoLikeClient, given: ClientSession, { id, plan }: Operation) {
  const session = given as unknown as MongoSession;
  const numbers = new Map<string, number>();
  // In one order, whatever the operation's: the servers have no deadlocks, only conflicts.
  for (const { node } of plan.touches) {
    numbers.set(node, await client.increment(session, `counter ${node}`));
  }
  const entry = entryOf(id, plan, numbers);
  await client.insertAll(session, { [`document ${id}`]: id, [`ledger ${id}`]: entry });
  return { type: EVENT, mutations: allMutationsOf(entry) };
}

/** An application that writes in transactions of its own. */
export function writerAppend(client: MongoLikeClient): Append {
  const writer = new OutboxWriter(client.outbox(), { source: "sim" });
  return (operation, timeoutMs) =>
    outcomeOf(
      writer.transact({ id: operation.id, timeoutMs }, async ({ session, add }) => {
        add(await work(client, session, operation));
      }),
    );
}

/** An append service, which commits what comes at one time in one transaction. */
export function serviceAppend(client: MongoLikeClient): Append {
  const operations = new Map<EntryId, Operation>();
  const outbox: Outbox = client.outbox();
  const write = async (session: ClientSession, { entry: { id } }: CheckedAppend) =>
    written(id, await work(client, session, operations.get(id) as Operation));
  const identity = (append: CheckedAppend) => ({ id: append.entry.id, idGiven: true, append });
  const group = new GroupCommit(
    {
      async together(appends, timeoutMs) {
        const writeAll = async (
          session: ClientSession,
          fresh: readonly { readonly append: CheckedAppend }[],
        ): Promise<Written[]> => {
          const all: Written[] = [];
          for (const { append } of fresh) all.push(await write(session, append));
          return all;
        };
        try {
          const results = await commitGroup(outbox, appends.map(identity), writeAll, { timeoutMs });
          return results.map((result) => (result instanceof Error ? refusal(result) : result));
        } catch (error) {
          throw new NotTogether(error instanceof OutcomeUnknown, error);
        }
      },
      async alone(append, { timeoutMs, signal }, undecided) {
        try {
          const own = (session: ClientSession): Promise<Written> => write(session, append);
          const one = { ...identity(append), undecided, write: own };
          return await commitAppend(outbox, one, { timeoutMs, signal });
        } catch (error) {
          return refusal(error);
        }
      },
      late: (_, begun) => ({ kind: begun ? "outcome_unknown" : "out_of_time", message: "late" }),
    },
    GROUP_RULES,
  );
  return async (operation, timeoutMs) => {
    operations.set(operation.id, operation);
    const { signal } = new AbortController();
    const [result] = await group.commit([checked(operation)], { timeoutMs, signal });
    if (result === undefined) throw new Error("an append without a result");
    if (!("kind" in result)) return "ok";
    if (result.kind === "broken") throw result.error;
    if (result.kind === "id_expired") return "expired";
    return result.kind === "outcome_unknown" || result.kind === "unavailable"
      ? "unknown"
      : "failed";
  };
}

function written(id: EntryId, event: { type: string; mutations: readonly unknown[] }): Written {
  const events = [create(EventSchema, event as never)];
  return { entry: prepareEntry(create(EntrySchema, { id, source: "sim", events })), documents: [] };
}

function checked({ id }: Operation): CheckedAppend {
  const entry = prepareEntry(create(EntrySchema, { id, source: "sim" }));
  return { entry, idGiven: true, writes: [], bytes: 100 };
}

function refusal(error: unknown) {
  const message = String(error);
  if (error instanceof IdExpired) return { kind: "id_expired", message } as const;
  if (error instanceof TransactionGaveUp) return { kind: "conflict", message } as const;
  if (error instanceof OutcomeUnknown) return { kind: "outcome_unknown", message } as const;
  return { kind: "broken", error } as const;
}

async function outcomeOf(done: Promise<unknown>): Promise<Outcome> {
  try {
    await done;
    return "ok";
  } catch (error) {
    if (error instanceof TransactionGaveUp) return "failed";
    if (error instanceof OutcomeUnknown) return "unknown";
    if (error instanceof IdExpired) return "expired";
    throw error;
  }
}
