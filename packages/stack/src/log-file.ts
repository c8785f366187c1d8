import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/**
 * The end of a text file, from a whole line on, or "" when there is no such file.
 *
 * @param bytes how much to read from the end at most. Default 8 KiB.
 */
export function tailOf(path: string, bytes: number = 8 * 1024): string {
  const text = readFrom(path, (size) => Math.max(0, size - bytes));
  return lengthOf(path) <= bytes ? text : text.slice(text.indexOf("\n") + 1);
}

/** What was written to a text file after its first `offset` bytes. */
export function textAfter(path: string, offset: number): string {
  return readFrom(path, () => offset);
}

/** The length of a file in bytes; 0 when there is none. */
export function lengthOf(path: string): number {
  const file = open(path);
  if (file === undefined) return 0;
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}

function readFrom(path: string, startAt: (size: number) => number): string {
  const file = open(path);
  if (file === undefined) return "";
  try {
    const size = fstatSync(file).size;
    const start = startAt(size);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, start));
  } finally {
    closeSync(file);
  }
}

function open(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
