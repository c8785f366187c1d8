import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "./engine.ts";

/** A server's whole data folder as it was, to put back later: as from a backup. */
export interface DataCopy extends AsyncDisposable {
  /**
   * Puts the server back to this state: it is killed, its data replaced, and started again at the
   * same address. Resolves when it takes work. May be done more than once.
   */
  putBack(): Promise<void>;
}

/**
 * Copies the data of a server that is a process here. The server is killed for it, so that the files
 * hold still, and is not started again: `restart` or `putBack` do that.
 *
 * @throws when the server is not a process of ours.
 */
export async function copyData(server: Engine): Promise<DataCopy> {
  const { dataDir } = server;
  if (dataDir === undefined) throw new Error(`a ${server.kind} has no data folder to copy`);
  await server.kill();
  const copy = await mkdtemp(join(tmpdir(), "outgraph-copy-"));
  await cp(dataDir, copy, { recursive: true });
  return {
    async putBack() {
      await server.kill();
      await rm(dataDir, { recursive: true });
      await cp(copy, dataDir, { recursive: true });
      await server.restart();
    },
    [Symbol.asyncDispose]: () => rm(copy, { recursive: true, force: true }),
  };
}
