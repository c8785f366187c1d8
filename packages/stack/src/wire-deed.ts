import type { WireRequest } from "./wire-request.ts";

/** What a proxy does with one request. Whoever is "not told" learns of it at `heal` or `close`, by a reset. */
export type Deed =
  | "deliver"
  /** It does not reach the server; both ends are reset. */
  | "lose_request"
  /**
   * It reaches the server, whose answer is dropped; at the first bytes of that the client is reset. The
   * server is not told, since it may abandon what a client that went away had asked for.
   */
  | "lose_reply"
  /** The same, and this runs once the answer has come and was dropped. */
  | { readonly lostReply: () => void }
  /** Half-open: the request is lost, the client is reset, the server is not told. */
  | "close_client"
  /** Half-open: the request is lost, the server is reset, the client is not told. */
  | "close_server"
  /** The request is lost, and so is what follows on its connection; neither end is told. */
  | "vanish"
  /**
   * It does not reach the server; this is said in its place, once earlier requests are answered. After a
   * Bolt FAILURE what follows is answered with IGNORED until the client sends RESET, which the server gets.
   */
  | { readonly answer: Buffer }
  /** It is delivered, and this runs when its answer has come, before the client gets that. */
  | { readonly beforeReply: () => void | Promise<void> };

/** Whether somebody wants to act on a request. */
export type Match = (request: WireRequest) => boolean;

/**
 * Decides about a request that matched, before it goes on.
 *
 * @param nth counts the requests that matched, from 1.
 */
export type Act = (
  request: WireRequest,
  nth: number,
) => Deed | undefined | Promise<Deed | undefined>;

/** What is to be done with which requests, in the order in which it was said. */
export class Rules {
  readonly #rules = new Set<{ match: Match; act: Act; seen: number }>();

  /** Returns what takes the rule away. */
  add(match: Match, act: Act): () => void {
    const rule = { match, act, seen: 0 };
    this.#rules.add(rule);
    return () => void this.#rules.delete(rule);
  }

  /** Asks all that match; the first that wants something else than to deliver is obeyed. */
  async deedFor(request: WireRequest): Promise<Deed> {
    let wanted: Deed = "deliver";
    for (const rule of [...this.#rules]) {
      if (!rule.match(request)) continue;
      const deed = await rule.act(request, ++rule.seen);
      if (wanted === "deliver") wanted = deed ?? "deliver";
    }
    return wanted;
  }
}
