import { GraphTransaction } from "./graph-transaction.ts";
import type { LockTable } from "./lock-table.ts";

export type Properties = ReadonlyMap<string, unknown>;

export interface NodeState {
  readonly labels: ReadonlySet<string>;
  readonly properties: Properties;
}

export interface EdgeState {
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly properties: Properties;
}

/** What is committed in a graph. */
export class GraphStore {
  nodes: Map<number, NodeState> = new Map();
  edges: Map<number, EdgeState> = new Map();
  /** Labels behind whose keys a uniqueness constraint stands. */
  readonly unique: Set<string> = new Set();
  /** Of each index by its name: the label or type and the property. */
  readonly indexes: Map<string, string> = new Map();
  readonly locks: LockTable<GraphTransaction>;
  /** Told after each commit that changed something. */
  onCommit: (said: Record<string, unknown>) => void = () => {};
  readonly #open = new Set<GraphTransaction>();
  #nextId = 0;

  constructor(locks: LockTable<GraphTransaction>) {
    this.locks = locks;
  }

  /** @param said what the client says that it is for. */
  begin(said: Record<string, unknown>, onEnd: () => void): GraphTransaction {
    const tx = new GraphTransaction(this, said, () => {
      this.#open.delete(tx);
      onEnd();
    });
    this.#open.add(tx);
    return tx;
  }

  newId(): number {
    return this.#nextId++;
  }

  /** A copy of everything, to put back later, as the server starts on it. */
  backup(): () => void {
    const [nodes, edges] = [new Map(this.nodes), new Map(this.edges)];
    return () => {
      for (const tx of [...this.#open]) tx.rollback();
      this.nodes = new Map(nodes);
      this.edges = new Map(edges);
    };
  }
}
