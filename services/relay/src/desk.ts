import type { EntryId } from "@outgraph/events";

/** What a person can tell the relay that owns the lane. */
export type Order =
  | { readonly kind: "retry"; readonly entry: EntryId }
  | { readonly kind: "retry_all" }
  | {
      readonly kind: "skip";
      readonly entry: EntryId;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly kind: "pause"; readonly by: string }
  | { readonly kind: "resume" };

/** What came of an order. */
export type Outcome =
  /** It was done. `released`: how many entries nothing holds back any more, and which go next. */
  | { readonly kind: "done"; readonly released: number }
  /** It was tried, and failed as before; what it blocks stays blocked. */
  | { readonly kind: "failed_again"; readonly error: string }
  /** It cannot be done; nothing was changed. */
  | {
      readonly kind: "refused";
      readonly because: "not_parked" | "blocked" | "paused";
      readonly why: string;
    }
  /** This relay does not own the lane; nothing was changed. */
  | { readonly kind: "not_owner" }
  /** The relay ceased to own the lane in the midst of it: whether it was done, the outbox tells. */
  | { readonly kind: "interrupted"; readonly why: string };

/** An order on the desk. */
export interface Ordered {
  readonly order: Order;
  /** Tells who gave it. */
  readonly answer: (outcome: Outcome) => void;
}

/**
 * Where orders wait for the relay that carries entries: it takes them between two batches. Nobody
 * waits here while no one carries.
 */
export class Desk {
  #orders: Ordered[] = [];
  #onOrder: (() => void) | undefined;

  /** Gives an order, and waits for what comes of it. */
  give(order: Order): Promise<Outcome> {
    const onOrder = this.#onOrder;
    if (onOrder === undefined) return Promise.resolve({ kind: "not_owner" });
    return new Promise((resolve) => {
      this.#orders.push({ order, answer: resolve });
      onOrder();
    });
  }

  /** Whoever carries begins to take orders. @param onOrder told of each. */
  open(onOrder: () => void): void {
    this.#onOrder = onOrder;
  }

  /** The next order. */
  take(): Ordered | undefined {
    return this.#orders.shift();
  }

  /** Nobody takes orders any more. */
  close(): void {
    this.#onOrder = undefined;
    for (const { answer } of this.#orders.splice(0)) answer({ kind: "not_owner" });
  }
}
