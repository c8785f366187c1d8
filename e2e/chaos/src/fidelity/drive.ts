import type { Scheduler } from "../sim/scheduler.ts";

/** Far longer than any call takes, in virtual milliseconds. */
const LIMIT_MS = 600_000;

/** Lets virtual time go on as long as some call of its ports is open; it stands still otherwise. */
export class Drive {
  readonly #scheduler: Scheduler;
  #open = 0;
  #isRunning = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** A port of the simulation, for whoever lives in real time. */
  port<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        return (...given: unknown[]): unknown => {
          const answer: unknown = member.apply(target, given);
          return answer instanceof Promise ? this.#until(answer) : answer;
        };
      },
    });
  }

  async #until<R>(answer: Promise<R>): Promise<R> {
    this.#open += 1;
    const settled = answer.finally(() => {
      this.#open -= 1;
    });
    settled.catch(() => {}); // told below, once time stands still
    if (!this.#isRunning) {
      this.#isRunning = true;
      await this.#scheduler.run(() => this.#open === 0, LIMIT_MS);
      this.#isRunning = false;
    }
    return await settled;
  }
}
