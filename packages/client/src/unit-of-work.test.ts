import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { type AppendRequest, deleteNode, isEntryId, node, OutboxService } from "@outgraph/events";
import { expect, test } from "vitest";
import { createOutgraphClient } from "./client.ts";
import { FailedPreconditionError, ResourceExhaustedError } from "./errors.ts";
import { insertOne } from "./writes.ts";

function given(...errors: ConnectError[]) {
  const seen: AppendRequest[] = [];
  const transport = createRouterTransport((router) =>
    router.service(OutboxService, {
      append(request) {
        seen.push(request);
        const error = errors.shift();
        if (error !== undefined) throw error;
        return { receipt: { entryId: request.entry!.id } };
      },
    }),
  );
  return { client: createOutgraphClient({ url: "http://none", source: "t", transport }), seen };
}

test("a unit of work commits once what was collected from anywhere", async () => {
  const { client, seen } = given(new ConnectError("not so many", Code.FailedPrecondition));
  const unit = client.unitOfWork({ partition: "p" });
  for (let i = 0; i < 10; i++) {
    unit.write(insertOne("c", { _id: i }));
    unit.event("a.B", deleteNode(node("A", { id: 1n })));
  }
  unit.add({ type: "a.C", occurredAt: new Date(0) });

  await expect(unit.commit()).rejects.toBeInstanceOf(FailedPreconditionError);
  const { entryId } = await unit.commit();

  expect(isEntryId(unit.id)).toBe(true);
  expect(entryId).toBe(unit.id);
  expect(seen).toHaveLength(2);
  expect(seen[1]).toEqual(seen[0]);
  expect(seen[0]!.writes).toHaveLength(10);
  expect(seen[0]!.entry).toMatchObject({ id: unit.id, partition: "p" });
  expect(seen[0]!.entry!.events).toHaveLength(11);
});

test("a unit of work takes nothing more once its commit has begun", async () => {
  const { client, seen } = given();
  const unit = client.unitOfWork();
  unit.event("a.B");
  const commit = unit.commit();

  expect(() => unit.event("a.C")).toThrow(FailedPreconditionError);
  expect(() => unit.write(insertOne("c", {}))).toThrow(FailedPreconditionError);

  await commit;
  expect(seen[0]!.entry!.events).toHaveLength(1);
});

test("a unit of work that was refused before it was sent can be mended", async () => {
  const { client } = given();
  const unit = client.unitOfWork();
  unit.event("a.B");
  const [first, ...rest] = Array.from({ length: 3 }, () =>
    insertOne("c", { data: Buffer.alloc(6 << 20) }),
  );
  unit.write(first!, ...rest);

  await expect(unit.commit()).rejects.toBeInstanceOf(ResourceExhaustedError);

  expect(() => unit.event("a.C")).not.toThrow();
});
