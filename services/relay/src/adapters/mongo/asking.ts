import { classifyMongo } from "@outgraph/failure";
import { OutboxUnusable } from "@outgraph/outbox";
import { CallFailed } from "../../call-failed.ts";

/** Asks MongoDB, and says what failed in the words of the whole system. */
export async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw translated(error);
  }
}

/** What a driver threw, as a failed call. */
export function translated(error: unknown): unknown {
  if (error instanceof CallFailed) return error;
  if (error instanceof OutboxUnusable) {
    // A replica set is initiated once, and a relay may be there before; the rest wants a person.
    const kind = error.reason === "not_initiated" ? "transient" : "unknown";
    return new CallFailed({ kind, code: error.reason, message: error.message, cause: error });
  }
  const { kind, code, message, cause } = classifyMongo(error);
  return new CallFailed({ kind, code, message: `MongoDB: ${message}`, cause });
}
