import { join } from "node:path";
import { type ManagedProcess, startProcess } from "@outgraph/stack";

const ROOT = join(import.meta.dirname, "../../..");

/** Where the services find their servers, and what else they are told. */
export interface Surroundings {
  readonly mongodbUri: string;
  readonly neo4jUri: string;
  readonly database: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A service that runs as a process of its own, on a free loopback port. */
export interface Service extends AsyncDisposable {
  readonly url: string;
  readonly process: ManagedProcess;
}

/** The program of a service. */
export function servicePath(name: "append" | "relay"): string {
  return join(ROOT, `services/${name}/src/main.ts`);
}

/** Starts a service as its users do, and resolves when it listens. */
export async function startService(
  name: "append" | "relay",
  { mongodbUri, neo4jUri, database, env = {} }: Surroundings,
): Promise<Service> {
  const service = await startProcess({
    name,
    command: process.execPath,
    args: [servicePath(name)],
    env: {
      OUTGRAPH_MONGODB_URI: mongodbUri,
      OUTGRAPH_NEO4J_URI: name === "relay" ? neo4jUri : undefined,
      OUTGRAPH_DATABASE: database,
      OUTGRAPH_LISTEN: "127.0.0.1:0",
      ...env,
    },
    ready: /"msg":"listening"/,
  });
  const url = /"url":"([^"]+)"/.exec(service.logTail())?.[1];
  if (url === undefined) throw new Error(`${name} did not say where it listens`);
  return { url, process: service, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

/** Calls a method as a Connect client does that knows nothing but JSON. @throws Error for an answer other than 200. */
export async function call<T>(
  { url }: Service,
  method: string,
  request: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(`${url}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(request),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`${method} answered ${response.status}: ${body}`);
  return JSON.parse(body) as T;
}
