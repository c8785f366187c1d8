import { readdir, rename, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { waitUntil } from "@outgraph/stack";
import { type Skew, STRAIGHT } from "./skew.ts";

/** How long before it begins a skew is told, so that all threads of a process begin it together. */
const NOTICE_NS = 1_000_000_000n;

/** The clocks of one process under test. They go wrong, and right again, while it runs. */
export class SkewedClock {
  /** For OUTGRAPH_CHAOS_CLOCK. */
  readonly file: string;
  #skew: Skew = STRAIGHT;

  constructor(file: string) {
    this.file = file;
  }

  /** From a second from now on. @returns how many threads of the process have heard of it. */
  async skew(rate: number, offsetMs: number): Promise<number> {
    await this.#tell(rate, offsetMs);
    return await waitUntil(async () => (await this.#heard()) || undefined, {
      what: "a process learns of its new clock",
      timeoutMs: 60_000,
    });
  }

  /** From a second from now on they run as they should; the time lost or gained stays so. */
  async heal(): Promise<void> {
    const last = this.#skew.stretches.at(-1);
    if (last === undefined || (last.rate === 1 && this.#skew.wall.at(-1)?.offsetMs === 0)) return;
    await this.#tell(1, 0);
  }

  /** For a new life of the process: its clocks are those of a machine that was just started. */
  async reset(): Promise<void> {
    this.#skew = { ...STRAIGHT, number: this.#skew.number + 1 };
    await this.#write();
  }

  async #tell(rate: number, offsetMs: number): Promise<void> {
    const fromNs = String(process.hrtime.bigint() + NOTICE_NS);
    this.#skew = {
      number: this.#skew.number + 1,
      stretches: [...this.#skew.stretches, { fromNs, rate }],
      wall: [...this.#skew.wall, { fromNs, offsetMs }],
    };
    await this.#write();
  }

  // Whole or not at all: the process may read it at any moment.
  async #write(): Promise<void> {
    await writeFile(`${this.file}.new`, JSON.stringify(this.#skew));
    await rename(`${this.file}.new`, this.file);
  }

  async #heard(): Promise<number> {
    const prefix = `${basename(this.file)}.${this.#skew.number}.seen-by-`;
    const files = await readdir(dirname(this.file));
    return files.filter((name) => name.startsWith(prefix)).length;
  }
}
