import { setImmediate as nextTurn } from "node:timers/promises";
import { type Client, Code, ConnectError } from "@connectrpc/connect";
import {
  APPENDS_MAX,
  type AppendResponse,
  type AppendResult,
  type OutboxService,
  REQUEST_BYTES_MAX,
} from "@outgraph/events";
import type { SizedAppend } from "./append-input.ts";
import { errorOfStatus } from "./errors.ts";
import { isAboutTheCall } from "./retry.ts";
import { activeContext, type Context, runAs, runAsNobody } from "./trace-context.ts";

/** What a folder needs of the service. */
export type AppendCalls = Pick<Client<typeof OutboxService>, "append" | "appendMany">;

export interface FoldOptions {
  /** How many calls may be under way at once. */
  readonly callsMax: number;
  /** How long one call may take, in milliseconds. */
  readonly callTimeoutMs: number;
}

/** How long the caller of one append waits. */
export interface Patience {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends one append and gives its own response or error, whichever call it went in. */
export type Fold = (append: SizedAppend, patience: Patience) => Promise<AppendResponse>;

/** What an append costs in an `AppendMany` beyond its own size, at most, in bytes. */
const FRAMING_BYTES = 8;

const OUT_OF_TIME = "the time was up; the outcome is unknown: repeat it with the same id";

/** One attempt of one append. */
interface Member {
  readonly append: SizedAppend;
  readonly patience: Patience;
  /** For what instruments the transport. */
  readonly caller: Context;
  readonly until: number;
  readonly resolve: (response: AppendResponse) => void;
  readonly reject: (error: unknown) => void;
  /** Nobody waits for it any more. */
  gone: boolean;
  /** What to do when nobody does, while it is under way. */
  onGone?: () => void;
}

/**
 * Folds appends that come in while calls are under way into the next call: one call costs more than
 * one append.
 *
 * There is no timer: a call begins at the end of the turn of the event loop in which an append came,
 * when fewer than `callsMax` are under way, so that the busier a process is the larger its calls
 * become. Each append keeps its own result, error, time limit and signal. When a shared call is
 * refused as a whole, its halves are sent apart, so that one bad append fails alone.
 */
export function foldAppends(calls: AppendCalls, options: FoldOptions): Fold {
  let queue: Member[] = [];
  let underWay = 0;

  return (append, patience) =>
    new Promise((resolve, reject) => {
      const member = join(append, patience, resolve, reject);
      queue.push(member);
      if (underWay < options.callsMax) {
        underWay++;
        void run();
      }
    });

  async function run(): Promise<void> {
    for (;;) {
      // Whoever was answered just now, and appends again at once, is in the next call, not behind it.
      await nextTurn();
      const batch = next();
      if (batch.length === 0) break;
      await send(batch);
    }
    underWay--;
  }

  /** What fits into one call, from the front of the queue. */
  function next(): Member[] {
    const count = fitting(queue.map(({ append }) => append.bytes));
    const batch = queue.slice(0, count);
    queue = queue.slice(count);
    return batch;
  }

  /** Settles each member; never fails. */
  async function send(batch: readonly Member[]): Promise<void> {
    const waiting = batch.filter(({ gone }) => !gone);
    const [first] = waiting;
    if (first === undefined) return;
    if (waiting.length === 1) return await sendAlone(first);
    const appends = waiting.map(({ append }) => append.request);
    try {
      const limits = { timeoutMs: options.callTimeoutMs, signal: whileAnyWaits(waiting) };
      const { results } = await runAsNobody(() => calls.appendMany({ appends }, limits));
      const counted = results.length === waiting.length; // else nobody knows whose is whose
      for (const [index, member] of waiting.entries()) {
        settle(member, counted ? results[index] : undefined);
      }
    } catch (reason) {
      if (isAboutTheCall(ConnectError.from(reason))) {
        for (const { reject } of waiting) reject(reason);
        return;
      }
      const half = waiting.length >> 1;
      await send(waiting.slice(0, half));
      await send(waiting.slice(half));
    }
  }

  async function sendAlone(member: Member): Promise<void> {
    const { append, patience, caller, until, resolve, reject } = member;
    const left = Math.max(1, until - performance.now());
    const timeoutMs = Math.ceil(Math.min(left, options.callTimeoutMs));
    try {
      const limits = { timeoutMs, signal: patience.signal };
      resolve(await runAs(caller, () => calls.append(append.request, limits)));
    } catch (reason) {
      reject(reason);
    }
  }

  /** Ends when nobody waits for any of them any more, as when the client closes. */
  function whileAnyWaits(batch: readonly Member[]): AbortSignal {
    const abandoned = new AbortController();
    let waiting = batch.length;
    for (const member of batch) {
      member.onGone = () => {
        if (--waiting === 0) abandoned.abort();
      };
    }
    return abandoned.signal;
  }
}

/** How many of the encoded appends, from the first, one call takes: at least one. */
export function fitting(sizes: readonly number[]): number {
  let left = REQUEST_BYTES_MAX;
  let count = 0;
  for (const size of sizes) {
    left -= size + FRAMING_BYTES;
    if (count === APPENDS_MAX || (left < 0 && count > 0)) break;
    count++;
  }
  return count;
}

/** A member that is gone when its caller's time is up, or its signal says so: what was sent goes on unwatched. */
function join(
  append: SizedAppend,
  patience: Patience,
  resolve: Member["resolve"],
  reject: Member["reject"],
): Member {
  const { signal, timeoutMs } = patience;
  const leave = (code: Code, why: string): void => {
    reject(new ConnectError(why, code));
    member.gone = true;
    member.onGone?.();
  };
  const onAbort = (): void => leave(Code.Canceled, "the caller cancelled");
  const timer = setTimeout(() => leave(Code.DeadlineExceeded, OUT_OF_TIME), timeoutMs);
  const over = (): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  };
  const member: Member = {
    append,
    patience,
    caller: activeContext(),
    until: performance.now() + timeoutMs,
    gone: false,
    resolve(response) {
      over();
      resolve(response);
    },
    reject(error) {
      over();
      reject(error);
    },
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return member;
}

function settle({ resolve, reject }: Member, result: AppendResult | undefined): void {
  switch (result?.outcome.case) {
    case "response":
      resolve(result.outcome.value);
      break;
    case "error":
      reject(errorOfStatus(result.outcome.value));
      break;
    case undefined: {
      const why = "the service did not give each append a response or an error";
      reject(new ConnectError(why, Code.DataLoss));
    }
  }
}
