import type { Socket } from "node:net";
import type { Wire } from "./wire.ts";
import type { Deed, Rules } from "./wire-deed.ts";
import type { Answer, Conversation, Said, WireRequest } from "./wire-request.ts";

/** Which ends a fault has spared so far: these are reset only at `end`. */
type Spared = "both" | "client" | "server" | undefined;

export interface Ends {
  readonly client: Socket;
  readonly server: Socket;
}

/** One connection through a proxy. */
export class WireConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #wire: Wire;
  readonly #rules: Rules;
  readonly #conversation: Conversation;
  /** Requests without a whole answer, oldest first. */
  readonly #open: WireRequest[] = [];
  readonly #answers = new Map<WireRequest, Buffer>();
  readonly #before = new Map<WireRequest, () => void | Promise<void>>();
  #ignoring: { until: string; answer: Buffer } | undefined;
  #lost: WireRequest | undefined;
  #whenLost: () => void = () => {};
  #spared: Spared;

  constructor({ client, server }: Ends, wire: Wire, rules: Rules, conversation: Conversation) {
    this.#client = client;
    this.#server = server;
    this.#wire = wire;
    this.#rules = rules;
    this.#conversation = conversation;
  }

  /** Whether something was done to it that lasts until it ends. */
  get isSpoiled(): boolean {
    return this.#spared !== undefined;
  }

  /** Carries both ways until both have ended. @throws what a rule or the conversation throws. */
  async carry(): Promise<void> {
    for (const socket of [this.#client, this.#server]) socket.on("error", () => this.part());
    await Promise.all([this.#fromClient(), this.#fromServer()]).catch((error: unknown) => {
      this.part();
      if (!isOfTheNetwork(error)) throw error;
    });
  }

  /** Resets the end that a fault does not spare: whoever is there must see that the other went. */
  part(): void {
    if (this.#spared === undefined || this.#spared === "server") this.#client.resetAndDestroy();
    if (this.#spared === undefined || this.#spared === "client") this.#server.resetAndDestroy();
  }

  end(): void {
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  /** Loses what is said from now on, and closes what such a fault closes. */
  spoil(deed: "close_client" | "close_server" | "vanish"): void {
    this.#spared = SPARES[deed];
    if (deed !== "vanish") this.part();
  }

  async #fromClient(): Promise<void> {
    for await (const piece of this.#client as AsyncIterable<Buffer>) {
      await this.#wire.passage();
      for (const said of this.#conversation.said(piece)) await this.#say(said);
    }
    await this.#wire.passage();
    if (this.#spared === undefined) this.#server.end();
  }

  async #fromServer(): Promise<void> {
    for await (const piece of this.#server as AsyncIterable<Buffer>) {
      await this.#wire.passage();
      for (const answer of this.#conversation.answered(piece, this.#open)) await this.#tell(answer);
    }
    await this.#wire.passage();
    if (this.#spared === undefined) this.#client.end();
  }

  async #say({ bytes, request, answered }: Said): Promise<void> {
    if (this.isSpoiled && this.#lost === undefined) return;
    if (request === undefined) return await this.#wire.send(this.#server, bytes);
    if (this.#isIgnored(request)) return await this.#answer(request, this.#ignoring?.answer);

    const deed = await this.#rules.deedFor(request);
    const goesOn = this.#obey(request, deed);
    if (typeof deed === "object" && "answer" in deed)
      return await this.#answer(request, deed.answer);
    if (!goesOn) return;
    if (answered !== false) this.#open.push(request);
    await this.#wire.send(this.#server, bytes);
  }

  /** Does what a deed says at once. @returns whether the request goes on to the server. */
  #obey(request: WireRequest, deed: Deed): boolean {
    switch (deed) {
      case "deliver":
        return true;
      case "lose_reply":
        return this.#loseReply(request, () => {});
      case "lose_request":
        this.end();
        return false;
      case "close_client":
      case "close_server":
      case "vanish":
        this.spoil(deed);
        return false;
    }
    if ("answer" in deed) return false;
    if ("lostReply" in deed) return this.#loseReply(request, deed.lostReply);
    this.#before.set(request, deed.beforeReply);
    return true;
  }

  #loseReply(request: WireRequest, whenLost: () => void): true {
    this.#lost = request;
    this.#whenLost = whenLost;
    this.#spared = "server";
    return true;
  }

  #isIgnored(request: WireRequest): boolean {
    if (request.name === this.#ignoring?.until) this.#ignoring = undefined;
    return this.#ignoring !== undefined && request.name !== "GOODBYE";
  }

  async #answer(request: WireRequest, answer: Buffer = Buffer.alloc(0)): Promise<void> {
    this.#ignoring = this.#conversation.ignoring?.(answer) ?? this.#ignoring;
    this.#open.push(request);
    this.#answers.set(request, answer);
    await this.#answerOldest();
  }

  /** Says what is to be said in the server's place, as far as it is its turn. */
  async #answerOldest(): Promise<void> {
    for (let oldest = this.#open[0]; oldest; oldest = this.#open[0]) {
      const answer = this.#answers.get(oldest);
      if (answer === undefined) return;
      this.#open.shift();
      this.#answers.delete(oldest);
      await this.#wire.send(this.#client, answer);
    }
  }

  async #tell({ bytes, to, last }: Answer): Promise<void> {
    if (to !== undefined && this.#lost !== undefined && to.id >= this.#lost.id) {
      this.#client.resetAndDestroy();
      this.#whenLost();
    } else if (this.#spared === undefined || this.#lost !== undefined) {
      await this.#before.get(to as WireRequest)?.();
      this.#before.delete(to as WireRequest);
      await this.#wire.send(this.#client, bytes);
    }
    if (!last || to === undefined) return;
    const at = this.#open.indexOf(to);
    if (at >= 0) this.#open.splice(at, 1);
    await this.#answerOldest();
  }
}

const SPARES = { close_client: "server", close_server: "client", vanish: "both" } as const;

function isOfTheNetwork(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).code === "string";
}
