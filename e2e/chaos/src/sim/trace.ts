/** What happened in a run, as lines, and a number that any other run would have another one of. */
export class Trace {
  readonly lines: string[] | undefined;
  #high = 0x811c_9dc5;
  #low = 0x9747_b28c;
  #entries = 0;
  readonly #now = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#now.buffer);

  /** @param keep whether lines are kept, for people. */
  constructor(keep: boolean) {
    this.lines = keep ? [] : undefined;
  }

  /** @param more what comes after `text`, so that nobody makes lines that are not kept. */
  say(now: number, text: string, more?: string): void {
    this.#entries += 1;
    this.#now[0] = now;
    for (const half of this.#halves) this.#mix(half);
    this.#mixText(text);
    if (more !== undefined) this.#mixText(more);
    this.lines?.push(`${now.toFixed(3)} ${text}${more === undefined ? "" : ` ${more}`}`);
  }

  /** The same for two runs only if they said the same. */
  get hash(): string {
    const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");
    return `${hex(this.#high)}${hex(this.#low)}-${this.#entries}`;
  }

  #mixText(text: string): void {
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i));
    this.#mix(0x1_0000); // where a text ends
  }

  #mix(number: number): void {
    this.#high = Math.imul(this.#high ^ number, 0x0100_0193);
    this.#low = Math.imul(this.#low ^ number, 0x5bd1_e995);
  }
}
