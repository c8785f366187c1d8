import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { DocumentSchema, OutboxService } from "@outgraph/events";
import { serialize } from "bson";

const handler = connectNodeAdapter({
  routes: (router) =>
    router.service(OutboxService, {
      append: ({ entry }) => ({
        receipt: {
          entryId: entry?.id ?? "",
          documents: [
            {
              inserted: 1n,
              id: {
                $typeName: DocumentSchema.typeName,
                format: { case: "bson", value: serialize({ _id: entry?.id }) },
              },
            },
          ],
        },
      }),
    }),
});
const server = createServer(handler).listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ url: `http://127.0.0.1:${port}` }));
});
process.once("SIGTERM", () => process.exit(0));
