import type { EdgeState, GraphStore, NodeState, Properties } from "./graph-store.ts";
import type { LockHolder } from "./lock-table.ts";
import { LOCK_STOPPED, Neo4jError } from "./neo4j-error.ts";

/**
 * A transaction: it sees what is committed at the moment of each look, and what it wrote itself.
 * What it writes is locked until it ends, and nobody else sees it before it commits.
 */
export class GraphTransaction implements LockHolder {
  readonly held: Set<string> = new Set();
  waitsFor: string | undefined;
  readonly #store: GraphStore;
  readonly #said: Record<string, unknown>;
  readonly #onEnd: () => void;
  readonly #nodes = new Map<number, NodeState | undefined>();
  readonly #edges = new Map<number, EdgeState | undefined>();
  #ended: Neo4jError | undefined;
  #stopWaiting: ((error: Neo4jError) => void) | undefined;

  constructor(store: GraphStore, said: Record<string, unknown>, onEnd: () => void) {
    this.#store = store;
    this.#said = said;
    this.#onEnd = onEnd;
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** Whether a uniqueness constraint stands behind a label's key. */
  isUnique(label: string): boolean {
    return this.#store.unique.has(label);
  }

  /** Takes a lock; undefined when there is nothing to wait for. */
  lock(name: string): Promise<void> | undefined {
    this.requireOpen();
    const waiting = this.#store.locks.take(this, name);
    if (waiting === undefined) return undefined;
    return new Promise((resolve, reject) => {
      this.#stopWaiting = reject;
      void waiting.then(() => {
        this.#stopWaiting = undefined;
        if (this.#ended === undefined) resolve();
        else reject(this.#ended);
      });
    });
  }

  node(id: number): NodeState | undefined {
    return this.#nodes.has(id) ? this.#nodes.get(id) : this.#store.nodes.get(id);
  }

  edge(id: number): EdgeState | undefined {
    return this.#edges.has(id) ? this.#edges.get(id) : this.#store.edges.get(id);
  }

  /** @param wants asked first: most nodes are not looked for, and then nothing else is asked. */
  eachNode(
    see: (id: number, node: NodeState) => void,
    wants: (node: NodeState) => boolean = () => true,
  ): void {
    this.#store.nodes.forEach((node, id) => {
      if (wants(node) && !this.#nodes.has(id)) see(id, node);
    });
    this.#nodes.forEach((node, id) => {
      if (node !== undefined && wants(node)) see(id, node);
    });
  }

  eachEdge(see: (id: number, edge: EdgeState) => void): void {
    this.#store.edges.forEach((edge, id) => {
      if (!this.#edges.has(id)) see(id, edge);
    });
    this.#edges.forEach((edge, id) => {
      if (edge !== undefined) see(id, edge);
    });
  }

  createNode(labels: readonly string[], properties: Properties): number {
    const id = this.#store.newId();
    this.#nodes.set(id, { labels: new Set(labels), properties });
    return id;
  }

  createEdge(edge: EdgeState): number {
    const id = this.#store.newId();
    this.#edges.set(id, edge);
    return id;
  }

  /** Under its lock. */
  writeNode(id: number, node: NodeState | undefined): void {
    this.#nodes.set(id, node);
  }

  /** Under its lock. */
  writeEdge(id: number, edge: EdgeState | undefined): void {
    this.#edges.set(id, edge);
  }

  commit(): void {
    this.requireOpen();
    for (const [id, node] of this.#nodes) put(this.#store.nodes, id, node);
    for (const [id, edge] of this.#edges) put(this.#store.edges, id, edge);
    const wrote = this.#nodes.size + this.#edges.size > 0;
    this.#end(CLOSED);
    if (wrote) this.#store.onCommit(this.#said);
  }

  rollback(): void {
    this.#end(CLOSED);
  }

  /** The server ends it. @param why told to whoever uses it; a wait for a lock is told its own. */
  terminate(why: Neo4jError): void {
    if (this.#ended === undefined) this.#end(this.waitsFor === undefined ? why : LOCK_STOPPED());
  }

  requireOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  #end(why: Neo4jError): void {
    if (this.#ended !== undefined) return;
    this.#ended = why;
    this.#stopWaiting?.(why);
    this.#store.locks.release(this);
    this.#onEnd();
  }
}

const CLOSED = new Neo4jError(
  "Neo.ClientError.Transaction.TransactionNotFound",
  "the transaction is over",
);

function put<T>(into: Map<number, T>, id: number, value: T | undefined): void {
  if (value === undefined) into.delete(id);
  else into.set(id, value);
}
