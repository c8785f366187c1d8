/** What happened in a run, as lines, and a number that any other run would have another one of. */
export class Trace {
  readonly lines: string[] | undefined;
  #high = 0x811c_9dc5;
  #low = 0x9747_b28c;
  #entries = 0;

  /** @param keep whether lines are kept, for people. */
  constructor(keep: boolean) {
    this.lines = keep ? [] : undefined;
  }

  say(now: number, text: string): void {
    this.#entries += 1;
    const line = `${now.toFixed(3)} ${text}`;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      this.#high = Math.imul(this.#high ^ code, 0x0100_0193);
      this.#low = Math.imul(this.#low ^ code, 0x5bd1_e995);
    }
    this.lines?.push(line);
  }

  /** The same for two runs only if they said the same. */
  get hash(): string {
    const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");
    return `${hex(this.#high)}${hex(this.#low)}-${this.#entries}`;
  }
}
