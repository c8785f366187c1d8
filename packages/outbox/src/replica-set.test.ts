import type { Db } from "mongodb";
import { expect, test } from "vitest";
import { requireReplicaSet } from "./replica-set.ts";

/** A database whose server answers `hello` with this. */
function answering(hello: object): Db {
  return { admin: () => ({ command: async () => hello }) } as unknown as Db;
}

test("a member of a replica set is taken, and so is a router of a sharded cluster", async () => {
  await requireReplicaSet(answering({ setName: "rs0" }));
  await requireReplicaSet(answering({ msg: "isdbgrid" }));
});

test("a standalone is refused, with the way to convert it", async () => {
  await expect(requireReplicaSet(answering({ isWritablePrimary: true }))).rejects.toMatchObject({
    reason: "standalone",
    message: expect.stringMatching(/--replSet rs0.*rs\.initiate\(\)/s),
  });
});

test("a replica set that is not initiated is told apart from a standalone", async () => {
  await expect(requireReplicaSet(answering({ isreplicaset: true }))).rejects.toMatchObject({
    reason: "not_initiated",
    message: expect.stringContaining("rs.initiate()"),
  });
});
