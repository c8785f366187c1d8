import { expect, test, vi } from "vitest";
import type { CheckedAppend } from "./check-append.ts";
import { type AppendTransactions, GroupCommit, NotTogether } from "./group-commit.ts";
import type { CallLimit, Committed } from "./ports.ts";
import type { Refusal } from "./refusal.ts";
import { GROUP_RULES } from "./test/group-rules.ts";

/** Transactions that end when they are told to, and remember what they were asked for. */
class Told implements AppendTransactions {
  readonly groups: { ids: string[]; timeoutMs: number; end: PromiseWithResolvers<void> }[] = [];
  readonly lone: { id: string; undecided: boolean; end: PromiseWithResolvers<void> }[] = [];
  readonly refused = new Map<string, Refusal>();
  retried: (() => void) | undefined;

  async together(
    appends: readonly CheckedAppend[],
    timeoutMs: number,
  ): Promise<(Committed | Refusal)[]> {
    const ids = appends.map(idOf);
    const end = Promise.withResolvers<void>();
    this.groups.push({ ids, timeoutMs, end });
    await end.promise;
    return ids.map(committed);
  }

  async alone(
    append: CheckedAppend,
    _: CallLimit,
    undecided: boolean,
    retried: () => void,
  ): Promise<Committed | Refusal> {
    const id = idOf(append);
    const end = Promise.withResolvers<void>();
    this.lone.push({ id, undecided, end });
    this.retried = retried;
    await end.promise;
    return this.refused.get(id) ?? committed(id);
  }

  late(append: CheckedAppend, begun: boolean): Refusal {
    return { kind: begun ? "outcome_unknown" : "out_of_time", message: idOf(append) };
  }
}

const idOf = ({ entry }: CheckedAppend): string => entry.id;
const committed = (entryId: string) => ({ receipt: { entryId }, replayed: false }) as Committed;
const append = (id: string, bytes = 1) => ({ entry: { id }, bytes }) as CheckedAppend;
const LIMIT: CallLimit = { timeoutMs: 60_000, signal: new AbortController().signal };
const turn = () => new Promise(setImmediate);

function commits(rules: Partial<typeof GROUP_RULES> = {}) {
  const told = new Told();
  const store = new GroupCommit(told, { ...GROUP_RULES, ...rules });
  const one = async (id: string, limit = LIMIT, bytes = 1): Promise<Committed | Refusal> =>
    (await store.commit([append(id, bytes)], limit))[0] as Committed | Refusal;
  return { told, store, one };
}

test("appends of many calls share a transaction, and each call has its own results", async () => {
  const { told, store, one } = commits();
  const first = one("a");
  const second = one("b");
  const many = store.commit([append("c"), append("d")], LIMIT);
  expect(told.lone.map(({ id }) => id)).toEqual(["a"]);

  told.lone[0]!.end.resolve();
  expect(await first).toEqual(committed("a"));
  await turn();
  expect(told.groups.map(({ ids }) => ids)).toEqual([["b", "c", "d"]]);
  told.groups[0]!.end.resolve();

  expect(await second).toEqual(committed("b"));
  expect(await many).toEqual([committed("c"), committed("d")]);
  expect(store.pending).toBe(0);
});

test.each([
  ["failed", false],
  ["may have committed all the same", true],
])(
  "when a group %s, each of its members runs alone and has its own result",
  async (_, undecided) => {
    const { told, store } = commits();
    told.refused.set("b", { kind: "conflict", message: "-" });
    const many = store.commit([append("a"), append("b"), append("c")], LIMIT);
    await turn();

    told.groups[0]!.end.reject(new NotTogether(undecided, new Error("b is bad")));
    await turn();

    expect(told.lone).toMatchObject([
      { id: "a", undecided },
      { id: "b", undecided },
      { id: "c", undecided },
    ]);
    for (const { end } of told.lone) end.resolve();
    expect(await many).toEqual([
      committed("a"),
      { kind: "conflict", message: "-" },
      committed("c"),
    ]);
    expect(store.pending).toBe(0);
  },
);

test("members of a group that failed and have one id go one after another, in their order", async () => {
  const { told, store } = commits();
  void store.commit([append("a"), append("b"), append("a")], LIMIT);
  await turn();
  told.groups[0]!.end.reject(new NotTogether(false, new Error("-")));
  await turn();
  expect(told.lone.map(({ id }) => id)).toEqual(["a", "b"]);

  told.lone[0]!.end.resolve();
  await turn();

  expect(told.lone.map(({ id }) => id)).toEqual(["a", "b", "a"]);
});

