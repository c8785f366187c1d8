import { createHash, randomBytes } from "node:crypto";

/** What every key begins with, so that people and scanners of secrets recognise one. */
const PREFIX = "outgraph_";

/** A new key: 256 random bits, which nobody can guess. Shown once; only its hash is kept. */
export function newKey(): string {
  return PREFIX + randomBytes(32).toString("base64url");
}

/**
 * What the access file keeps of a key: the scheme and the hash, `sha256:9f86d0…`.
 *
 * A fast hash is right here, and only here: a key is random and long, so trying keys is hopeless at
 * any speed. It would be wrong for passwords that people think of.
 */
export function hashedKey(key: string): string {
  return `sha256:${digestOfKey(key).toString("hex")}`;
}

/** The SHA-256 of a key. */
export function digestOfKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
