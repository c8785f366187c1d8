import { AsyncLocalStorage } from "node:async_hooks";
import { createRouterTransport } from "@connectrpc/connect";
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { OutboxService } from "@outgraph/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutgraphClient } from "./client.ts";
import { activeTraceParent } from "./trace-context.ts";

/** What an SDK brings. */
class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => run.call(self, ...args));
  }
  bind<T>(_context: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

beforeAll(() => {
  context.setGlobalContextManager(new AsyncContexts());
});
afterAll(() => context.disable());

const parent = (n: number): string => `00-${`${n}`.repeat(32)}-${`${n}`.repeat(16)}-01`;

/** Runs work within a span of this number. */
function within<T>(n: number, work: () => T): T {
  const span = { traceId: `${n}`.repeat(32), spanId: `${n}`.repeat(16), traceFlags: 1 };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, span), work);
}

function given() {
  const parents: string[] = [];
  /** The trace that what instruments the transport would count each call to. */
  const calls: (string | undefined)[] = [];
  const headers: (string | null)[] = [];
  const transport = createRouterTransport(
    (router) =>
      router.service(OutboxService, {
        append: ({ traceParent }) => {
          parents.push(traceParent);
          return { receipt: {} };
        },
        appendMany: ({ appends }) => {
          parents.push(...appends.map(({ traceParent }) => traceParent));
          return { results: appends.map(() => ({ outcome: { case: "response", value: {} } })) };
        },
        waitApplied: (_, { requestHeader }) => {
          headers.push(requestHeader.get("traceparent"));
          return {};
        },
      }),
    {
      transport: {
        interceptors: [
          (next) => (request) => {
            calls.push(activeTraceParent());
            return next(request);
          },
        ],
      },
    },
  );
  const client = createOutgraphClient({ url: "http://none", source: "t", transport });
  return { client, parents, calls, headers };
}

test("each append of a shared call keeps its own trace, and the call is counted to none", async () => {
  const { client, parents, calls } = given();
  const append = () => client.append({ events: [{ type: "a.B" }] });

  await Promise.all([within(1, append), within(2, append), append()]);

  expect(parents).toEqual([parent(1), parent(2), ""]);
  expect(calls).toEqual([undefined]);
});

test("a lone call is its caller's, whoever appended before", async () => {
  const { client, parents, calls } = given();
  const append = (traceParent?: string) =>
    client.append({ events: [{ type: "a.B" }], ...(traceParent && { traceParent }) });

  await within(1, () => append());
  await within(2, () => append());
  await append(parent(3));

  expect(parents).toEqual([parent(1), parent(2), parent(3)]);
  expect(calls).toEqual([parent(1), parent(2), undefined]);
});

test("a wait carries its caller's trace in its header", async () => {
  const { client, headers } = given();

  await within(1, () => client.waitApplied([]));
  await client.waitApplied([]);

  expect(headers).toEqual([parent(1), null]);
});
