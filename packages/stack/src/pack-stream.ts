/** What little of PackStream a proxy has to read and write: texts, and maps of texts. */

/** The text that begins at `at`, or "" when something else does. */
export function textAt(bytes: Buffer, at: number): string {
  const marker = bytes[at] ?? 0;
  if (marker >= 0x80 && marker <= 0x8f) return slice(bytes, at + 1, marker - 0x80);
  if (marker === 0xd0) return slice(bytes, at + 2, bytes.readUInt8(at + 1));
  if (marker === 0xd1) return slice(bytes, at + 3, bytes.readUInt16BE(at + 1));
  if (marker === 0xd2) return slice(bytes, at + 5, bytes.readUInt32BE(at + 1));
  return "";
}

/** A text, as bytes. */
export function packText(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const header = Buffer.alloc(5, 0xd2);
  header.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([header, bytes]);
}

/** A map of at most 15 texts, as bytes. */
export function packTexts(texts: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(texts);
  if (pairs.length > 15) throw new RangeError(`${pairs.length} texts, and 15 is the most`);
  return Buffer.concat([
    Buffer.from([0xa0 + pairs.length]),
    ...pairs.flat().map((each) => packText(each)),
  ]);
}

function slice(bytes: Buffer, at: number, length: number): string {
  return bytes.toString("utf8", at, at + length);
}
