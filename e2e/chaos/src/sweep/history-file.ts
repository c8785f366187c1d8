import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Operation } from "../truth/evidence.ts";
import type { Plan } from "../truth/index.ts";

/** What a writer was about to do, or was told; one line each, written before it goes on. */
type Line =
  | {
      readonly started: { readonly entry: string; readonly plan: Plan; readonly startedMs: number };
    }
  | { readonly ended: Operation };

/** An append whose outcome its writer never learned. */
export interface Unfinished {
  readonly entry: string;
  readonly plan: Plan;
}

/** A history that outlives the process that makes it. */
export class HistoryFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  started(entry: string, plan: Plan): void {
    this.#add({ started: { entry, plan, startedMs: Date.now() } });
  }

  ended(operation: Operation): void {
    this.#add({ ended: operation });
  }

  /** For each entry what its writer was told last; `unknown` where it was killed before. */
  read(): { readonly history: readonly Operation[]; readonly unfinished: readonly Unfinished[] } {
    const history = new Map<string, Operation>();
    const plans = new Map<string, Plan>();
    for (const line of this.#lines()) {
      if ("ended" in line) history.set(line.ended.entry, line.ended);
      else {
        const { entry, plan, startedMs } = line.started;
        plans.set(entry, plan);
        history.set(entry, { entry, outcome: "unknown", startedMs, endedMs: Date.now() });
      }
    }
    const unfinished = [...history.values()]
      .filter(({ outcome }) => outcome === "unknown")
      .flatMap(({ entry }) => {
        const plan = plans.get(entry);
        return plan === undefined ? [] : [{ entry, plan }];
      });
    return { history: [...history.values()], unfinished };
  }

  #add(line: Line): void {
    appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }

  #lines(): Line[] {
    if (!existsSync(this.#path)) return [];
    const lines = readFileSync(this.#path, "utf8").split("\n").slice(0, -1); // the last may be cut
    return lines.map((line) => JSON.parse(line) as Line);
  }
}
