import { readFile, stat } from "node:fs/promises";
import type { Signals } from "@outgraph/telemetry";

/** What is told of files that are read again when they change. */
export interface FileSignals {
  /** They changed, and what they say now counts. */
  "files.read": { readonly files: readonly string[] };
  /** They changed and cannot be used; what they said before still counts. Said once a change. */
  "files.refused": { readonly files: readonly string[]; readonly err: unknown };
}

/** What some files say. */
export interface Followed<T> {
  /** As of the last good reading. */
  readonly now: T;
  /** Looks no more. */
  close(): void;
}

/** How often files are looked at, in milliseconds; a change counts when it has lasted for one look. */
const LOOK_MS = 1_000;

/**
 * Reads files, and again when one of them has changed, whatever way it was replaced (also by a
 * symbolic link, as Kubernetes does). A file that is still being written is left alone: a change
 * counts within two looks or so.
 *
 * @param read makes sense of their contents, in order; what it throws refuses them.
 * @throws Error at the first reading, when they cannot be had or used; it names the files.
 */
export async function followFiles<T>(
  files: readonly string[],
  read: (contents: readonly Buffer[]) => T | Promise<T>,
  signals: Signals<FileSignals>,
  lookMs: number = LOOK_MS,
): Promise<Followed<T>> {
  const readAll = async (): Promise<T> => read(await Promise.all(files.map((f) => readFile(f))));
  let known = await marks(files); // before reading: what changes meanwhile is read again
  let now = await readAll().catch((cause: unknown) => {
    throw new Error(`${files.join(", ")}: ${messageOf(cause)}`, { cause });
  });
  let seen = known;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const look = async (): Promise<void> => {
    const before = seen;
    seen = await marks(files);
    if (seen === known || seen !== before) return; // nothing new, or it is changing right now
    known = seen;
    try {
      now = await readAll();
      if (!closed) signals.emit("files.read", { files });
    } catch (err) {
      if (!closed) signals.emit("files.refused", { files, err });
    }
  };
  const again = (): void => {
    if (closed) return;
    timer = setTimeout(() => void look().then(again), lookMs);
    timer.unref();
  };
  again();
  return {
    get now() {
      return now;
    },
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Tells one state of the files from another; a file that is not there is a state too. */
async function marks(files: readonly string[]): Promise<string> {
  const each = files.map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(() => undefined);
    return found === undefined ? "none" : `${found.ino}/${found.size}/${found.mtimeNs}`;
  });
  return (await Promise.all(each)).join(" ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
