import type { Transport } from "@connectrpc/connect";
import type { RetryOptions } from "./retry.ts";
import type { Protocol } from "./transport.ts";

/** How to trust a service, and how to be known to it. All in PEM. */
export interface TlsOptions {
  /** Who signed the service's certificate. Default the authorities that Node brings. */
  readonly ca?: string | Uint8Array;
  /** The client's own certificate chain, for mutual TLS. */
  readonly cert?: string | Uint8Array;
  /** The key of `cert`. */
  readonly key?: string | Uint8Array;
}

/** A bearer token, or what gives the one to use now: it is asked at every attempt. */
export type Token = string | (() => string | Promise<string>);

/** How to reach a service, and how long to try. */
export interface ServiceOptions {
  /** Where the service listens: `http://127.0.0.1:8480`, or https. */
  readonly url: string;

  /**
   * How to speak to the service. `connect` and `grpc-web` use HTTP/1.1, which passes through every
   * proxy; `connect-h2` and `grpc` share one HTTP/2 connection. Default `connect`.
   */
  readonly protocol?: Protocol;

  /**
   * Sent with every call; give a function for tokens that expire. When it fails, the call fails with
   * `UnauthenticatedError`. Over cleartext anybody on the way can read it. Default none.
   */
  readonly token?: Token;

  /** For https: own authorities, a client certificate. */
  readonly tls?: TlsOptions;

  /** How long a call may take, repeats included, in milliseconds. 1 to 3 600 000; default 30 000. */
  readonly timeoutMs?: number;

  /**
   * How long one attempt may take, in milliseconds: a reply that is lost costs no more than this.
   * 1 to 3 600 000; default 10 000.
   */
  readonly attemptTimeoutMs?: number;

  /** How calls are repeated; see {@link RetryOptions}. */
  readonly retries?: Partial<RetryOptions>;

  /** Used in place of a connection to `url`; closing it stays with the caller. */
  readonly transport?: Transport;
}

/** For the client of the append service. */
export interface ClientOptions extends ServiceOptions {
  /** Who appends, for people and for metrics: a service or job name of 1 to 128 bytes. */
  readonly source: string;

  /**
   * How many calls of appends are under way at once; what comes in meanwhile is folded into the next.
   * More hides a slow append from the others; fewer makes larger, cheaper calls. 1 to 64; default 2.
   */
  readonly callsMax?: number;
}

const HOUR_MS = 3_600_000;
const DEFAULTS = { timeoutMs: 30_000, attemptTimeoutMs: 10_000 };
const RETRIES: RetryOptions = { delayMsMin: 50, delayMsMax: 5_000 };

/** Options with their defaults. @throws RangeError that names each that is out of range. */
export function checked<Options extends ServiceOptions & Partial<ClientOptions>>(
  options: Options,
): Options & typeof DEFAULTS & { readonly retries: RetryOptions; readonly callsMax: number } {
  const full = { ...DEFAULTS, callsMax: 2, ...withoutUndefined(options) };
  const retries = { ...RETRIES, ...withoutUndefined(options.retries ?? {}) };
  const faults = [
    faultOf("timeoutMs", full.timeoutMs, 1, HOUR_MS),
    faultOf("attemptTimeoutMs", full.attemptTimeoutMs, 1, HOUR_MS),
    faultOf("retries.delayMsMin", retries.delayMsMin, 1, 60_000),
    faultOf("retries.delayMsMax", retries.delayMsMax, 1, 300_000),
    faultOf("callsMax", full.callsMax, 1, 64),
    "source" in options ? faultOf("bytes of source", bytesOf(options.source), 1, 128) : undefined,
    faultOfAddress(options),
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw new RangeError(faults.join("; "));
  return { ...full, retries };
}

function faultOf(name: string, value: number, min: number, max: number): string | undefined {
  return value >= min && value <= max
    ? undefined
    : `${name} must be ${min} to ${max}, not ${value}`;
}

function faultOfAddress({ url, tls }: ServiceOptions): string | undefined {
  const protocol = URL.parse(url)?.protocol;
  if (protocol !== "http:" && protocol !== "https:") {
    return `url must be an http or https URL, not ${JSON.stringify(url)}`;
  }
  return tls && protocol === "http:" ? "tls is given, but the url says http: use https" : undefined;
}

function bytesOf(text: string | undefined): number {
  return Buffer.byteLength(text ?? "");
}

/** An option that is given as undefined is not given. */
function withoutUndefined<T extends object>(options: T): T {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as T;
}
