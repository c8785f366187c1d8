import { expect, inject, test } from "vitest";
import { Connection } from "./connection.ts";

test("the server itself ends a transaction that is open for too long", async () => {
  const connection = new Connection({
    uri: inject("neo4jUri"),
    user: inject("neo4jUser"),
    password: inject("neo4jPassword"),
    database: "",
    transactionMsMax: 1_000,
  });
  const endless = "UNWIND range(1, 100000000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n)";

  const outcome = connection.transaction((tx) => tx.run(endless), { app: "test" });

  await expect(outcome).rejects.toMatchObject({
    code: expect.stringMatching(/TransactionTimedOut/),
  });
  await connection.close();
});
