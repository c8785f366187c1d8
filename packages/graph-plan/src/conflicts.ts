import { LabelCompany } from "./label-company.ts";
import { AGAINST, HASH_LENGTH, type How, type Touches } from "./touches.ts";

/** Ways of touching that are told of a label. */
const OF_LABELS: ReadonlySet<string> = new Set<How>(["W", "S", "U", "V", "L"]);

/** Entries, by what they touch: finds those that a further one conflicts with. */
export class TouchIndex<Owner> {
  readonly #company: LabelCompany;
  /** Whoever touched a thing last, and so how many there are is bounded by the things. */
  readonly #owners = new Map<string, Owner>();
  /** By pair of ends: the shape of edge keys in use there; undefined where there are several. */
  readonly #shapes = new Map<string, string | undefined>();

  /** @param company which labels count as one; labels learnt later count too. */
  constructor(company: LabelCompany = new LabelCompany()) {
    this.#company = company;
  }

  /** How many things are touched: a measure of its memory, some 100 bytes each. */
  get size(): number {
    return this.#owners.size;
  }

  add(touched: Touches, owner: Owner): void {
    for (const text of touched) {
      if (text[0] === "+") continue;
      this.#owners.set(text, owner);
      if (text[0] === "z") {
        const { pair, shape } = shapeAt(text);
        const known = this.#shapes.has(pair) ? this.#shapes.get(pair) : shape;
        this.#shapes.set(pair, known === shape ? shape : undefined);
      }
    }
  }

  /**
   * Entries in it that conflict with what is touched, each once: of those that touch one thing in one
   * way only the last that was added. Empty exactly when there is no conflict.
   */
  conflicting(touched: Touches): Set<Owner> {
    const found = new Set<Owner>();
    for (const text of touched) {
      const how = text[0] as How;
      if (how === "z") {
        this.#otherShapes(text, found);
        continue;
      }
      const what = text.slice(1);
      const things = OF_LABELS.has(how) ? this.#company.of(what) : [what];
      for (const thing of things) {
        for (const other of AGAINST[how]) {
          const owner = this.#owners.get(other + thing);
          if (owner !== undefined) found.add(owner);
        }
      }
    }
    return found;
  }

  #otherShapes(text: string, found: Set<Owner>): void {
    const { pair, shape } = shapeAt(text);
    if (!this.#shapes.has(pair) || this.#shapes.get(pair) === shape) return;
    const owner = this.#owners.get(`k${pair}`);
    if (owner !== undefined) found.add(owner);
  }
}

function shapeAt(text: string): { pair: string; shape: string } {
  return { pair: text.slice(1, 1 + HASH_LENGTH), shape: text.slice(1 + HASH_LENGTH) };
}

/**
 * Whether the order of two entries matters, by what they touch. Those for which it does not may be
 * applied in either order, with the same graph, and the same refusals, as a result.
 *
 * They conflict when one writes or deletes a node or edge that the other writes, deletes, or uses as
 * an edge's end; two edges at one node do not. A mutation by match counts as its whole label or type.
 *
 * @param company labels that stand on one node together, besides those that the two declare.
 */
export function conflicts(a: Touches, b: Touches, company?: LabelCompany): boolean {
  const known = new LabelCompany(company);
  known.learnFrom(a);
  known.learnFrom(b);
  const index = new TouchIndex<true>(known);
  index.add(a, true);
  return index.conflicting(b).size > 0;
}
