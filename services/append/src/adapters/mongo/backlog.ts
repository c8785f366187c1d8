import { type BacklogDocument, META_ID } from "@outgraph/outbox";
import type { Backlog } from "../../ports.ts";
import type { OutboxAccess } from "./outbox-access.ts";

/** How old an answer may be, in milliseconds. */
const FRESH_MS = 1_000;

/** The backlog that the relay publishes in `outbox_meta`. */
export class MongoBacklog implements Backlog {
  readonly #access: OutboxAccess;
  #known: number | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(access: OutboxAccess) {
    this.#access = access;
  }

  entries(): number | undefined {
    if (performance.now() - this.#askedAt > FRESH_MS) void this.refresh();
    return this.#known;
  }

  /** Asks now. When MongoDB cannot be asked, what was known stays; appends fail by themselves then. */
  async refresh(): Promise<void> {
    const { outbox } = this.#access;
    if (outbox === undefined) return;
    this.#askedAt = performance.now();
    try {
      const found = await outbox.meta.findOne({ _id: META_ID.backlog });
      this.#known = found === null ? undefined : Number((found as BacklogDocument).entries);
    } catch {
      this.#askedAt = Number.NEGATIVE_INFINITY;
    }
  }
}
