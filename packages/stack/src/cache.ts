import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { withInstallLock } from "./install-lock.ts";

/**
 * Where downloaded engines are kept: `OUTGRAPH_CACHE`, else `outgraph` in `XDG_CACHE_HOME`, else
 * `~/.cache/outgraph`. Never inside the source tree, so that a clean checkout keeps them.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env["OUTGRAPH_CACHE"]) return resolve(env["OUTGRAPH_CACHE"]);
  return join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "outgraph");
}

/**
 * The folder `name` of the cache; `fill` makes its content when it is not there yet.
 *
 * The folder appears complete or not at all: `fill` works in a folder beside it, which takes its
 * name at the end. Two processes do not fill at once: the second waits for the first.
 *
 * @param name also says what is in it, version and digest: content of a name never changes.
 * @throws what `fill` throws; nothing is left in the cache then.
 */
export async function cached(
  name: string,
  fill: (folder: string) => Promise<void>,
  cache: string = cacheFolder(),
): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  await withInstallLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return; // another process filled it while we waited
    await removeOldDrafts(name, cache);
    const draft = await mkdtemp(join(cache, `.${name}-`));
    try {
      await fill(draft);
      await rename(draft, folder);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return folder;
}

const OLD_MS = 60 * 60 * 1000; // no installation takes an hour; one that was killed left its draft

async function removeOldDrafts(name: string, cache: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    if (!entry.startsWith(`.${name}-`)) continue;
    const { mtimeMs } = await stat(join(cache, entry));
    if (Date.now() - mtimeMs > OLD_MS) await rm(join(cache, entry), { recursive: true });
  }
}
