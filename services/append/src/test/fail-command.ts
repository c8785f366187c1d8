import type { MongoClient } from "mongodb";

/**
 * Makes the server treat commands of the append service badly, once for each of `times`. Dispose to
 * end it. Needs a server with test commands on.
 */
export async function failCommand(
  client: MongoClient,
  data: {
    readonly failCommands: string[];
    readonly blockTimeMS?: number;
    readonly [more: string]: unknown;
  },
  times = 1,
): Promise<AsyncDisposable> {
  const admin = client.db("admin");
  const { blockTimeMS, ...rest } = data;
  await admin.command({
    configureFailPoint: "failCommand",
    mode: { times },
    data: {
      appName: "outgraph-append",
      ...rest,
      ...(blockTimeMS !== undefined && { blockConnection: true, blockTimeMS }),
    },
  });
  return {
    async [Symbol.asyncDispose]() {
      await admin.command({ configureFailPoint: "failCommand", mode: "off" });
    },
  };
}