test("members of a group that failed keep nobody else waiting", async () => {
  const { told, store, one } = commits();
  void store.commit([append("a"), append("b")], LIMIT);
  await turn();
  told.groups[0]!.end.reject(new NotTogether(false, new Error("-")));
  await turn();

  void one("c");

  expect(told.lone.map(({ id }) => id)).toEqual(["a", "b", "c"]);
});

test("an append that is tried again keeps nobody else waiting", async () => {
  const { told, one } = commits();
  void one("a");
  void one("b");
  expect(told.lone.map(({ id }) => id)).toEqual(["a"]);

  told.retried?.();

  expect(told.lone.map(({ id }) => id)).toEqual(["a", "b"]);
});

test("one of a group whose time is up is answered then, and the others are not disturbed", async () => {
  const { told, store, one } = commits();
  const first = one("a");
  const hasty = one("b", { ...LIMIT, timeoutMs: 50 });
  const patient = one("c");
  told.lone[0]!.end.resolve();
  await first;
  await turn();

  expect(await hasty).toEqual({ kind: "outcome_unknown", message: "b" });
  expect(store.pending).toBe(2); // it is still under way
  told.groups[0]!.end.resolve();

  expect(await patient).toEqual(committed("c"));
  expect(store.pending).toBe(0);
});

test("a group has the time of its most patient member", async () => {
  const { told, one } = commits();
  const first = one("a");
  void one("b", { ...LIMIT, timeoutMs: 5_000 });
  void one("c", { ...LIMIT, timeoutMs: 50_000 });
  told.lone[0]!.end.resolve();
  await first;
  await turn();

  expect(told.groups[0]!.timeoutMs).toBeGreaterThan(5_000);
});

test("a transaction that hangs gives up its place, and the next ones go", async () => {
  vi.useFakeTimers();
  const { told, store, one } = commits();
  void store.commit([append("a"), append("b")], LIMIT);
  void one("c");
  expect(told.groups.map(({ ids }) => ids)).toEqual([["a", "b"]]);

  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();

  expect(told.lone.map(({ id }) => id)).toEqual(["c"]);
});

test("what has not begun when its time is up, or its caller has gone, is dropped", async () => {
  const { told, store, one } = commits();
  const control = new AbortController();
  const first = one("a");
  const late = one("b", { ...LIMIT, timeoutMs: 1 });
  const left = one("c", { timeoutMs: 60_000, signal: control.signal });
  const next = one("d");
  control.abort();

  expect(await late).toEqual({ kind: "out_of_time", message: "b" });
  expect(await left).toEqual({ kind: "cancelled" });
  told.lone[0]!.end.resolve();
  await first;
  await turn();
  told.lone[1]!.end.resolve();

  expect(await next).toEqual(committed("d"));
  expect(told.lone.map(({ id }) => id)).toEqual(["a", "d"]);
  expect(told.groups).toEqual([]);
  expect(store.pending).toBe(0);
});

test("beyond what it holds, by count, appends are refused until there is room", async () => {
  const { told, store, one } = commits({ pendingAppendsMax: 2 });
  const held = store.commit([append("a"), append("b"), append("c")], LIMIT);
  await turn();

  expect(await one("d")).toEqual({ kind: "too_busy", appends: 2, bytes: 2 });
  told.groups[0]!.end.resolve();

  expect(await held).toEqual([
    committed("a"),
    committed("b"),
    { kind: "too_busy", appends: 2, bytes: 2 },
  ]);
  await turn();
  void one("e");
  expect(told.lone.map(({ id }) => id)).toEqual(["e"]);
});

test("beyond what it holds, by bytes, appends are refused; a single one never is", async () => {
  const { told, one } = commits({ pendingBytesMax: 100 });
  void one("a", LIMIT, 101);

  expect(await one("b")).toEqual({ kind: "too_busy", appends: 1, bytes: 101 });
  expect(told.lone.map(({ id }) => id)).toEqual(["a"]);
});

test("an error that nobody foresaw is the result of its own append alone", async () => {
  const { told, store } = commits();
  const many = store.commit([append("a"), append("b")], LIMIT);
  await turn();
  told.groups[0]!.end.reject(new NotTogether(false, new Error("-")));
  await turn();
  const error = new TypeError("a bug");
  told.lone[0]!.end.reject(error);
  told.lone[1]!.end.resolve();

  expect(await many).toEqual([{ kind: "broken", error }, committed("b")]);
});
