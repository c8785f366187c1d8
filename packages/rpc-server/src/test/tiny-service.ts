// A service for the test of runService, run as a process of its own.
import { signals } from "@outgraph/telemetry";
import { type RpcSignals, startRpcServer } from "../index.ts";
import { type CommonOptions, commonOptions, doorOf, runService, text } from "../service/index.ts";

interface TinyOptions extends CommonOptions {
  mode: string;
}

await runService<TinyOptions>({
  name: "tiny",
  about: "A service for a test.",
  options: {
    ...commonOptions("127.0.0.1:0"),
    mode: text({ env: "TINY_MODE", about: "How it behaves.", accepts: "any", default: "run" }),
  },
  async start(config) {
    if (config.mode === "throw") throw new Error("cannot start");
    const server = await startRpcServer({
      ...doorOf(config),
      routes: () => undefined,
      ready: () => ({ ready: true }),
      metrics: { contentType: "text/plain", text: () => Promise.resolve("") },
      signals: signals<RpcSignals>(),
    });
    if (config.mode === "reject") void Promise.reject(new Error("nobody listens"));
    return {
      url: server.url,
      stop: async () => {
        if (config.mode === "hang") await new Promise(() => undefined);
        await server.stop(config.stopGraceMs);
      },
      ...(config.mode === "ends" ? { ended: Promise.resolve(7) } : {}),
    };
  },
});
