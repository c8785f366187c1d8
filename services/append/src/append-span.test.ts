import { insertOne } from "@outgraph/client";
import type { SpanAbout, SpanOutcome, Tracing } from "@outgraph/telemetry";
import { expect, test } from "vitest";
import { type AppendParts, appendAll } from "./append.ts";
import { MemoryAppendStore } from "./test/memory-append-store.ts";
import { request } from "./test/requests.ts";

const RULES = { database: "app", backlogEntriesMax: 100 };
const CALL = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const LIMIT = { timeoutMs: 1_000, signal: new AbortController().signal };

function given(tracing?: Tracing) {
  const store = new MemoryAppendStore();
  store.collections.set("app.files", []);
  const traces: (string | undefined)[] = [];
  const parts: AppendParts = {
    store: {
      commit: (appends) => {
        traces.push(...appends.map(({ entry }) => entry.trace));
        return store.commit(appends);
      },
    },
    backlog: { entries: () => undefined },
    tell: () => {},
    ...(tracing !== undefined && { tracing }),
  };
  return { parts, traces };
}

/** An append that names its own caller, or none. */
function append(traceParent: string, collection = "files") {
  return Object.assign(request([insertOne(collection, {})]), { traceParent });
}

test("an entry keeps the trace of its own append, else that of the call", async () => {
  const { parts, traces } = given();

  const appends = [append(CALLER), append(""), append(`${CALLER}; drop`)];
  await appendAll(appends, parts, RULES, { ...LIMIT, trace: CALL });
  await appendAll([append("")], parts, RULES, LIMIT);

  expect(traces).toEqual([CALLER, CALL, CALL, undefined]);
});

test("each append has a span of its own in its caller's trace, which its entry keeps", async () => {
  const made: { about: SpanAbout; outcome?: SpanOutcome }[] = [];
  const { parts, traces } = given({
    on: true,
    start(_name, about) {
      const span: (typeof made)[number] = { about };
      const traceParent = CALLER.replace("b7ad6b716920333", `b7ad6b716920333${made.length}`).slice(
        0,
        55,
      );
      made.push(span);
      return {
        traceParent,
        end: (outcome = {}) => {
          span.outcome = outcome;
        },
      };
    },
    close: async () => {},
  });

  const appends = [append(CALLER), append(""), append("", "nowhere")];
  const results = await appendAll(appends, parts, RULES, { ...LIMIT, trace: CALL });

  expect(made.map(({ about }) => [about.parent, about.links])).toEqual([
    [CALLER, [CALL]],
    [CALL, []],
    [CALL, []],
  ]);
  expect(new Set(traces).size).toBe(3);
  const [first] = results;
  expect(made[0]?.outcome?.attributes).toMatchObject({
    "outgraph.entry.id": first && "receipt" in first ? first.receipt.entryId : "none",
    "outgraph.replayed": false,
  });
  expect(made[2]?.outcome).toEqual({
    attributes: { "outgraph.refused": "collection_not_found" },
    error: "not_found",
  });
});
