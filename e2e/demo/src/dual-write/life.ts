import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Job, Told } from "./job.ts";

/** One life of the program that writes twice. */
export interface Life {
  /** Files that it has begun and not finished. */
  readonly inHand: number;
  /** SIGKILL. */
  kill(): void;
  /** Resolves when it has ended: true when it came to the end of its work. */
  readonly ended: Promise<boolean>;
  /** The end of what it wrote to its outputs. */
  logTail(): string;
}

const LOG_TAIL_LENGTH = 8 * 1024;

/** Starts the program. It ends when this process ends. */
export function startLife(job: Job, onTold: (told: Told, life: Life) => void): Life {
  const writer = fileURLToPath(new URL("./writer.ts", import.meta.url));
  const child = fork(writer, [JSON.stringify(job)], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const ended = Promise.withResolvers<boolean>();
  let log = "";
  let inHand = 0;
  for (const output of [child.stdout, child.stderr]) {
    output?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-LOG_TAIL_LENGTH);
    });
  }
  child.on("message", (message) => {
    const told = message as Told;
    if (told.kind === "begun") inHand++;
    if (told.kind === "done") inHand--;
    onTold(told, life);
  });
  child.once("error", ended.reject);
  child.once("close", (code) => ended.resolve(code === 0));
  const life: Life = {
    get inHand() {
      return inHand;
    },
    kill: () => child.kill("SIGKILL"),
    ended: ended.promise,
    logTail: () => log,
  };
  return life;
}
