import { fileURLToPath } from "node:url";
import { type ManagedProcess, startProcess, waitUntil } from "@outgraph/stack";

/** The program. */
export const APPEND_MAIN: string = fileURLToPath(new URL("../main.ts", import.meta.url));
const LISTENING = /"url":"(https?:[^"]+)"/g;

/** The service as a process of its own. */
export interface RunningAppend extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly process: ManagedProcess;
}

/** Starts the service on a free port. @param env more of its variables. */
export async function startAppend(
  mongodbUri: string,
  database: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningAppend> {
  const process = await startProcess({
    name: "append",
    command: globalThis.process.execPath,
    args: [APPEND_MAIN],
    env: {
      OUTGRAPH_MONGODB_URI: mongodbUri,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      ...env,
    },
    ready: LISTENING,
  });
  const url = [...process.logTail().matchAll(LISTENING)].at(-1)?.[1] as string;
  return {
    url,
    port: Number(new URL(url).port),
    process,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** The same; resolves when it takes appends. */
export async function startReadyAppend(
  ...where: Parameters<typeof startAppend>
): Promise<RunningAppend> {
  const service = await startAppend(...where);
  try {
    await untilReady(service.url);
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return service;
}

/** Resolves when the service says that it is ready. */
export async function untilReady(url: string): Promise<void> {
  const isReady = async () => (await readiness(url)).ready;
  await waitUntil(isReady, { what: "the append service is ready", timeoutMs: 30_000 });
}

/** Whether the service says that it is ready, and why not. */
export async function readiness(url: string): Promise<{ ready: boolean; reason?: string }> {
  return (await (await fetch(`${url}/readyz`)).json()) as { ready: boolean; reason?: string };
}

/** The same MongoDB through another address, such as a proxy's. */
export function mongodbUriVia(uri: string, address: string): string {
  const via = new URL(uri);
  via.host = address;
  // The driver would otherwise go to the address that the replica set tells.
  via.searchParams.delete("replicaSet");
  via.searchParams.set("directConnection", "true");
  return via.toString();
}

/** "127.0.0.1:27017" */
export function addressOf(uri: string): string {
  return new URL(uri).host;
}
