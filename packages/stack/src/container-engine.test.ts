import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { containerEngineAnswers, engineAddresses } from "./container-engine.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outgraph-engine-test-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("DOCKER_HOST is the only place to look when it is set", () => {
  const look = (DOCKER_HOST: string) => engineAddresses({ DOCKER_HOST }, "/home/me", 1000);
  expect(look("unix:///run/podman.sock")).toEqual([{ socketPath: "/run/podman.sock" }]);
  expect(look("tcp://localhost:2375")).toEqual([{ host: "localhost", port: 2375 }]);
});

test("an engine on another machine is not used", () => {
  expect(engineAddresses({ DOCKER_HOST: "tcp://docker:2375" }, "/home/me", 1000)).toEqual([]);
  expect(engineAddresses({ DOCKER_HOST: "ssh://me@docker" }, "/home/me", 1000)).toEqual([]);
});

test("else the usual sockets, the system's first", () => {
  const sockets = engineAddresses({ XDG_RUNTIME_DIR: "/run/me" }, "/home/me", 1000);
  expect(sockets[0]).toEqual({ socketPath: "/var/run/docker.sock" });
  expect(sockets).toContainEqual({ socketPath: "/run/me/docker.sock" });
  expect(sockets).toContainEqual({ socketPath: "/home/me/.docker/run/docker.sock" });
});

test("an engine is one that answers a ping", async () => {
  const socketPath = join(folder, "docker.sock");
  const engine = createServer((request, reply) => {
    reply.statusCode = request.url === "/_ping" ? 200 : 404;
    reply.end("OK");
  }).listen(socketPath);
  await once(engine, "listening");

  expect(await containerEngineAnswers({ DOCKER_HOST: `unix://${socketPath}` })).toBe(true);

  engine.close();
});

test("a socket behind which nobody listens any more is no engine", async () => {
  const socketPath = join(folder, "docker.sock");
  expect(await containerEngineAnswers({ DOCKER_HOST: `unix://${socketPath}` })).toBe(false);
});
