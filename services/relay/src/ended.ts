import { CallFailed } from "./call-failed.ts";

/** Why a relay, or one term of it, came to its end. */
export type Ended =
  /** It was told to. */
  | { readonly kind: "stopped" }
  /** Another relay owns the lane, or may do so by now. A fresh take-over attempt follows. */
  | { readonly kind: "stepped_down"; readonly why: string }
  /** What it read from failed. A start follows, which is always a take-over. */
  | { readonly kind: "broken_off"; readonly why: string }
  /** It cannot go on without a person. Everything is kept. */
  | { readonly kind: "halted"; readonly why: string; readonly cause: unknown };

/** Thrown where a wait is cut short because the term is over; whoever ended it says why. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("the term is over");
  }
}

/** Thrown where a person has to decide. The message says what happened and what to do. */
export class Halt extends Error {
  override readonly name: string = "Halt";
}

/**
 * Thrown where the graph was put back, or somebody wrote its journal, while a relay was at work. A
 * start follows, which judges what is there now.
 */
export class HistoryMoved extends Error {
  override readonly name = "HistoryMoved";
}

/** Thrown where another relay turns out to own the lane. */
export class SteppedDown extends Error {
  override readonly name = "SteppedDown";
}

/** Thrown where reading failed: a start follows, whatever the reason. */
export class BrokenOff extends Error {
  override readonly name = "BrokenOff";
}

/** How a term ends that threw this. */
export function endedBy(error: unknown): Ended {
  if (error instanceof Interrupted) return { kind: "stopped" };
  if (error instanceof SteppedDown) return { kind: "stepped_down", why: error.message };
  if (error instanceof HistoryMoved) return { kind: "broken_off", why: error.message };
  if (error instanceof BrokenOff) return { kind: "broken_off", why: error.message };
  if (error instanceof Halt) return { kind: "halted", why: error.message, cause: error };
  if (error instanceof CallFailed) return endedByCall(error);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { kind: "halted", why: `something that nobody foresaw: ${what}`, cause: error };
}

function endedByCall(error: CallFailed): Ended {
  const why = error.message;
  switch (error.kind) {
    case "transient":
    case "fenced":
      return { kind: "stepped_down", why };
    case "too_big":
    case "poison":
    case "history_moved":
    case "unknown":
      return { kind: "halted", why, cause: error };
  }
}
