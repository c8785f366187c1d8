import { waitUntil } from "@outgraph/stack";
import type { Backlog } from "./outgraph/backlog.ts";

/** Something that is killed in mid-stream. */
export interface Victim {
  readonly name: string;
  /** SIGSTOP: it stands still where it is, until it is killed. */
  pause(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it runs again. */
  start(): Promise<void>;
}

/** At how many appends something is killed. */
export interface KillPoint {
  readonly at: number;
  readonly victim: Victim;
}

/** A kill that hit while there was work to do. */
export interface Kill {
  readonly victim: string;
  /** Appends that had been acknowledged to the sender. */
  readonly appended: number;
  /** Entries that were committed and not yet applied when it was gone. */
  readonly pending: number;
  /** From the kill until entries were applied again. */
  readonly backAfterMs: number;
}

export interface KillsOptions {
  readonly points: readonly KillPoint[];
  readonly backlog: () => Promise<Backlog>;
  /** Told when it has struck, and when entries are applied again. */
  readonly onKill: (kill: Omit<Kill, "backAfterMs">) => void;
  readonly onBack: (kill: Kill) => void;
  /** How long it may take until entries are applied again, in milliseconds. */
  readonly backWithinMs: number;
}

/**
 * Kills at points of the stream, and only when entries are pending, so that each kill interrupts work.
 *
 * The first waits until entries are applied, the others until half of what the kill before left
 * pending is: so each hits something that works, and has work left.
 */
export class Kills {
  readonly #options: KillsOptions;
  readonly #points: KillPoint[];
  readonly #done: Kill[] = [];
  #turn: Promise<void> = Promise.resolve();
  #recovery: Promise<void> | undefined;

  constructor(options: KillsOptions) {
    this.#options = options;
    this.#points = options.points.toSorted((a, b) => a.at - b.at);
  }

  /** Those that hit while work was pending. */
  get done(): readonly Kill[] {
    return this.#done;
  }

  /** How many have not struck yet. */
  get due(): number {
    return this.#points.length;
  }

  /** To be awaited after each append: the stream goes on when a kill that is due has struck. */
  async reached(appended: number): Promise<void> {
    if (!this.#isDue(appended)) return;
    this.#turn = this.#turn.then(() => this.#strike(appended));
    await this.#turn;
  }

  /** Resolves when everything that was killed carries entries again. */
  async recovered(): Promise<void> {
    await this.#turn;
    await this.#recovery;
  }

  #isDue(appended: number): boolean {
    const next = this.#points[0];
    return next !== undefined && appended >= next.at;
  }

  async #strike(appended: number): Promise<void> {
    const next = this.#points[0];
    if (next === undefined || !this.#isDue(appended)) return;
    this.#recovery ??= this.#carries(0);
    await this.#recovery;
    // All caught up: a kill now would interrupt nothing. Standing still it cannot apply what the next
    // append brings, and is killed then.
    if ((await this.#options.backlog()).pending === 0) return await next.victim.pause();
    const killedAt = performance.now();
    await next.victim.kill();
    const { pending, applied } = await this.#options.backlog();
    // It may have finished just before: then it is started again, and the kill is still to come.
    const hit = pending > 0;
    const kill = { victim: next.victim.name, appended, pending };
    if (hit) {
      this.#points.shift();
      this.#options.onKill(kill);
    }
    this.#recovery = next.victim.start().then(async () => {
      if (!hit) return;
      await this.#carries(applied);
      const backAfterMs = performance.now() - killedAt;
      this.#done.push({ ...kill, backAfterMs });
      this.#options.onBack({ ...kill, backAfterMs });
      await this.#carries(applied + Math.floor(pending / 2));
    });
    this.#recovery.catch(() => {}); // told to whoever awaits it
  }

  /** Resolves when more entries are applied than `before`. */
  async #carries(before: number): Promise<void> {
    await waitUntil(async () => (await this.#options.backlog()).applied > before, {
      what: "entries are applied",
      timeoutMs: this.#options.backWithinMs,
      everyMs: 10,
    });
  }
}
