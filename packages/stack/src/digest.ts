import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** The SHA-256 of a file's content, in hexadecimal. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** Refuses a file that is not, byte for byte, the one we know. @throws DigestMismatch */
export async function checkFile(path: string, sha256: string): Promise<void> {
  const found = await sha256Of(path);
  if (found !== sha256) throw new DigestMismatch([`${path}: expected ${sha256}, got ${found}`]);
}

/**
 * Refuses a folder that does not hold exactly the files of a lock list with exactly their content.
 *
 * @param lock lines as `sha256sum` writes them: digest, two spaces, name.
 * @throws DigestMismatch naming every file that is missing, foreign or different.
 */
export async function checkFolder(folder: string, lock: string): Promise<void> {
  const expected = parseLock(lock);
  const present = await readdir(folder);
  const found = await Promise.all(
    present.map(async (name) => [name, await sha256Of(join(folder, name))] as const),
  );
  const faults = compare(expected, new Map(found));
  if (faults.length > 0) throw new DigestMismatch(faults);
}

/** What is wrong with `found`, one line a file; nothing when it equals `expected`. */
export function compare(
  expected: ReadonlyMap<string, string>,
  found: ReadonlyMap<string, string>,
): readonly string[] {
  const faults: string[] = [];
  for (const [name, sha256] of expected) {
    const other = found.get(name);
    if (other === undefined) faults.push(`${name}: missing`);
    else if (other !== sha256) faults.push(`${name}: expected ${sha256}, got ${other}`);
  }
  for (const name of found.keys()) if (!expected.has(name)) faults.push(`${name}: not expected`);
  return faults;
}

/** Name → digest, from lines as `sha256sum` writes them. */
export function parseLock(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [sha256, name] = line.split("  ");
    if (!name || !/^[0-9a-f]{64}$/.test(sha256 ?? "")) throw new Error(`not a lock line: ${line}`);
    entries.set(name, sha256 ?? "");
  }
  return entries;
}

/** Something downloaded is not what we know; nothing of it was installed. */
export class DigestMismatch extends Error {
  override readonly name = "DigestMismatch";

  constructor(faults: readonly string[]) {
    super(`refused a download, its SHA-256 differs:\n  ${faults.join("\n  ")}`);
  }
}
