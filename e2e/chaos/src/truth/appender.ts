import type { Operation } from "./evidence.ts";
import type { Plan } from "./plan.ts";

/** A way to append: by the library, or by the service. */
export interface Appender extends AsyncDisposable {
  /**
   * Appends an entry of this id, by a plan, together with its counters, its place in the ledger and its
   * document, in one transaction. Never throws what the writer's own contract foresees.
   */
  append(id: string, plan: Plan): Promise<Answer>;
}

/** What a writer was told. */
export interface Answer extends Pick<Operation, "outcome" | "raced"> {
  /** What it was told in words, where it was not ok. */
  readonly why?: string;
}
