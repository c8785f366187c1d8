import { waitUntil } from "@outgraph/stack";
import type { Document, MongoClient } from "mongodb";

/** Which commands of whom are to fail. */
export interface Failing {
  readonly command: string;
  /** The `appName` of its client. */
  readonly client: string;
  /** "database.collection", where the command names one. */
  readonly namespace?: string;
}

/** A failure that MongoDB itself gives to one command, in the place of carrying it out. */
export interface FailPoint extends AsyncDisposable {
  /** Resolves when it has happened. @throws TimedOut when it does not within this time. */
  fired(timeoutMs: number): Promise<void>;
}

/** Lets one command fail with this code. There is one such failure at a time in a server. */
export async function failOnce(
  client: MongoClient,
  { command, client: appName, namespace }: Failing,
  errorCode: number,
): Promise<FailPoint> {
  const admin = client.db("admin");
  const before = await timesEntered(client);
  await admin.command({
    configureFailPoint: "failCommand",
    mode: { times: 1 },
    data: {
      failCommands: [command],
      errorCode,
      appName,
      ...(namespace !== undefined && { namespace }),
    },
  });
  return {
    async fired(timeoutMs) {
      const what = `${command} of ${appName} fails with ${errorCode}`;
      const happened = async () => (await timesEntered(client)) > before;
      await waitUntil(happened, { what, timeoutMs, everyMs: 20 });
    },
    async [Symbol.asyncDispose]() {
      await admin.command({ configureFailPoint: "failCommand", mode: "off" });
    },
  };
}

/** Which of these codes failCommand cannot give: they want more than a code. */
export async function beyondFailPoints(
  client: MongoClient,
  codes: readonly number[],
): Promise<ReadonlySet<number>> {
  const admin = client.db("admin");
  const beyond = new Set<number>();
  for (const code of codes) {
    const ping = { command: "ping", client: client.options.appName ?? "" };
    await using _point = await failOnce(client, ping, code);
    const error: unknown = await admin.command({ ping: 1 }).catch((thrown: unknown) => thrown);
    if ((error as { code?: unknown }).code !== code) beyond.add(code);
  }
  return beyond;
}

async function timesEntered(client: MongoClient): Promise<number> {
  const name = "failpoint.failCommand";
  const said: Document = await client.db("admin").command({ getParameter: 1, [name]: 1 });
  return Number(said[name]["timesEntered"]);
}
