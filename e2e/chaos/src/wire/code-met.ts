import type { FailureKind } from "@outgraph/failure";

/** What became of one code at one place. */
export interface CodeMet {
  readonly code: string;
  readonly place: string;
  readonly kind: FailureKind;
  readonly fired: boolean;
  /** What was not as its kind says. */
  readonly wrong: readonly string[];
}
