import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { LogRules, MetricRules, Signals } from "@outgraph/telemetry";
import type { AccessSignals } from "./access/access.ts";
import { CALL, type Call } from "./call.ts";
import type { TlsSignals } from "./tls.ts";

/** What the server tells of its calls. */
export interface RpcSignals extends AccessSignals, TlsSignals {
  /** A call ended. `code` is `ok`, or as in the Connect protocol, such as `invalid_argument`. */
  "rpc.done": {
    readonly method: string;
    readonly protocol: string;
    readonly code: string;
    /** Who called, by name, when that was asked and known. */
    readonly principal?: string;
    readonly durationMs: number;
    /** How much of its request came; see `Call`. */
    readonly requestBytes: number;
  };
  /** A call failed in a way that no handler foresaw; the caller was told INTERNAL and no more. */
  "rpc.broken": { readonly method: string; readonly err: unknown };
  /** Tokens come in the clear: there is access control, but no TLS here. */
  "access.cleartext": { readonly host: string };
}

const REQUEST_BYTES = [
  256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
];

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
    {
      kind: "histogram",
      name: "outgraph_rpc_request_bytes",
      help: "Size of requests as they came, compressed if they were.",
      labels: ["method"],
      value: ({ requestBytes }) => requestBytes,
      buckets: REQUEST_BYTES,
    },
  ],
};

/** Logging of {@link RpcSignals}, for a service's own table. */
export const RPC_LOGS: LogRules<RpcSignals> = {
  "rpc.done": { level: "debug" },
  "rpc.broken": { level: "error" },
  "access.cleartext": {
    level: "warn",
    msg: "tokens come in the clear, unless something in front of this speaks TLS",
  },
  "access.keys_away": { level: "warn", msg: "the keys of the tokens' issuer cannot be had" },
  "tls.certificate_refused": { level: "info" },
  "files.read": { level: "info", msg: "files changed, and count" },
  "files.refused": { level: "error", msg: "files changed, and cannot be used; the old ones count" },
};

/** Tells how a call ended. */
export function tellDone(signals: Signals<RpcSignals>, call: Call, code: string): void {
  signals.emit("rpc.done", {
    method: call.method,
    protocol: call.protocol,
    code,
    ...(call.principal !== undefined && { principal: call.principal }),
    durationMs: call.durationMs,
    requestBytes: call.requestBytes,
  });
}

/** Times every call that is handled, and keeps what broke inside from reaching the caller. */
export function observeCalls(signals: Signals<RpcSignals>): Interceptor {
  return (next) => async (request) => {
    const call = request.contextValues.get(CALL);
    if (call === undefined) throw new TypeError("every call comes through the server's handler");
    call.entered = true;
    const failed = (reason: unknown): ConnectError => {
      const error = foreseen(reason, request.signal);
      if (error === undefined) signals.emit("rpc.broken", { method: call.method, err: reason });
      const told =
        error ?? new ConnectError("an error inside the service; its log has it", Code.Internal);
      tellDone(signals, call, codeName(told.code));
      return told;
    };
    try {
      const response = await next(request);
      if (!response.stream) {
        tellDone(signals, call, "ok");
        return response;
      }
      const done = (): void => tellDone(signals, call, "ok");
      return { ...response, message: watched(response.message, done, failed) };
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
  let ended = false;
  try {
    yield* messages;
    ended = true;
    done();
  } catch (reason) {
    ended = true;
    throw failed(reason);
  } finally {
    // Its caller has gone; nobody asks for the rest.
    if (!ended) failed(new ConnectError("the caller has gone", Code.Canceled));
  }
}

/** What a handler meant to say: an error of its own making, or that the caller has gone. */
function foreseen(reason: unknown, signal: AbortSignal): ConnectError | undefined {
  if (reason instanceof ConnectError) return reworded(reason) ?? reason;
  if (signal.aborted) return ConnectError.from(signal.reason, Code.Canceled);
  return undefined;
}

/**
 * What the caller is told in place of Connect's own error about a message that it did not take:
 * bytes that are none are INVALID_ARGUMENT, not INTERNAL, and one that is too large names the limit
 * in plain words. Undefined for every other error.
 */
export function reworded({ code, rawMessage }: ConnectError): ConnectError | undefined {
  const parsing = /^parse binary: (.*)$/s.exec(rawMessage)?.[1];
  if (code === Code.Internal && parsing !== undefined) {
    return new ConnectError(`the message cannot be read: ${parsing}`, Code.InvalidArgument);
  }
  const bytesMax = /is larger than configured readMaxBytes (\d+)$/.exec(rawMessage)?.[1];
  return code === Code.ResourceExhausted && bytesMax !== undefined
    ? new ConnectError(`the message is larger than ${bytesMax} bytes`, code)
    : undefined;
}

/** `InvalidArgument` → `invalid_argument`, as the Connect protocol writes it. */
export function codeName(code: Code): string {
  return (Code[code] ?? "unknown").replace(/(?<!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** `connect`, `grpc` or `grpc-web`, by the content type of a request. */
export function protocolName(type = ""): string {
  if (type.startsWith("application/grpc-web")) return "grpc-web";
  return type.startsWith("application/grpc") ? "grpc" : "connect";
}
