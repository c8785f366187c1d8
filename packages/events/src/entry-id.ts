import { hash, randomBytes } from "node:crypto";

/** The id of an entry: a UUIDv7 in lower case, checked once where it enters. */
export type EntryId = string & { readonly __brand: "EntryId" };

const UUID_V7: RegExp = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Milliseconds that fit the 48 bits of a UUIDv7. */
const TIME_MAX = 2 ** 48 - 1;

let lastTime = 0;
let lastCounter = 0;

/**
 * A new entry id that carries the present time, greater than every id this process made before.
 *
 * Within one millisecond the 12 bits after the version count up from a random start, as RFC 9562
 * §6.2 method 1 has it; when they run out, the time part runs ahead by a millisecond.
 */
export function newEntryId(now: number = Date.now()): EntryId {
  const random = randomBytes(10);
  if (now > lastTime) {
    lastTime = now;
    lastCounter = random.readUInt16BE(0) & 0x7ff;
  } else if (++lastCounter > 0xfff) {
    lastTime += 1;
    lastCounter = 0;
  }
  const tail = random.subarray(2);
  return format(lastTime, lastCounter, tail);
}

/**
 * The id of something that has a time and a name of its own, such as a job: the same two always
 * give the same id, in every language. The 74 bits after the time are the start of the SHA-256 of
 * the UTF-8 text.
 *
 * @param time whole milliseconds; it must not change between retries (a job's creation, not now).
 * @throws RangeError when the time is before 1970 or past the year 10889.
 */
export function entryIdFor(time: Date, text: string): EntryId {
  const name = hash("sha256", text, "buffer");
  return format(time.getTime(), name.readUInt16BE(0) & 0xfff, name.subarray(2, 10));
}

/** Whether the text is a UUIDv7 in lower case. */
export function isEntryId(text: string): text is EntryId {
  return UUID_V7.test(text);
}

/** The text as an entry id. @throws RangeError when it is none. */
export function entryId(text: string): EntryId {
  if (!isEntryId(text)) throw new RangeError(`not a UUIDv7 in lower case: ${JSON.stringify(text)}`);
  return text;
}

/** The time an id carries, in milliseconds since 1970. */
export function entryIdTime(id: EntryId): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The 16 bytes of an id, in the order in which they sort by time. */
export function entryIdBytes(id: EntryId): Uint8Array {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

/** The id that has these 16 bytes. @throws RangeError when they are no UUIDv7. */
export function entryIdFromBytes(bytes: Uint8Array): EntryId {
  const hex = Buffer.from(bytes).toString("hex");
  return entryId(dashed(hex));
}

/** `random` gives the last 62 bits, from 8 bytes whose first two bits become the variant. */
function format(time: number, counter: number, random: Uint8Array): EntryId {
  if (!Number.isInteger(time) || time < 0 || time > TIME_MAX) {
    throw new RangeError(`a UUIDv7 cannot carry the time ${time}`);
  }
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(time, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.set(random.subarray(0, 8), 8);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return dashed(bytes.toString("hex")) as EntryId;
}

function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
