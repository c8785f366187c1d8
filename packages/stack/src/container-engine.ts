import { existsSync } from "node:fs";
import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

const ANSWER_MS = 1_000;

/** Where a container engine may listen: a Unix socket, or a port on this machine. */
export type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/**
 * The addresses where testcontainers would look, in its order: `DOCKER_HOST`, which is then the only
 * one, else the usual sockets.
 *
 * An engine on another machine, or behind TLS, is left out: engines must listen on 127.0.0.1 here.
 */
export function engineAddresses(
  env: NodeJS.ProcessEnv,
  home: string,
  uid: number,
): readonly EngineAddress[] {
  if (env["DOCKER_HOST"]) return addressOf(env["DOCKER_HOST"]);
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    "/var/run/docker.sock",
    ...(runtime ? [join(runtime, "docker.sock")] : []),
    join(home, ".docker", "run", "docker.sock"),
    join(home, ".docker", "desktop", "docker.sock"),
    `/run/user/${uid}/docker.sock`,
  ].map((socketPath) => ({ socketPath }));
}

function addressOf(dockerHost: string): readonly EngineAddress[] {
  const { protocol, hostname: host, pathname, port } = new URL(dockerHost);
  if (protocol === "unix:") return [{ socketPath: pathname }];
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(host);
  if (!here || (protocol !== "tcp:" && protocol !== "http:")) return [];
  return [{ host, port: Number(port || 2375) }];
}

/** Whether a container engine answers on this machine, known within a second a socket. */
export async function containerEngineAnswers(
  env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
  const uid = process.getuid?.() ?? 0;
  for (const address of engineAddresses(env, homedir(), uid)) {
    if ("socketPath" in address && !existsSync(address.socketPath)) continue;
    if (await pings(address)) return true;
  }
  return false;
}

function pings(address: EngineAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ ...address, path: "/_ping", timeout: ANSWER_MS }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => resolve(false)); // nobody there, or not ours to use: the same to us
    ping.on("close", () => resolve(false));
    ping.end();
  });
}

/** No container engine answers on this machine. */
export class NoContainerEngine extends Error {
  override readonly name = "NoContainerEngine";

  constructor() {
    super("no container engine answers (DOCKER_HOST, or the usual sockets)");
  }
}
