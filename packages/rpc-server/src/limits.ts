/** What callers may make the server hold and wait for. */
export interface Limits {
  /**
   * The most bytes of requests in memory at a time, as they were sent, over all calls; beyond it
   * RESOURCE_EXHAUSTED with a delay. Default 256 MiB.
   */
  readonly requestsBytesMax: number;

  /**
   * How long a request with one message may take to arrive, in milliseconds; then DEADLINE_EXCEEDED,
   * and its connection is closed. Default 30 000.
   */
  readonly requestMsMax: number;

  /**
   * The most calls at a time, streams among them; beyond it RESOURCE_EXHAUSTED with a delay.
   * Default 20 000.
   */
  readonly callsMax: number;

  /**
   * How long a call with one answer may take, in milliseconds; then its handler is told to end, with
   * DEADLINE_EXCEEDED. Streams may go on for ever. Default 360 000, above the longest wait that the
   * contract knows.
   */
  readonly callMsMax: number;

  /**
   * How long a caller may take to read a piece of an answer, in milliseconds; then the call ends.
   * Default 60 000.
   */
  readonly takeMsMax: number;

  /**
   * How long a new connection may stay silent, and a request's headers or a TLS handshake may take,
   * in milliseconds. Default 10 000.
   */
  readonly silenceMsMax: number;

  /** How long an HTTP/2 connection without calls is kept, in milliseconds. Default 300 000. */
  readonly idleMsMax: number;

  /** The most connections; further ones are closed at once. Default 10 000. */
  readonly connectionsMax: number;
}

export const LIMITS: Limits = {
  requestsBytesMax: 256 * 1024 * 1024,
  requestMsMax: 30_000,
  callsMax: 20_000,
  callMsMax: 360_000,
  takeMsMax: 60_000,
  silenceMsMax: 10_000,
  idleMsMax: 300_000,
  connectionsMax: 10_000,
};
