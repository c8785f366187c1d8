import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { LIFELINE } from "./lifeline.ts";

export interface RunOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both outputs are appended to this file. */
  readonly logFile: string;
  /** A folder to remove if this process dies before it could do so itself. */
  readonly sweep?: string;
}

/** How a child ended: a code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One life of one child, from its start to its end. */
export interface Run {
  readonly pid: number;
  /** Becomes true when the child has ended and is reaped, with all it had started itself. */
  readonly exited: Promise<Exit>;
  /** Undefined while the child lives. */
  readonly exit: Exit | undefined;
  /** Sends a signal to the child itself; does nothing when it has ended. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Starts a child that dies with this process (see lifeline.ts). Resolves once it has a process id.
 *
 * The output goes to a file and not through a pipe: a parent that is busy for some seconds would
 * leave the pipe full, and an engine blocked on writing its log.
 */
export async function run(options: RunOptions): Promise<Run> {
  const log = openSync(options.logFile, "a");
  const shell = spawn(
    "/bin/sh",
    ["-c", LIFELINE, "outgraph-lifeline", options.sweep ?? "", options.command, ...options.args],
    {
      env: options.env,
      cwd: options.cwd,
      // Its own session: Ctrl-C at a terminal reaches the parent alone, which then stops in order.
      detached: true,
      stdio: ["ignore", log, log, "pipe"],
    },
  );
  closeSync(log);
  await once(shell, "spawn");
  return follow(shell);
}

async function follow(shell: ChildProcess): Promise<Run> {
  const lifeline = shell.stdio[3] as Duplex; // "pipe" in `stdio` above
  const pid = Promise.withResolvers<number>();
  let told: number | undefined;
  let exit: Exit | undefined;
  forEachLine(lifeline, (line) => {
    const [word, number] = line.split(" ");
    if (word === "pid") pid.resolve(Number(number));
    if (word === "exit") {
      told = Number(number);
      lifeline.end("reaped\n");
    }
  });
  // The shell may be gone before our line reaches it; its end is told by the event below.
  lifeline.on("error", () => {});

  const exited = once(shell, "exit").then(([code, signal]) => {
    lifeline.destroy();
    killGroup(shell.pid);
    exit = told === undefined ? { code, signal } : exitOf(told);
    return exit;
  });
  const engine = await Promise.race([pid.promise, exited.then(() => undefined)]);
  if (engine === undefined) throw new Error("the shell that should start the child ended at once");
  return {
    pid: engine,
    exited,
    get exit() {
      return exit;
    },
    signal(signal) {
      if (told === undefined && exit === undefined) sendTo(engine, signal);
    },
  };
}

/** What a shell's status says: 0 to 128 is a code, above it a signal's number. */
export function exitOf(status: number): Exit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === status - 128);
  if (signal === undefined) return { code: status, signal: null };
  return { code: null, signal: signal[0] as NodeJS.Signals };
}

/** Ends what the child had started itself and left behind. */
function killGroup(leader: number | undefined): void {
  if (leader !== undefined) sendTo(-leader, "SIGKILL");
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // gone already: as wanted
  }
}

function forEachLine(stream: Duplex, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}
