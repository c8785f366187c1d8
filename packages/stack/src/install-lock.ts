import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

// The holder touches its lock every BEAT_MS; one not touched for STALE_MS belongs to nobody. The
// factor leaves room for a machine that is busy unpacking.
const BEAT_MS = 2_000;
const STALE_MS = 30_000;
const ASK_AGAIN_MS = 200;

/**
 * Runs `work` while holding the lock file `path`, after any other holder is done.
 *
 * A holder that crashed does not block: its lock is taken over at once when its process is gone from
 * this machine, and after 30 s without a sign of life otherwise. When a lock is taken from a living
 * holder all the same (a machine asleep for long), both work; so `work` has to end in one atomic
 * step, as `cached` does.
 */
export async function withInstallLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const mine = `${hostname()} ${process.pid}\n`;
  while (!(await tryTake(path, mine))) await pause(ASK_AGAIN_MS);

  const beat = setInterval(() => {
    // Gone only when somebody judged us dead; `work` ends in an atomic step for that case.
    utimes(path, new Date(), new Date()).catch(() => {});
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await read(path))?.holder === mine) await rm(path, { force: true });
  }
}

async function tryTake(path: string, mine: string): Promise<boolean> {
  try {
    await writeFile(path, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const lock = await read(path);
  if (lock === undefined) return false; // freed between the two calls: ask again
  if (isStale(lock, { now: Date.now(), host: hostname(), isAlive })) await clearAway(path, mine);
  return false;
}

export interface Lock {
  /** `<host> <pid>\n`, or less while it is being written. */
  readonly holder: string;
  /** The last sign of life, in milliseconds since 1970. */
  readonly touchedAt: number;
}

export interface Judge {
  readonly now: number;
  readonly host: string;
  isAlive(pid: number): boolean;
}

/** Whether the lock's holder is gone. */
export function isStale(lock: Lock, judge: Judge): boolean {
  if (judge.now - lock.touchedAt > STALE_MS) return true;
  const [host, pid] = lock.holder.trim().split(" ");
  return host === judge.host && Number(pid) > 0 && !judge.isAlive(Number(pid));
}

/** Renames before removing, so that of several who judged the same lock one alone removes it. */
async function clearAway(path: string, mine: string): Promise<void> {
  const aside = `${path}.stale-${mine.trim().replace(" ", "-")}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await rm(aside, { force: true });
}

async function read(path: string): Promise<Lock | undefined> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return { holder, touchedAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's, but alive
  }
}
