import { Agent, request } from "node:http";
import { create, toBinary } from "@bufbuild/protobuf";
import { insertOne } from "@outgraph/client";
import { AppendRequestSchema } from "@outgraph/events";
import { SOURCE, symbol } from "./workload.ts";

/**
 * Appends as many clients that cannot fold: each in a call of its own, over a connection of its own.
 * They speak the Connect protocol by hand, so that little of the machine goes into being a client.
 */
export class UnfoldedClients {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #urls: readonly URL[];

  /** @param urls of the servers, used in turns. */
  constructor(urls: readonly string[]) {
    this.#urls = urls.map((url) => new URL("/outgraph.append.v1.OutboxService/Append", url));
  }

  async append(collection: string, n: number): Promise<void> {
    const { entryId, document, event } = symbol(n);
    const body = toBinary(
      AppendRequestSchema,
      create(AppendRequestSchema, {
        entry: { id: entryId, source: SOURCE, events: [event] },
        writes: [insertOne(collection, document)],
      }),
    );
    const status = await this.#post(this.#urls[n % this.#urls.length] as URL, body);
    if (status !== 200) throw new Error(`append ${n} was answered with ${status}`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(url: URL, body: Uint8Array): Promise<number | undefined> {
    const headers = { "content-type": "application/proto", "content-length": body.length };
    return new Promise((resolve, reject) => {
      const call = request(url, { method: "POST", agent: this.#agent, headers }, (response) => {
        response.once("end", () => resolve(response.statusCode)).once("error", reject);
        response.resume();
      });
      call
        .once("error", (error) => {
          // The server closes connections that were idle, maybe just now.
          if (call.reusedSocket) this.#post(url, body).then(resolve, reject);
          else reject(error);
        })
        .end(body);
    });
  }
}
