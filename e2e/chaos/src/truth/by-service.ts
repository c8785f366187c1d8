import {
  AbortedError,
  createOutgraphClient,
  FailedPreconditionError,
  insertOne,
  OutgraphError,
  updateOne,
} from "@outgraph/client";
import { MongoClient } from "mongodb";
import type { Answer, Appender } from "./appender.ts";
import { type CounterDocument, LEDGER } from "./collections.ts";
import { mutationsOf } from "./mutations.ts";
import { entryOf } from "./plan.ts";

export interface ByServiceOptions {
  /** Where the append service listens. */
  readonly url: string;
  /** Where the counters are read. */
  readonly mongodbUri: string;
  readonly database: string;
  /** How long one append may take, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
}

/**
 * Appends by the append service. What a counter will give has to be known before the append is sent,
 * so it is read first, and the append holds only if it still stands there; else it raced.
 */
export async function appendByService(options: ByServiceOptions): Promise<Appender> {
  const { url, mongodbUri, database, timeoutMs = 20_000 } = options;
  const mongo = new MongoClient(mongodbUri, { appName: "chaos-reader" });
  const counters = mongo.db(database).collection<CounterDocument>(LEDGER.counters);
  const client = createOutgraphClient({ url, source: "chaos", timeoutMs, attemptTimeoutMs: 5_000 });
  return {
    async append(id, plan): Promise<Answer> {
      const nodes = plan.touches.map(({ node }) => node);
      const now = await counters
        .find({ _id: { $in: nodes } }, { readConcern: { level: "majority" } })
        .toArray();
      const entry = entryOf(id, plan, new Map(now.map(({ _id, n }) => [_id, n + 1])));
      const { touches, edges } = entry;
      const counted = touches.map(({ node, n }) =>
        updateOne(
          LEDGER.counters,
          { _id: node, n: n - 1 },
          { $inc: { n: 1 } },
          { expectedMatches: 1 },
        ),
      );
      const writes = [
        ...counted,
        insertOne(LEDGER.documents, { _id: id, about: nodes }),
        insertOne(LEDGER.entries, { _id: id, touches, edges }),
      ];
      try {
        const events = [{ type: "chaos.v1.Touched", mutations: mutationsOf(entry) }];
        await client.append({ id, events, writes });
        return { outcome: "ok" };
      } catch (error) {
        if (error instanceof OutgraphError) return answerTo(error);
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await mongo.close();
    },
  };
}

function answerTo(error: OutgraphError): Answer {
  const why = `${error.code}: ${error.message}`;
  // A match count that was not met names the write; an id that is too old names the id.
  const matches = error.fieldViolations.some(({ field }) => field.startsWith("writes"));
  if (error instanceof FailedPreconditionError && matches) {
    return { outcome: "failed", raced: true, why };
  }
  if (error instanceof AbortedError) return { outcome: "failed", raced: true, why };
  switch (error.code) {
    case "UNAVAILABLE":
    case "DEADLINE_EXCEEDED":
    case "CANCELLED":
    case "RESOURCE_EXHAUSTED": // an earlier attempt of the same call may have committed
      return { outcome: "unknown", why };
    default:
      throw error;
  }
}
