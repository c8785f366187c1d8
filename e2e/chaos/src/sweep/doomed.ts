import {
  type ManagedProcess,
  type ProcessOptions,
  startProcess,
  startProxy,
} from "@outgraph/stack";
import type { Servers } from "../truth/index.ts";
import type { Moment, WireMoment } from "./moment.ts";

/** A process that is going to be killed at its moment. */
export interface Doomed extends AsyncDisposable {
  readonly process: ManagedProcess;
  /** Resolves once it was killed there. @throws when it was not in time, or ended in another way. */
  killed(timeoutMs: number): Promise<void>;
}

/** Starts a process that will be killed at the nth occurrence of a moment. Resolves when it runs. */
export async function startDoomed(
  servers: Servers,
  { moment, nth }: { readonly moment: Moment; readonly nth: number },
  program: (servers: Servers) => Pick<ProcessOptions, "name" | "args" | "env">,
): Promise<Doomed> {
  await using undo = new AsyncDisposableStack();
  let living: ManagedProcess | undefined;
  let fired = false;
  const kill = (): void => {
    fired = true;
    if (living === undefined) throw new Error("the moment came before the process was known");
    process.kill(living.pid, "SIGKILL");
  };
  let through = servers;
  let env: Record<string, string> = {};
  if ("port" in moment) {
    const once = moment.once === undefined ? "" : ` once ${moment.once}`;
    env = { OUTGRAPH_TEST_CRASH: `${moment.port} ${nth}${once}` };
  } else through = await undo.use(await wire(servers, moment, nth, kill)).servers;
  const { env: own, ...options } = program(through);
  living = await startProcess({ ...options, command: process.execPath, env: { ...own, ...env } });
  undo.use(living);
  const { exited } = living;
  const kept = undo.move();
  return {
    process: living,
    async killed(timeoutMs) {
      const timer = Promise.withResolvers<undefined>();
      const timeout = setTimeout(() => timer.resolve(undefined), timeoutMs);
      const exit = await Promise.race([exited, timer.promise]);
      clearTimeout(timeout);
      const log = `--- the end of its log ---\n${living.logTail()}`;
      if (exit === undefined) throw new Error(`the moment did not come in ${timeoutMs} ms\n${log}`);
      if (exit.signal === "SIGKILL" && (fired || "port" in moment)) return;
      throw new Error(
        `it ended by ${exit.signal ?? `code ${exit.code}`}, not at its moment\n${log}`,
      );
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A proxy that kills at a request, and the servers through it. */
async function wire(servers: Servers, moment: WireMoment, nth: number, kill: () => void) {
  const isMongo = moment.wire === "mongodb";
  const uri = new URL(isMongo ? servers.mongodbUri : servers.neo4jUri);
  const proxy = await startProxy({ target: uri.host, protocol: moment.wire });
  proxy.onRequest(moment.match, (_, seen) => {
    if (seen !== nth) return "deliver";
    if (moment.when === "answered") return { lostReply: kill };
    // The socket is found closed only after what is said here was done.
    kill();
    return moment.when === "before" ? "lose_request" : "lose_reply";
  });
  uri.host = proxy.address;
  if (isMongo) {
    // The driver would otherwise go to the address that the replica set tells.
    uri.searchParams.delete("replicaSet");
    uri.searchParams.set("directConnection", "true");
  }
  const through = isMongo ? { mongodbUri: uri.toString() } : { neo4jUri: uri.toString() };
  return {
    servers: { ...servers, ...through },
    [Symbol.asyncDispose]: () => proxy.close(),
  };
}
