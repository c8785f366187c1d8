import type { Reading, StreamEvent, WalkChunk } from "../ports.ts";

/** At which moment a process ends by SIGKILL. */
export interface Crash {
  /** The call of a port, such as `commit`; of a `Reading`, `next` counts entries and `walk` chunks. */
  readonly call: string;
  /** `during`: once the call is on its way. `after`: once its answer is here, before anybody has it. */
  readonly when: "before" | "during" | "after";
  /** At which of such calls in this process's life, from 1. */
  readonly nth: number;
  /** Calls before a commit failed with this kind of failure do not count. */
  readonly once?: string;
}

/**
 * What OUTGRAPH_TEST_CRASH says: "before commit", "after walk 2" for the second time, "before commit 1
 * once poison" for the first time after a commit that failed as poison. Undefined where it says nothing.
 *
 * @throws RangeError when it makes no sense.
 */
export function crashOf(text: string | undefined): Crash | undefined {
  if (text === undefined || text === "") return undefined;
  const said = /^(before|during|after) (\w+)(?: (\d+))?(?: once (\w+))?$/.exec(text);
  if (said === null) throw new RangeError(`OUTGRAPH_TEST_CRASH makes no sense: ${text}`);
  const [, when, call = "", nth = "1", once] = said;
  return {
    ...{ call, when: when as Crash["when"], nth: Number(nth) },
    ...(once !== undefined && { once }),
  };
}

/** Makes ports that end the process at one moment. */
export function crashing(crash: Crash | undefined): <T extends object>(port: T) => T {
  if (crash === undefined) return (port) => port;
  let left = crash.nth;
  let counts = crash.once === undefined;
  const at = (when: Crash["when"], call: string, end: () => void = die): void => {
    if (!counts || when !== crash.when || call !== crash.call) return;
    left -= 1;
    if (left === 0) end();
  };
  return function wrapped<T extends object>(port: T): T {
    return new Proxy(port, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        const call = String(name);
        if (call === "purging" || call === "parking") return wrapped(member as object);
        if (typeof member !== "function" || call === "encode") return member; // the one that is no call
        if (call === "walk") {
          return (...args: Parameters<Reading["walk"]>) =>
            chunks(member.apply(target, args) as AsyncIterable<WalkChunk>, at);
        }
        return async (...args: unknown[]) => {
          at("before", call);
          at("during", call, () => setImmediate(die));
          try {
            const result: unknown = await member.apply(target, args);
            if (happened(call, result)) at("after", call);
            return call === "read" ? wrapped(result as Reading) : result;
          } catch (error) {
            if (call === "commit" && (error as { kind?: unknown }).kind === crash.once)
              counts = true;
            throw error;
          }
        };
      },
    });
  };
}

async function* chunks(
  walk: AsyncIterable<WalkChunk>,
  at: (when: Crash["when"], call: string) => void,
): AsyncGenerator<WalkChunk> {
  for await (const chunk of walk) {
    if (chunk.entries.length > 0) at("after", "walk");
    yield chunk;
  }
}

/** Whether a call did what it is counted for. */
function happened(call: string, result: unknown): boolean {
  if (call === "next") return (result as StreamEvent).kind === "entry";
  if (call === "takeLease" || call === "fence") {
    const { kind } = result as { kind: string };
    return kind === "granted" || kind === "taken";
  }
  return true;
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
}
