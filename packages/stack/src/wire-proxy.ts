import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { BoltMessages } from "./bolt-messages.ts";
import { MongoMessages } from "./mongo-messages.ts";
import { freePort } from "./ports.ts";
import { Wire } from "./wire.ts";
import { WireConnection } from "./wire-connection.ts";
import { type Act, type Deed, type Match, Rules } from "./wire-deed.ts";
import { Bytes, type Conversation, type WireRequest } from "./wire-request.ts";

export interface WireProxyOptions {
  /** Where to forward to: "127.0.0.1:27017". */
  readonly target: string;
  /**
   * What is spoken there, so that requests are told apart: Bolt 4 and 5, or MongoDB's OP_MSG, each
   * without TLS and compression. Without it a request is a piece of bytes, as the network brought it.
   */
  readonly protocol?: "bolt" | "mongodb";
}

/**
 * A TCP connection in the middle, which tests may treat badly: all of it at once, or one request.
 *
 * It reads what goes by. Bytes that are not of its protocol, and errors of a rule, end the process as
 * an unhandled rejection: a fault that cannot happen must not look like one that was survived.
 */
export interface WireProxy extends AsyncDisposable {
  /**
   * "127.0.0.1:20123", to connect to instead of the target. A MongoDB driver needs
   * `directConnection=true` too: by itself it goes to the address that the replica set tells.
   */
  readonly address: string;
  readonly port: number;
  /** Connections that are open now, on either side. */
  readonly connections: number;
  /** Resets every connection, and refuses new ones until `heal`. */
  cut(): void;
  /**
   * Nothing goes through in either direction, connections stay open, new ones are accepted; what was
   * sent goes on at `heal`, as after a pulled cable.
   */
  blackHole(): void;
  /**
   * Closes one side of every connection that is open now, and leaves the other open and silent until
   * `heal`. New connections go through.
   */
  halfOpen(closed: "client" | "server"): void;
  /** Each piece of up to 64 KiB waits `ms` milliseconds, in both directions. 0 for none. */
  delay(ms: number): void;
  /** So many bytes go through at a time, each lot after `ms` milliseconds, in both directions. */
  trickle(bytes: number, ms: number): void;
  /**
   * Lets `act` see, and decide about, each request that matches, before it goes on; what comes after it
   * on the same connection waits for that. `act` may call what this interface has: `cut` and `lose_request`
   * for a cable pulled at this moment, `blackHole` for a request that is held with all others. Returns
   * what ends it; `heal` does not.
   */
  onRequest(match: Match, act: Act): Disposable;
  /**
   * Loses the reply to one request: it takes effect, and the client cannot know.
   *
   * @param nth which of those that match; default the first.
   * @returns the request, once its reply was dropped; rejects when `heal` or `close` comes first.
   */
  loseReply(match: Match, nth?: number): Promise<WireRequest>;
  /**
   * Loses one request: it takes no effect, and the client cannot know.
   *
   * @returns the request, once it is lost; rejects when `heal` or `close` comes first.
   */
  loseRequest(match: Match, nth?: number): Promise<WireRequest>;
  /**
   * As `loseReply`, for whoever looks at bytes.
   *
   * @param isRequest is asked with each request, which without a protocol need not be one whole
   *   message: look for something short. Default: the next one, whatever it is.
   */
  dropReplyAfter(isRequest?: (bytes: Buffer) => boolean): Promise<void>;
  /** Undoes all of the above, but `onRequest`, for connections to come and those that are left. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(options: WireProxyOptions): Promise<WireProxy> {
  const proxy = new TcpProxy(options, await freePort());
  await proxy.listen();
  return proxy;
}

class TcpProxy implements WireProxy {
  readonly port: number;
  readonly #target: { host: string; port: number };
  readonly #converse: () => Conversation;
  readonly #listener: Server;
  readonly #wire = new Wire();
  readonly #rules = new Rules();
  readonly #connections = new Set<WireConnection>();
  readonly #awaited = new Set<() => void>();

  constructor({ target, protocol }: WireProxyOptions, port: number) {
    this.port = port;
    const [host = "", targetPort] = target.split(":");
    this.#target = { host, port: Number(targetPort) };
    const transactions = new Map<string, readonly string[]>();
    this.#converse = () => {
      if (protocol === "bolt") return new BoltMessages();
      return protocol === "mongodb" ? new MongoMessages(transactions) : new Bytes();
    };
    this.#listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#join(client),
    );
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#connections.size;
  }

  async listen(): Promise<void> {
    if (this.#listener.listening) return;
    this.#listener.listen({ host: "127.0.0.1", port: this.port });
    await once(this.#listener, "listening");
  }

  cut(): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.end();
  }

  blackHole(): void {
    this.#wire.hold();
  }

  halfOpen(closed: "client" | "server"): void {
    for (const connection of this.#connections) connection.spoil(`close_${closed}`);
  }

  delay(ms: number): void {
    this.#wire.delayMs = ms;
  }

  trickle(bytes: number, ms: number): void {
    this.#wire.delayMs = ms;
    this.#wire.trickleBytes = bytes;
  }

  onRequest(match: Match, act: Act): Disposable {
    return { [Symbol.dispose]: this.#rules.add(match, act) };
  }

  loseReply(match: Match, nth = 1): Promise<WireRequest> {
    return this.#lose("reply", match, nth, (lostReply) => ({ lostReply }));
  }

  loseRequest(match: Match, nth = 1): Promise<WireRequest> {
    return this.#lose("request", match, nth, (lost) => {
      lost();
      return "lose_request";
    });
  }

  dropReplyAfter(isRequest: (bytes: Buffer) => boolean = () => true): Promise<void> {
    const lost = this.loseReply(({ bytes }) => isRequest(bytes)).then(() => {});
    lost.catch(() => {}); // who does not wait for it need not handle its end
    return lost;
  }

  async heal(): Promise<void> {
    for (const forget of this.#awaited) forget();
    for (const connection of this.#connections) if (connection.isSpoiled) connection.end();
    this.#wire.delayMs = 0;
    this.#wire.trickleBytes = 0;
    this.#wire.release();
    await this.listen();
  }

  async close(): Promise<void> {
    for (const forget of this.#awaited) forget();
    this.cut();
    this.#wire.release();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #lose(
    what: "reply" | "request",
    match: Match,
    nth: number,
    how: (lost: () => void) => Deed,
  ): Promise<WireRequest> {
    const { promise, resolve, reject } = Promise.withResolvers<WireRequest>();
    promise.catch(() => {}); // who does not wait for it need not handle its end
    const forget = (): void => {
      rule[Symbol.dispose]();
      this.#awaited.delete(forget);
      reject(new Error(`the proxy was healed or closed before it could drop a ${what}`));
    };
    this.#awaited.add(forget);
    const rule = this.onRequest(match, (request, seen) => {
      if (seen !== nth) return "deliver";
      rule[Symbol.dispose]();
      return how(() => {
        resolve(request);
        this.#awaited.delete(forget);
      });
    });
    return promise;
  }

  #join(client: Socket): void {
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const ends = { client, server };
    const connection = new WireConnection(ends, this.#wire, this.#rules, this.#converse());
    this.#connections.add(connection);
    const closed = [client, server].map((socket) => once(socket, "close").catch(() => {}));
    void Promise.all(closed).then(() => this.#connections.delete(connection));
    void connection.carry();
  }
}
