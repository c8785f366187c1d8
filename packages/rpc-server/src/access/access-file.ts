import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Grants } from "./grants.ts";
import { digestOfKey } from "./keys.ts";
import type { Principal } from "./principal.ts";

/** Who may call, and with what. */
export interface AccessList {
  /** The principal whose key this is. */
  byKey(key: string): Principal | undefined;
  /** The principal that one of these names of a certificate belongs to; the first that does, wins. */
  byCertificate(names: readonly string[]): Principal | undefined;
  /** The principal that a token's claim means. */
  bySubject(subject: string): Principal | undefined;
  /** How many there are. */
  readonly size: number;
}

const NAME = /^\*$|^_?\p{L}[\p{L}\p{Nd}_]*$/u;
const COLLECTION = /^(\*|[^/\\. "$*<>:|?\0]{1,63}\.(\*|[^$*\0]{1,200}))$/;
const KEY = /^sha256:[0-9a-f]{64}$/;

const names = (what: string) =>
  z.array(z.string().max(128).regex(NAME, `must be ${what}, or *`)).default([]);

const PRINCIPAL_SCHEMA = z.strictObject({
  keys: z
    .array(z.string().regex(KEY, "must be sha256: and 64 hexadecimal digits, as `keys new` prints"))
    .default([]),
  certificates: z
    .array(z.string().regex(/^(CN=|DNS:|URI:|email:)./, "must be CN=…, DNS:…, URI:… or email:…"))
    .default([]),
  subjects: z.array(z.string().min(1)).default([]),
  collections: z
    .array(z.string().regex(COLLECTION, "must be database.collection, database.* or *"))
    .default([]),
  labels: names("a label"),
  edgeTypes: names("an edge type"),
  relay: z.enum(["none", "read", "operate"]).default("none"),
});

const FILE_SCHEMA = z.strictObject({
  // The contract takes 256 bytes for who skipped an entry; control characters would spoil logs.
  principals: z.record(
    z
      .string()
      .regex(/^[^\p{Cc}]{1,64}$/u, "a principal's name has 1 to 64 characters, none of control"),
    PRINCIPAL_SCHEMA,
  ),
});

/**
 * Reads an access file: JSON, `{"principals": {"<name>": {"keys": […], "certificates": […],
 * "subjects": […], "collections": […], "labels": […], "edgeTypes": […], "relay": "none" | "read" |
 * "operate"}}}`, all of a principal's fields optional.
 *
 * @throws Error that names each place at fault, such as `principals.ingest.labels[2]`. No value is
 *   repeated in it, since somebody may have written a key where its hash belongs.
 */
export function accessList(text: string): AccessList {
  const read = FILE_SCHEMA.safeParse(parsed(text));
  if (!read.success) throw new Error(read.error.issues.map(faultOf).join("; "));

  const keys = new Owners("keys");
  const certificates = new Owners("certificates");
  const subjects = new Owners("subjects");
  const principals = Object.entries(read.data.principals);
  for (const [name, said] of principals) {
    const grants: Grants = {
      collections: new Set(said.collections),
      labels: new Set(said.labels),
      edgeTypes: new Set(said.edgeTypes),
      relay: said.relay,
    };
    const principal = { name, grants };
    keys.add(said.keys, principal);
    certificates.add(said.certificates, principal);
    subjects.add(said.subjects, principal);
  }
  const digests = keys.entries().map(([key, principal]) => {
    const digest = Buffer.from(key.slice("sha256:".length), "hex");
    return { digest, principal };
  });
  const buckets = Map.groupBy(digests, ({ digest }) => bucketOf(digest));
  return {
    size: principals.length,
    byKey(key) {
      const digest = digestOfKey(key);
      // Compared in constant time. The look-up tells at most some bits of a hash, of no use to anyone.
      const bucket = buckets.get(bucketOf(digest)) ?? [];
      return bucket.find((known) => timingSafeEqual(known.digest, digest))?.principal;
    },
    byCertificate: (names) => certificates.of(names.find((name) => certificates.of(name)) ?? ""),
    bySubject: (subject) => subjects.of(subject),
  };
}

/** Which principal something belongs to; to one at most. */
class Owners {
  readonly #field: string;
  readonly #owners = new Map<string, Principal>();

  constructor(field: string) {
    this.#field = field;
  }

  add(all: readonly string[], principal: Principal): void {
    for (const [index, one] of all.entries()) {
      const owner = this.#owners.get(one);
      if (owner !== undefined) {
        const place = `principals.${principal.name}.${this.#field}[${index}]`;
        throw new Error(`${place}: is already one of ${owner.name}`);
      }
      this.#owners.set(one, principal);
    }
  }

  of(one: string): Principal | undefined {
    return this.#owners.get(one);
  }

  entries(): [string, Principal][] {
    return [...this.#owners];
  }
}

function bucketOf(digest: Buffer): string {
  return digest.toString("latin1", 0, 4);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is not JSON"); // the parser's own message repeats a part of the file
  }
}

function faultOf(issue: z.core.$ZodIssue): string {
  const place = issue.path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "")
    .replace(/\p{Cc}/gu, "?");
  const [inner] = issue.code === "invalid_key" ? issue.issues : [];
  return `${place || "the file"}: ${(inner ?? issue).message}`;
}
