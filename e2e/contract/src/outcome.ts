/**
 * What a runner is asked and what it says, one JSON object a line.
 *
 * The same in every language; whatever is bytes is base64.
 */
export interface Command {
  /** Its number; the outcome bears it too. Commands overlap. */
  readonly n: number;
  readonly call: Call;
}

/** A call of a client, or of a writer in a transaction of its own. */
export type Call =
  /** An append of a client. `request` is an `AppendRequest`; the client puts its own source into it. */
  | {
      readonly kind: "append";
      readonly client: ClientSpec;
      readonly request: string;
      /** The runner lets the first mutation, a MergeNode, set one property: `text`, of so many x. */
      readonly textBytes?: number;
    }
  /** Appends side by side, each with its own outcome. */
  | { readonly kind: "append_many"; readonly client: ClientSpec; readonly requests: string[] }
  | { readonly kind: "get_entry"; readonly client: ClientSpec; readonly id: string }
  | {
      readonly kind: "wait_applied";
      readonly client: ClientSpec;
      readonly ids: string[];
      readonly timeoutMs: number;
    }
  /** Ends the client's calls under way. */
  | { readonly kind: "close"; readonly client: ClientSpec }
  /**
   * Appends of an in-transaction writer, each in a transaction of its own, in their order. `entries`
   * are `Entry` messages; the writer puts its own source into them. With each one, a document with
   * the entry's id as its `_id` is inserted into the collection `told`.
   */
  | { readonly kind: "transact"; readonly writer: WriterSpec; readonly entries: string[] };

/** How a client is made; equal ones are one client, which lives until it is closed. */
export interface ClientSpec {
  readonly name: string;
  readonly url: string;
  readonly protocol: Protocol;
  /** Python alone has two: for threads and for asyncio. */
  readonly asyncio?: boolean;
  readonly token?: string;
  readonly timeoutMs: number;
  readonly attemptTimeoutMs: number;
  /** The bound of the first pause before a repeat. */
  readonly delayMsMin: number;
}

export type Protocol = "connect" | "connect-h2" | "grpc" | "grpc-web";

/** How a writer is made. */
export interface WriterSpec {
  readonly mongodbUri: string;
  readonly database: string;
  readonly asyncio?: boolean;
}

/** A line of a runner. */
export type Said =
  | { readonly n: number; readonly outcome: Outcome }
  /** Not an outcome: the runner itself, or something that no client may throw. */
  | { readonly n: number; readonly broke: string };

/** What a call gave. */
export type Outcome =
  | { readonly kind: "committed"; readonly committed: Committed }
  | { readonly kind: "many"; readonly many: Outcome[] }
  | { readonly kind: "entry"; readonly entry: FoundEntry }
  | { readonly kind: "waited"; readonly waited: Waited }
  | { readonly kind: "closed" }
  | { readonly kind: "failed"; readonly failed: Failed };

export interface Committed {
  readonly entryId: string;
  readonly replayed: boolean;
  readonly documents: WriteResult[];
}

export interface WriteResult {
  readonly inserted: number;
  readonly matched: number;
  readonly modified: number;
  readonly deleted: number;
  /** `{"_id": …}` in canonical Extended JSON; null when there is none. */
  readonly id: string | null;
}

export interface FoundEntry {
  /** The `Entry`. */
  readonly bytes: string;
  readonly state: string;
  readonly reason: string;
  readonly documents: WriteResult[];
}

export interface Waited {
  readonly entries: {
    readonly id: string;
    readonly state: string;
    readonly reason: string;
    readonly acked: boolean;
  }[];
  readonly bookmarks: number;
}

/** An error, in the words that all languages have for it. */
export interface Failed {
  /** By its class or sentinel. */
  readonly code: string;
  /** As it says itself. */
  readonly said: string;
  readonly fields: string[];
  /** What the service asks to wait; null when it asks nothing. */
  readonly retryAfterMs: number | null;
  readonly entryId: string | null;
  readonly attempts: number;
  /** What a writer names besides the code, such as `ID_REUSED`; absent for a client's errors. */
  readonly reason?: string;
}
