import {
  Code,
  ConnectError,
  createClient,
  createRouterTransport,
  type HandlerContext,
} from "@connectrpc/connect";
import { OutboxService, RelayService } from "@outgraph/events";
import { NO_TRACING, type SpanAbout, type SpanOutcome, type Tracing } from "@outgraph/telemetry";
import { expect, test } from "vitest";
import { CALL_TRACE, traceCalls } from "./trace-calls.ts";

const CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OWN = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01";

interface Made {
  readonly name: string;
  readonly about: SpanAbout;
  outcome?: SpanOutcome;
}

function recordedTracing(): { made: Made[]; tracing: Tracing } {
  const made: Made[] = [];
  const tracing: Tracing = {
    on: true,
    start(name, about) {
      const span: Made = { name, about };
      made.push(span);
      return {
        traceParent: OWN,
        end: (outcome = {}) => {
          span.outcome ??= outcome;
        },
      };
    },
    close: async () => {},
  };
  return { made, tracing };
}

function given(tracing: Tracing, work: (context: HandlerContext) => void = () => {}) {
  const seen: (string | undefined)[] = [];
  const transport = createRouterTransport(
    (router) => {
      router.service(OutboxService, {
        getEntry: (_request, context) => {
          seen.push(context.values.get(CALL_TRACE));
          work(context);
          return {};
        },
      });
      router.service(RelayService, {
        async *watchStatus(_request, context) {
          yield {};
          work(context);
          yield {};
        },
      });
    },
    { router: { interceptors: [traceCalls(tracing)] } },
  );
  return {
    seen,
    outbox: createClient(OutboxService, transport),
    relay: createClient(RelayService, transport),
  };
}

test("a call's span is the child of the caller's, and the parent of what the call causes", async () => {
  const { made, tracing } = recordedTracing();
  const { outbox, seen } = given(tracing);

  await outbox.getEntry({}, { headers: { traceparent: CALLER, tracestate: "a=b" } });

  expect(seen).toEqual([OWN]);
  expect(made).toMatchObject([
    {
      name: "outgraph.append.v1.OutboxService/GetEntry",
      about: { kind: "server", parent: CALLER, parentState: "a=b" },
      outcome: { attributes: { "rpc.response.status_code": "ok" } },
    },
  ]);
  expect(made[0]?.outcome?.error).toBeUndefined();
});

test("a refusal is no error of the service's; a fault is", async () => {
  const { made, tracing } = recordedTracing();
  for (const code of [Code.NotFound, Code.Unavailable]) {
    const { outbox } = given(tracing, () => {
      throw new ConnectError("no", code);
    });
    await expect(outbox.getEntry({})).rejects.toThrow("no");
  }

  expect(made.map(({ outcome }) => outcome)).toEqual([
    { attributes: { "rpc.response.status_code": "not_found" } },
    { attributes: { "rpc.response.status_code": "unavailable" }, error: "unavailable" },
  ]);
});

test("a stream's span ends with the stream", async () => {
  const { made, tracing } = recordedTracing();
  const { relay } = given(tracing, () => expect(made[0]?.outcome).toBeUndefined());

  for await (const _ of relay.watchStatus({}));

  expect(made[0]?.outcome).toEqual({ attributes: { "rpc.response.status_code": "ok" } });
});

test("without tracing the caller's own trace is what a call hands on, if it is one", async () => {
  const { outbox, seen } = given(NO_TRACING);

  await outbox.getEntry({}, { headers: { traceparent: CALLER } });
  await outbox.getEntry({}, { headers: { traceparent: "00-none" } });
  await outbox.getEntry({});

  expect(seen).toEqual([CALLER, undefined, undefined]);
});
