import { GenericContainer, getContainerRuntimeClient, Wait } from "testcontainers";
import { LogRing } from "./log-ring.ts";
import { ProcessFailed } from "./process.ts";

export interface ContainerOptions {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The port inside, and the one on 127.0.0.1 that leads to it. */
  readonly port: { readonly inside: number; readonly outside: number };
  /** What its log says when it is up. */
  readonly ready: RegExp;
  readonly readyTimeoutMs: number;
}

/** A container that tests may treat badly; it keeps its data and port over `kill` and `start`. */
export interface Container {
  logTail(): string;
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it in order if it runs, and starts it; it may not answer yet when this resolves. */
  restart(): Promise<void>;
  /** Removes it with its data. */
  remove(): Promise<void>;
}

/** Publishes on 127.0.0.1 alone; testcontainers itself would publish on every address. */
class LoopbackContainer extends GenericContainer {
  publish(inside: number, outside: number): this {
    this.withExposedPorts({ container: inside, host: outside });
    this.hostConfig.PortBindings = {
      [`${inside}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: String(outside) }],
    };
    return this;
  }
}

/**
 * Starts a container by testcontainers, whose reaper removes it when this process is gone.
 *
 * @throws ProcessFailed with the end of its log when it is not up in time.
 */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  const client = await getContainerRuntimeClient();
  const { host } = client.info.containerRuntime;
  if (host !== "localhost" && host !== "127.0.0.1") {
    throw new Error(`the container engine publishes ports on ${host}, not on this machine`);
  }
  const log = new LogRing();
  const draft = new LoopbackContainer(options.image)
    .publish(options.port.inside, options.port.outside)
    .withEnvironment(options.environment ?? {})
    .withWaitStrategy(Wait.forLogMessage(options.ready))
    .withStartupTimeout(options.readyTimeoutMs)
    .withLogConsumer((stream) => log.follow(stream));
  if (options.command) draft.withCommand([...options.command]);
  const started = await draft.start().catch((error: unknown) => {
    throw new ProcessFailed(`container ${options.image}`, "did not start", log.text(), error);
  });

  const container = client.container.getById(started.getId());
  const state = async () => (await container.inspect()).State;
  return {
    logTail: () => log.text(),
    async kill() {
      if (!(await state()).Running) return;
      await container.kill();
      await container.wait();
    },
    async pause() {
      await container.pause();
    },
    async resume() {
      await container.unpause();
    },
    async restart() {
      const { Running, Paused } = await state();
      if (Paused) await container.unpause();
      if (Running) await container.stop({ t: 30 });
      const since = Date.now() / 1000;
      await container.start();
      log.follow(await client.container.logs(container, { since }));
    },
    async remove() {
      if ((await state()).Paused) await container.unpause();
      await started.stop({ remove: true, removeVolumes: true });
    },
  };
}
