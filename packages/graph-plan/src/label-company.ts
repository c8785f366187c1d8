import { checkedLabel } from "./broken-contract.ts";
import { quoted } from "./quote.ts";
import type { Touches } from "./touches.ts";

/** A statement that gives, as `labels`, every label that some node of this label has, itself among them. */
export function labelsBesideCypher(label: string): string {
  return `MATCH (n:${quoted(checkedLabel(label))}) UNWIND labels(n) AS label RETURN collect(DISTINCT label) AS labels`;
}

/**
 * Which labels stand on one node together, as far as it is known. A node has one key label, by which
 * entries name it, and may have extra ones, by which it can be matched.
 */
export class LabelCompany {
  readonly #beside = new Map<string, Set<string>>();

  /** @param known what another one knows, to begin with. */
  constructor(known?: LabelCompany) {
    if (known === undefined) return;
    for (const [label, beside] of known.#beside) this.#beside.set(label, new Set(beside));
  }

  /** Some node may have all of these. */
  learn(labels: readonly string[]): void {
    for (const label of labels) this.learnBeside(label, labels);
  }

  /** Nodes of this label may have each of the others, though not together. */
  learnBeside(label: string, others: readonly string[]): void {
    for (const other of others) {
      this.#pair(label, other);
      this.#pair(other, label);
    }
  }

  /** Takes note of the extra labels that an entry gives to nodes. */
  learnFrom(touched: Touches): void {
    for (const text of touched) {
      if (text[0] !== "+") continue;
      const [key = "", extra = ""] = text.slice(1).split(":");
      // Whatever else nodes of this key label have may be on the same node.
      this.learn([extra, ...this.of(key)]);
    }
  }

  /** The labels that a node of this label may have, itself among them. */
  of(label: string): Iterable<string> {
    return this.#beside.get(label) ?? [label];
  }

  #pair(label: string, other: string): void {
    let beside = this.#beside.get(label);
    if (beside === undefined) {
      beside = new Set([label]);
      this.#beside.set(label, beside);
    }
    beside.add(other);
  }
}
