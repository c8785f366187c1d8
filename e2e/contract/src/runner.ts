import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { LANGUAGES, type Language, type Program, programOf } from "./languages.ts";
import type { Call, Outcome, Said } from "./outcome.ts";

/** How long a runner may take to end once its input has ended, in milliseconds. */
const END_MS = 5_000;

/** How long any call may take, in milliseconds: far longer than any of the script does. */
const ANSWER_MS = 90_000;

/** A runner of each language, side by side. */
export type Runners = Readonly<Record<Language, Runner>> & AsyncDisposable;

/** Makes the runners ready and starts them. @param folder for what is compiled. */
export async function startRunners(
  folder: string,
  onProgress: (text: string) => void = () => {},
): Promise<Runners> {
  await using started = new AsyncDisposableStack();
  const starting = LANGUAGES.map(async (language) => {
    const runner = started.use(new Runner(language, await programOf(language, folder)));
    onProgress(`${language}: its program is ready`);
    return [language, runner] as const;
  });
  await Promise.allSettled(starting);
  const runners = Object.fromEntries(await Promise.all(starting)) as Record<Language, Runner>;
  const rest = started.move();
  return { ...runners, [Symbol.asyncDispose]: () => rest.disposeAsync() };
}

/** A program in one of the languages that does what it is told. It ends with this process. */
export class Runner implements AsyncDisposable {
  readonly language: Language;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #asked = new Map<number, PromiseWithResolvers<Outcome>>();
  #next = 1;
  #errors = "";
  #ended: Error | undefined;

  constructor(language: Language, { command, args, env }: Program) {
    this.language = language;
    this.#child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child.stdin.on("error", () => {}); // told by the end of the process
    this.#child.stderr.on("data", (text: Buffer) => {
      this.#errors = `${this.#errors}${text}`.slice(-8_192);
    });
    this.#child.on("error", (error) => this.#end(error));
    this.#child.on("close", (code, signal) => {
      this.#end(new Error(`${language} ended: ${signal ?? `code ${code}`}\n${this.#errors}`));
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => this.#heard(line));
  }

  /** What a call gives. @throws Error when the runner broke, with what it said. */
  async ask(call: Call): Promise<Outcome> {
    if (this.#ended !== undefined) throw this.#ended;
    const n = this.#next++;
    const answer = Promise.withResolvers<Outcome>();
    this.#asked.set(n, answer);
    const late = setTimeout(
      () => answer.reject(new Error(`${this.language}: no answer to ${call.kind}`)),
      ANSWER_MS,
    );
    this.#child.stdin.write(`${JSON.stringify({ n, call })}\n`);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(late);
      this.#asked.delete(n);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = once(this.#child, "close");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    this.#child.stdin.end();
    await closed;
    clearTimeout(late);
  }

  #heard(line: string): void {
    const said = JSON.parse(line) as Said;
    const asked = this.#asked.get(said.n);
    if ("broke" in said) asked?.reject(new Error(`${this.language}: ${said.broke}`));
    else asked?.resolve(said.outcome);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const answer of this.#asked.values()) answer.reject(error);
  }
}
