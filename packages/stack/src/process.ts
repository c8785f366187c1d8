import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lengthOf, tailOf, textAfter } from "./log-file.ts";
import { type Exit, type Run, run } from "./run.ts";
import { waitUntil } from "./wait-until.ts";

export interface ProcessOptions {
  /** Stands in errors: "relay". */
  readonly name: string;
  /** The program itself, not a script that starts it: signals are sent to this process. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /**
   * When the process counts as started: a pattern that its output must match, an address that must
   * answer a GET with 2xx, or a question of your own. Without it: as soon as it runs.
   */
  readonly ready?: RegExp | URL | (() => Promise<boolean>);
  /** How long it may take to become ready, in milliseconds. Default 30 000. */
  readonly readyTimeoutMs?: number;
  /** How long after SIGTERM it is killed, in milliseconds. Default 10 000. */
  readonly stopGraceMs?: number;
  /** Where both outputs are appended. Default: a file in the temp folder, removed by `stop`. */
  readonly logFile?: string;
  /** A folder to remove when this process dies before it could call `stop`. */
  readonly sweep?: string;
}

/** A child process that dies with its parent, and that tests may treat badly. */
export interface ManagedProcess extends AsyncDisposable {
  readonly name: string;
  /** Of the program itself; another after a `restart`. */
  readonly pid: number;
  readonly running: boolean;
  /** Resolves when the present life ends, for whatever reason. */
  readonly exited: Promise<Exit>;
  readonly logFile: string;
  /** The last 8 KiB of both outputs, also after `stop`. */
  logTail(): string;
  /** SIGKILL; resolves when the process is gone. Nothing happens to one that has ended. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its memory, sockets and locks, and does nothing. */
  pause(): Promise<void>;
  /** SIGCONT. */
  resume(): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace time; resolves when the process is gone. */
  stop(): Promise<void>;
  /** Stops it if it runs, then starts the same command; resolves when it is ready. */
  restart(): Promise<void>;
}

/**
 * Starts a program and waits until it is ready. It ends when this process ends, even by SIGKILL.
 *
 * @throws ProcessFailed with the end of its log when it ends, or is not ready in time; it is gone then.
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const child = new Child(options);
  await child.start();
  return child;
}

/** A program did not start, or ended by itself before it was ready. */
export class ProcessFailed extends Error {
  override readonly name = "ProcessFailed";

  constructor(name: string, why: string, log: string, cause?: unknown) {
    super(`${name} ${why}\n--- the end of its log ---\n${log.trimEnd() || "(empty)"}`, { cause });
  }
}

class Child implements ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ProcessOptions;
  readonly #ownLog: string | undefined;
  #run: Run | undefined;
  #lastWords: string | undefined;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.name = options.name;
    this.#ownLog = options.logFile ? undefined : mkdtempSync(join(tmpdir(), "outgraph-log-"));
    this.logFile = options.logFile ?? join(this.#ownLog ?? "", `${options.name}.log`);
  }

  get pid(): number {
    return this.#present().pid;
  }

  get running(): boolean {
    return this.#run !== undefined && this.#run.exit === undefined;
  }

  get exited(): Promise<Exit> {
    return this.#present().exited;
  }

  logTail(): string {
    return this.#lastWords ?? tailOf(this.logFile);
  }

  async start(): Promise<void> {
    const { command, args = [], cwd, env } = this.#options;
    const sweep = this.#options.sweep ?? this.#ownLog;
    const logFrom = lengthOf(this.logFile);
    const present = await run({
      command,
      args,
      env: { ...process.env, ...env },
      logFile: this.logFile,
      ...(cwd === undefined ? {} : { cwd }),
      ...(sweep === undefined ? {} : { sweep }),
    });
    this.#run = present;
    await this.#untilReady(present, logFrom);
  }

  async #untilReady(present: Run, logFrom: number): Promise<void> {
    const { name, ready, readyTimeoutMs: timeoutMs = 30_000 } = this.#options;
    if (ready === undefined) return;
    const ended = Symbol("ended");
    try {
      const outcome = await waitUntil(
        async () => (present.exit ? ended : isReady(ready, () => textAfter(this.logFile, logFrom))),
        { what: `${name} is ready`, timeoutMs },
      );
      if (outcome !== ended) return;
    } catch (error) {
      const log = this.logTail();
      await this.stop();
      throw new ProcessFailed(name, `was not ready within ${timeoutMs} ms`, log, error);
    }
    const { code, signal } = await present.exited;
    const log = this.logTail();
    await this.stop();
    throw new ProcessFailed(name, `ended at its start with ${signal ?? `code ${code}`}`, log);
  }

  async kill(): Promise<void> {
    this.#run?.signal("SIGKILL");
    await this.#run?.exited;
  }

  async pause(): Promise<void> {
    this.#living("pause").signal("SIGSTOP");
  }

  async resume(): Promise<void> {
    this.#living("resume").signal("SIGCONT");
  }

  async stop(): Promise<void> {
    await this.#end();
    if (this.#ownLog === undefined) return;
    this.#lastWords ??= tailOf(this.logFile);
    await rm(this.#ownLog, { recursive: true, force: true });
  }

  async restart(): Promise<void> {
    if (this.#lastWords !== undefined) throw new Error(`${this.name} was stopped for good`);
    await this.#end();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(): Promise<void> {
    const present = this.#run;
    if (present === undefined || present.exit !== undefined) return;
    present.signal("SIGTERM");
    present.signal("SIGCONT"); // a paused process takes SIGTERM only once it goes on
    const grace = setTimeout(() => present.signal("SIGKILL"), this.#options.stopGraceMs ?? 10_000);
    await present.exited;
    clearTimeout(grace);
  }

  #present(): Run {
    if (this.#run === undefined) throw new Error(`${this.name} was never started`);
    return this.#run;
  }

  #living(verb: string): Run {
    if (!this.running) throw new Error(`cannot ${verb} ${this.name}: it does not run`);
    return this.#present();
  }
}

async function isReady(
  ready: NonNullable<ProcessOptions["ready"]>,
  output: () => string,
): Promise<boolean> {
  if (ready instanceof RegExp) return output().search(ready) >= 0;
  if (ready instanceof URL) return (await fetch(ready, { signal: AbortSignal.timeout(2_000) })).ok;
  return await ready();
}
