import { SYMBOL_KINDS, type SymbolFact } from "./facts.ts";

/** A name longer than this (only minified code has them) would not fit into a graph key. */
const NAME_LENGTH_MAX = 500;

/** Gathers a file's symbols, one for each name. */
export class SymbolList {
  readonly #byName = new Map<string, SymbolFact>();

  /** Adds a declaration. Those of one name become one symbol, of the kind that says most. */
  add(symbol: Omit<SymbolFact, "declarations">): void {
    if (symbol.name === "" || symbol.name.length > NAME_LENGTH_MAX) return;
    const known = this.#byName.get(symbol.name);
    this.#byName.set(symbol.name, known ? merged(known, symbol) : { ...symbol, declarations: 1 });
  }

  /** By line, then by name. `exportedNames`: what is exported elsewhere than at its declaration. */
  symbols(exportedNames: ReadonlySet<string>): SymbolFact[] {
    return [...this.#byName.values()]
      .map((symbol) => {
        const exported = symbol.exported || exportedNames.has(symbol.name);
        return exported === symbol.exported ? symbol : { ...symbol, exported };
      })
      .sort((a, b) => a.line - b.line || (a.name < b.name ? -1 : 1));
  }
}

function merged(known: SymbolFact, more: Omit<SymbolFact, "declarations">): SymbolFact {
  // A class says more than the interface it is merged with, an implementation more than an overload.
  const rank = SYMBOL_KINDS.indexOf(more.kind) - SYMBOL_KINDS.indexOf(known.kind);
  const leading = rank < 0 || (rank === 0 && more.calls.length > 0) ? more : known;
  return {
    ...leading,
    exported: known.exported || more.exported,
    summary: known.summary ?? more.summary,
    calls: [...known.calls, ...more.calls],
    declarations: known.declarations + 1,
  };
}
