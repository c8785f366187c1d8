import { ConnectError, type ContextKey, createContextKey } from "@connectrpc/connect";

/** What the server knows of one call, from its headers to the end of its answer. */
export class Call {
  readonly method: string;
  readonly protocol: string;
  readonly #start: number = performance.now();

  /** Who calls, once that is known. */
  principal: string | undefined;

  /** How much of its request came, as it came: headers left out, compressed if it was. */
  requestBytes = 0;

  /** Whether its request was read and handed on; from then on, its end is told by who handles it. */
  entered = false;

  /** Aborted when the protocol's handler has ended the call, with its error as the reason. */
  signal: AbortSignal | undefined;

  /** Lets it in, once it is known that its caller may make it. @throws ConnectError when there are too many. */
  readonly admit: () => void;

  constructor(method: string, protocol: string, admit: () => void) {
    this.method = method;
    this.protocol = protocol;
    this.admit = admit;
  }

  get durationMs(): number {
    return performance.now() - this.#start;
  }

  /** The error with which it ended before anybody handled it; undefined when it did not. */
  get refusal(): ConnectError | undefined {
    const reason: unknown = this.signal?.reason;
    return !this.entered && reason instanceof ConnectError ? reason : undefined;
  }
}

/** The call that a context belongs to. */
export const CALL: ContextKey<Call | undefined> = createContextKey<Call | undefined>(undefined);

/** Set on a call that is to be refused with this, before anything of it is read. */
export const REFUSED: ContextKey<ConnectError | undefined> = createContextKey<
  ConnectError | undefined
>(undefined);
