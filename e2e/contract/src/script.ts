import type { RefusalKind } from "./refusal-kinds.ts";
import type { Stage } from "./stage.ts";

/** One row of the table. */
export interface Case {
  /** What is done. */
  readonly name: string;
  /** What every language must get for each call, in the words of `inWords`. */
  readonly expect: readonly string[];
  /** Which refusals of the service it shows. */
  readonly refusals?: readonly RefusalKind[];
  /** Does it, and gives the outcomes in the order of the calls. */
  play(on: Stage): Promise<readonly string[]>;
}
