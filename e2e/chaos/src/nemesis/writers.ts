import { setTimeout as pause } from "node:timers/promises";
import { MongoError } from "mongodb";
import {
  type Answer,
  type Appender,
  appendByService,
  appendInProcess,
  type Operation,
  Workload,
} from "../truth/index.ts";
import type { Servers } from "./servers.ts";
import type { Service } from "./service.ts";

/** Everybody who appends: callers of both services, and the library in this process. */
export interface Writers extends AsyncDisposable {
  readonly all: readonly Workload[];
  readonly history: readonly Operation[];
}

/** How many appends a second they make together, at most: the faults are what is to be busy. */
const PER_SECOND = 45;

/** Makes them; nothing is appended yet. @param nodes what they touch, in each other's way. */
export async function makeWriters(
  servers: Servers,
  appends: readonly Service[],
  nodes: readonly string[],
  seed: number,
): Promise<Writers> {
  await using stack = new AsyncDisposableStack();
  const { mongodbUri, database } = servers;
  const appenders: Appender[] = [];
  for (const { url } of appends) {
    const appender = stack.use(await appendByService({ url, mongodbUri, database }));
    appenders.push(readingAgain(appender));
  }
  appenders.push(stack.use(await appendInProcess({ mongodbUri, database })));
  const perSecond = PER_SECOND / appenders.length;
  const all = appenders.map((appender, i) => {
    return new Workload(appender, { nodes, writers: 3, seed: seed + i, perSecond });
  });
  const rest = stack.move();
  return {
    all,
    get history() {
      return all.flatMap(({ history }) => history);
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/**
 * A caller of the service reads counters before it appends. Where MongoDB is away for that, nothing was
 * sent: it has failed, for no fault of the product.
 */
function readingAgain(appender: Appender): Appender {
  return {
    async append(id, plan): Promise<Answer> {
      try {
        return await appender.append(id, plan);
      } catch (error) {
        if (!(error instanceof MongoError)) throw error;
        await pause(500);
        return { outcome: "failed", raced: true, why: error.message };
      }
    },
    [Symbol.asyncDispose]: () => appender[Symbol.asyncDispose](),
  };
}
