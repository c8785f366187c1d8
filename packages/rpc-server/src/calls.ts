import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { LogRules, MetricRules, Signals } from "@outgraph/telemetry";

/** What the server tells of its calls. */
export interface RpcSignals {
  /** A call ended. `code` is `ok`, or as in the Connect protocol, such as `invalid_argument`. */
  "rpc.done": {
    readonly method: string;
    readonly protocol: string;
    readonly code: string;
    readonly durationMs: number;
  };
  /** A call failed in a way that no handler foresaw; the caller was told INTERNAL and no more. */
  "rpc.broken": { readonly method: string; readonly err: unknown };
}

/** Metrics of {@link RpcSignals}, for a service's own table. */
export const RPC_METRICS: MetricRules<RpcSignals> = {
  "rpc.done": [
    {
      kind: "histogram",
      name: "outgraph_rpc_duration_seconds",
      help: "Duration of calls, by method, protocol and outcome.",
      labels: ["method", "protocol", "code"],
      value: ({ durationMs }) => durationMs / 1000,
    },
  ],
};

/** Logging of {@link RpcSignals}, for a service's own table. */
export const RPC_LOGS: LogRules<RpcSignals> = {
  "rpc.done": { level: "debug" },
  "rpc.broken": { level: "error" },
};

/** Times every call, and keeps what broke inside from reaching the caller. */
export function observeCalls(signals: Signals<RpcSignals>): Interceptor {
  return (next) => async (request) => {
    const method = `${request.service.typeName}/${request.method.name}`;
    const start = performance.now();
    const done = (code: string): void =>
      signals.emit("rpc.done", {
        method,
        protocol: protocolName(request.header),
        code,
        durationMs: performance.now() - start,
      });
    const failed = (reason: unknown): ConnectError => {
      const error = foreseen(reason, request.signal);
      if (error === undefined) signals.emit("rpc.broken", { method, err: reason });
      const told =
        error ?? new ConnectError("an error inside the service; its log has it", Code.Internal);
      done(codeName(told.code));
      return told;
    };
    try {
      const response = await next(request);
      if (!response.stream) {
        done("ok");
        return response;
      }
      return { ...response, message: watched(response.message, () => done("ok"), failed) };
    } catch (reason) {
      throw failed(reason);
    }
  };
}

async function* watched<T>(
  messages: AsyncIterable<T>,
  done: () => void,
  failed: (reason: unknown) => ConnectError,
): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (reason) {
    throw failed(reason);
  }
  done();
}

/** What a handler meant to say: an error of its own making, or that the caller has gone. */
function foreseen(reason: unknown, signal: AbortSignal): ConnectError | undefined {
  if (reason instanceof ConnectError) return reason;
  if (signal.aborted) return ConnectError.from(signal.reason, Code.Canceled);
  return undefined;
}

/** `InvalidArgument` → `invalid_argument`, as the Connect protocol writes it. */
export function codeName(code: Code): string {
  return (Code[code] ?? "unknown").replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** `connect`, `grpc` or `grpc-web`. */
export function protocolName(header: Headers): string {
  const type = header.get("content-type") ?? "";
  if (type.startsWith("application/grpc-web")) return "grpc-web";
  return type.startsWith("application/grpc") ? "grpc" : "connect";
}
