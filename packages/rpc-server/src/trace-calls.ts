import {
  Code,
  ConnectError,
  type ContextKey,
  createContextKey,
  type Interceptor,
} from "@connectrpc/connect";
import { type Tracing, traceParentOf } from "@outgraph/telemetry";
import { codeName, protocolName } from "./calls.ts";

/**
 * The W3C `traceparent` that what a call causes names as its parent: that of the call's own span, or,
 * without tracing, the one the caller sent. Undefined when there is neither.
 */
export const CALL_TRACE: ContextKey<string | undefined> = createContextKey<string | undefined>(
  undefined,
  { description: "the call's traceparent" },
);

/** Calls that are asked all the time, about nothing but the server. */
const UNTRACED = "grpc.health.";

const STATUS = "rpc.response.status_code";

/** Codes that are the service's fault; with the others it did what it should. */
const FAULTS: ReadonlySet<Code> = new Set([
  Code.Unknown,
  Code.DeadlineExceeded,
  Code.Unimplemented,
  Code.Internal,
  Code.Unavailable,
  Code.DataLoss,
]);

/**
 * Makes a span of every call, the child of what the caller's `traceparent` names, and tells handlers
 * of it by {@link CALL_TRACE}. A stream's span ends with the stream.
 */
export function traceCalls(tracing: Tracing): Interceptor {
  return (next) => async (request) => {
    const { header, contextValues, service, method } = request;
    const parent = traceParentOf(header.get("traceparent"));
    if (!tracing.on || service.typeName.startsWith(UNTRACED)) {
      contextValues.set(CALL_TRACE, parent);
      return await next(request);
    }
    const name = `${service.typeName}/${method.name}`;
    const span = tracing.start(name, {
      kind: "server",
      parent,
      parentState: header.get("tracestate") ?? undefined,
      attributes: {
        "rpc.system.name":
          protocolName(header.get("content-type") ?? "") === "connect" ? "connectrpc" : "grpc",
        "rpc.method": name,
      },
    });
    contextValues.set(CALL_TRACE, span.traceParent);
    const failed = (reason: unknown): void => {
      const { code } = ConnectError.from(reason, Code.Internal);
      span.end({
        attributes: { [STATUS]: codeName(code) },
        ...(FAULTS.has(code) && { error: codeName(code) }),
      });
    };
    const done = (): void => span.end({ attributes: { [STATUS]: "ok" } });
    try {
      const response = await next(request);
      if (!response.stream) {
        done();
        return response;
      }
      return { ...response, message: followed(response.message, done, failed) };
    } catch (reason) {
      failed(reason);
      throw reason;
    }
  };
}

async function* followed<T>(
  messages: AsyncIterable<T>,
  done: () => void,
  failed: (reason: unknown) => void,
): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (reason) {
    failed(reason);
    throw reason;
  } finally {
    done();
  }
}
