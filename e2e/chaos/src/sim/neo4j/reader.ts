import { type Token, tokens } from "./tokens.ts";

/** Reads Cypher, one token after another. */
export class Reader {
  readonly #cypher: string;
  readonly #tokens: readonly Token[];
  #place = 0;

  constructor(cypher: string) {
    this.#cypher = cypher;
    this.#tokens = tokens(cypher);
  }

  get next(): Token {
    return this.#tokens[this.#place] as Token;
  }

  /** How many tokens were taken. */
  get place(): number {
    return this.#place;
  }

  /** Whether a property of a variable is named in what was taken since a place. */
  reads(variable: string, property: string, from: number): boolean {
    const taken = this.#tokens.slice(from, this.#place);
    return taken.some(({ text }, i) => {
      if (text !== variable || taken[i + 1]?.text !== ".") return false;
      return taken[i + 2]?.text === property;
    });
  }

  /** Whether these words come next. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.#tokens[this.#place + i];
      return token?.kind === "word" && token.text.toUpperCase() === word;
    });
  }

  /** Takes these words if they come next. */
  takes(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false;
    this.#place += words.length;
    return true;
  }

  /** Whether this word comes after the next token. */
  aheadIs(word: string): boolean {
    const token = this.#tokens[this.#place + 1];
    return token?.kind === "word" && token.text.toUpperCase() === word;
  }

  seesSign(sign: string, ahead = 0): boolean {
    const token = this.#tokens[this.#place + ahead];
    return token?.kind === "sign" && token.text === sign;
  }

  takesSign(sign: string): boolean {
    if (!this.seesSign(sign)) return false;
    this.#place += 1;
    return true;
  }

  wantSign(sign: string): void {
    if (!this.takesSign(sign)) throw this.unexpected(sign);
  }

  want(...words: readonly string[]): void {
    if (!this.takes(...words)) throw this.unexpected(words.join(" "));
  }

  /** Takes a token whatever it is. */
  take(): Token {
    const token = this.next;
    this.#place += 1;
    return token;
  }

  /** Takes a name, quoted or not. */
  name(): string {
    const { kind, text } = this.take();
    if (kind !== "name" && kind !== "word") throw this.unexpected("a name");
    return text;
  }

  unexpected(wanted: string): SyntaxError {
    return new SyntaxError(`wanted ${wanted}, found ${this.next.text}, in: ${this.#cypher}`);
  }
}
