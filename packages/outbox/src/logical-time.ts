import { create } from "@bufbuild/protobuf";
import { type LogicalTime, LogicalTimeSchema } from "@outgraph/events";
import { Timestamp } from "mongodb";

/**
 * What an insert gives for a top-level field that the server shall stamp with its logical clock.
 * Only top-level fields are stamped, and only by inserts.
 */
export const STAMPED_BY_SERVER: Timestamp = new Timestamp({ t: 0, i: 0 });

/** Before every time that a server stamps. */
export const BEGINNING: Timestamp = new Timestamp({ t: 0, i: 1 });

/** From where to where in history, both ends included. */
export interface AtRange {
  readonly min: Timestamp;
  readonly max: Timestamp;
}

/** The contract's form of a stored time. */
export function logicalTimeOf(at: Timestamp): LogicalTime {
  return create(LogicalTimeSchema, { seconds: at.t, increment: at.i });
}

/** The stored form of a time of the contract. */
export function timestampOf(time: LogicalTime): Timestamp {
  return new Timestamp({ t: time.seconds, i: time.increment });
}

/** Below zero when `a` comes first in history, above when `b` does, zero when they are the same. */
export function compareAt(a: Timestamp, b: Timestamp): number {
  return a.t - b.t || a.i - b.i;
}

/** The smallest range that holds all these times. @throws RangeError when there are none. */
export function rangeOf(times: Iterable<Timestamp>): AtRange {
  let range: AtRange | undefined;
  for (const at of times) {
    if (range === undefined) range = { min: at, max: at };
    else if (compareAt(at, range.min) < 0) range = { min: at, max: range.max };
    else if (compareAt(at, range.max) > 0) range = { min: range.min, max: at };
  }
  if (range === undefined) throw new RangeError("no times, so no range");
  return range;
}
