import { fileURLToPath } from "node:url";
import { type ManagedProcess, startProcess } from "@outgraph/stack";

const APPEND = fileURLToPath(new URL("../../../../services/append/src/main.ts", import.meta.url));
const ECHO = fileURLToPath(new URL("./echo-main.ts", import.meta.url));
const LISTENING = /"url":"(http:[^"]+)"/;

/** A server as a process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly process: ManagedProcess;
}

/** The append service, with its own defaults. @param env other settings. */
export async function startAppendService(
  mongodbUri: string,
  database: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningServer> {
  const server = await start("append", APPEND, {
    OUTGRAPH_MONGODB_URI: mongodbUri,
    OUTGRAPH_DATABASE: database,
    OUTGRAPH_LISTEN: "127.0.0.1:0",
    ...env,
  });
  const ready = async (): Promise<boolean> => (await fetch(`${server.url}/readyz`)).ok;
  while (!(await ready())) await new Promise((resolve) => setTimeout(resolve, 50));
  return server;
}

/** A bare connect-node server that answers as the append service does, and does nothing. */
export async function startEcho(): Promise<RunningServer> {
  return await start("echo", ECHO, {});
}

async function start(
  name: string,
  main: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const process = await startProcess({
    name,
    command: globalThis.process.execPath,
    args: [...(globalThis.process.env["BENCH_NODE_ARGS"]?.split(" ") ?? []), main],
    env,
    ready: LISTENING,
  });
  return { url: LISTENING.exec(process.logTail())?.[1] as string, process };
}
