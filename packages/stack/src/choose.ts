import type { EngineKind } from "./engine.ts";

const KINDS: readonly EngineKind[] = ["uri", "container", "process"];

export interface Wish {
  /** What the caller insists on. */
  readonly from: EngineKind | undefined;
  /** The value of OUTGRAPH_STACK. */
  readonly forced: string | undefined;
  /** The value of the engine's URI variable. */
  readonly uri: string | undefined;
  /** The name of that variable, for errors. */
  readonly uriVariable: string;
  /** More than one URI or container can give: three members, or a data folder. */
  readonly ownProcess: boolean;
}

/**
 * The ways to try, in this order, for one engine.
 *
 * The caller's word comes before the environment's, since a test that kills its server cannot do
 * with one given by URI. A URI, when given, is the only way: a server that does not answer there
 * must not be replaced by another in silence.
 *
 * @throws when a URI is insisted on and none is given, and for an unknown word.
 */
export function waysToTry(wish: Wish): readonly EngineKind[] {
  const way = wish.from ?? (wish.forced || undefined);
  if (way !== undefined) {
    const kind = KINDS.find((each) => each === way);
    if (kind === undefined) {
      throw new Error(`OUTGRAPH_STACK is "${way}"; it may be ${KINDS.join(", ")}`);
    }
    if (kind === "uri" && !wish.uri) throw new Error(`${wish.uriVariable} is not set`);
    return [kind];
  }
  if (wish.ownProcess) return ["process"];
  return wish.uri ? ["uri"] : ["container", "process"];
}
