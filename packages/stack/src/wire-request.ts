/** One request that a client sends through a proxy. */
export interface WireRequest {
  /** Numbers the requests of one connection, from 1; MongoDB: the client's own request id. */
  readonly id: number;
  /**
   * Bolt: `RUN`, `BEGIN`, `COMMIT`, …; MongoDB: the command, such as `commitTransaction`; without a
   * protocol: "".
   */
  readonly name: string;
  /** Bolt: the statement of a RUN; MongoDB: the collection, if the command names one; else "". */
  readonly subject: string;
  /**
   * What went before in the same transaction, in order, with this request at the end. Bolt: the statements of its
   * RUNs; MongoDB: command and collection, `insert outbox`. Empty outside of one.
   */
  readonly transaction: readonly string[];
  /** Who asks, as the driver said at its beginning: MongoDB's `appName`; else "". */
  readonly client: string;
  /** All of it, framing included; without a protocol: a piece, as the network brought it. */
  readonly bytes: Buffer;
}

/** Bytes from a client that belong together: a whole request, or some that are none. */
export interface Said {
  readonly bytes: Buffer;
  readonly request?: WireRequest;
  /** False when the server says nothing to this request. */
  readonly answered?: boolean;
}

/** Bytes from a server that belong together. */
export interface Answer {
  readonly bytes: Buffer;
  /** What they answer, if anything that was asked. */
  readonly to?: WireRequest | undefined;
  /** True for the last part of that answer. */
  readonly last: boolean;
}

/** What is understood of one connection; sees all of its bytes, in pieces however cut. */
export interface Conversation {
  said(piece: Buffer): Iterable<Said>;
  /** @param open requests without a whole answer so far, oldest first; looked at for each answer anew. */
  answered(piece: Buffer, open: readonly WireRequest[]): Iterable<Answer>;
  /** What a server says to further requests, and up to which, once it gave this answer; undefined: nothing special. */
  ignoring?(answer: Buffer): { readonly until: string; readonly answer: Buffer } | undefined;
}

/** Knows no protocol: every piece is a request, and what comes back answers the last one. */
export class Bytes implements Conversation {
  #last: WireRequest | undefined;
  #count = 0;

  said(bytes: Buffer): Iterable<Said> {
    const id = ++this.#count;
    this.#last = { id, name: "", subject: "", transaction: [], client: "", bytes };
    return [{ bytes, request: this.#last, answered: false }];
  }

  answered(bytes: Buffer): Iterable<Answer> {
    return [{ bytes, to: this.#last, last: false }];
  }
}
