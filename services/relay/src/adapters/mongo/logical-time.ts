import { Timestamp } from "mongodb";
import { type At, at } from "../../at.ts";

/** A time of MongoDB's as the core counts it. */
export function atOf(time: Timestamp): At {
  return at((BigInt(time.t) << 32n) | BigInt(time.i));
}

/** A time as MongoDB stores it. */
export function timestampOf(time: At): Timestamp {
  return new Timestamp({ t: Number(time >> 32n), i: Number(time & 0xffff_ffffn) });
}
