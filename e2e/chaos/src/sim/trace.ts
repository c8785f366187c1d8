/** What happened in a run, as lines, and a number that any other run would have another one of. */
export class Trace {
  readonly lines: string[] | undefined;
  #high = 0x811c_9dc5;
  #low = 0x9747_b28c;
  #entries = 0;
  readonly #now = new Float64Array(1);
  readonly #halves = new Uint32Array(this.#now.buffer);
  /** What was made of texts that come again and again: names of machines and of calls. */
  readonly #known = new Map<string, number>();

  /** @param keep whether lines are kept, for people. */
  constructor(keep: boolean) {
    this.lines = keep ? [] : undefined;
  }

  /**
   * @param more what comes after `text`, so that nobody makes lines that are not kept; both are texts
   *   of which there are few.
   */
  say(now: number, text: string, more?: string): void {
    this.#entries += 1;
    this.#now[0] = now;
    for (const half of this.#halves) this.#mix(half);
    if (more === undefined) this.#mixText(text);
    else {
      this.#mix(this.#numberOf(text));
      this.#mix(this.#numberOf(more));
    }
    this.lines?.push(`${now.toFixed(3)} ${text}${more === undefined ? "" : ` ${more}`}`);
  }

  /** The same for two runs only if they said the same. */
  get hash(): string {
    const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");
    return `${hex(this.#high)}${hex(this.#low)}-${this.#entries}`;
  }

  /** The same for the same text alone, in one run: the texts are numbered as they come. */
  #numberOf(text: string): number {
    let number = this.#known.get(text);
    if (number === undefined) {
      this.#mixText(text);
      number = this.#known.size;
      this.#known.set(text, number);
    }
    return number;
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
