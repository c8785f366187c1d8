/** A place in somebody's server, to write into and to empty again. */
export interface Scratch {
  /** @throws ScratchRefused when it holds anything that this command did not make. */
  look(): Promise<void>;
  /** Marks it as ours, and removes what an earlier run left. Only after `look`. */
  take(): Promise<Claimed>;
}

/** A place that bears our mark. */
export interface Claimed {
  /** Removes everything of ours, the mark last. */
  clear(): Promise<void>;
}

/** A place is not ours to write into, and was not written to. */
export class ScratchRefused extends Error {
  override readonly name = "ScratchRefused";
}
