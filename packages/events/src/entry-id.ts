import { hash, randomUUID } from "node:crypto";

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
  // All of a random UUID is random but its version and variant; Node has many in store, where
  // `randomBytes` asks the system each time.
  const random = randomUUID();
  if (now > lastTime) {
    lastTime = now;
    lastCounter = Number.parseInt(random.slice(15, 18), 16) & 0x7ff;
  } else if (++lastCounter > 0xfff) {
    lastTime += 1;
    lastCounter = 0;
  }
  return format(lastTime, lastCounter, random.slice(19, 23) + random.slice(24));
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
  const name = hash("sha256", text, "hex");
  return format(time.getTime(), Number.parseInt(name.slice(1, 4), 16), name.slice(4, 20));
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
  const bytes = Buffer.allocUnsafe(16); // from the pool, and as the driver wants it
  let place = 0;
  for (let i = 0; place < 16; i += 2) {
    if (id.charCodeAt(i) === DASH) i += 1;
    bytes[place++] = (digit(id.charCodeAt(i)) << 4) | digit(id.charCodeAt(i + 1));
  }
  return bytes;
}

const DASH = 0x2d;

/** The value of a hexadecimal digit in lower case, by its code. */
function digit(code: number): number {
  return code < 0x61 ? code - 0x30 : code - 0x57;
}

/** The id that has these 16 bytes. @throws RangeError when they are no UUIDv7. */
export function entryIdFromBytes(bytes: Uint8Array): EntryId {
  const hex = Buffer.from(bytes).toString("hex");
  return entryId(dashed(hex));
}

/** `random` gives the last 62 bits, as 16 hexadecimal digits whose first two bits become the variant. */
function format(time: number, counter: number, random: string): EntryId {
  if (!Number.isInteger(time) || time < 0 || time > TIME_MAX) {
    throw new RangeError(`a UUIDv7 cannot carry the time ${time}`);
  }
  const version = (0x7000 | counter).toString(16);
  const variant = (0x8 | (Number.parseInt(random.charAt(0), 16) & 0x3)).toString(16);
  return dashed(`${time.toString(16).padStart(12, "0")}${version}${variant}${random.slice(1)}`);
}

function dashed(hex: string): EntryId {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as EntryId;
}
