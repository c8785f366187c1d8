#!/usr/bin/env node
import { Command, Option } from "commander";
import { MongoClient } from "mongodb";
import { setUpOutbox } from "./set-up.ts";

const program = new Command("outgraph-outbox").description(
  "Makes and inspects the outbox that Outgraph keeps in MongoDB.",
);

program
  .command("setup")
  .description(
    "make the outbox's collections, indexes and meta documents; repeating it is harmless",
  )
  .addOption(
    new Option("--mongodb-uri <uri>", "the replica set")
      .env("OUTGRAPH_MONGODB_URI")
      .makeOptionMandatory(),
  )
  .addOption(
    new Option("--database <name>", "where the outbox lives; the URI's database when left out").env(
      "OUTGRAPH_DATABASE",
    ),
  )
  .action(async (options: { mongodbUri: string; database?: string }) => {
    const client = new MongoClient(options.mongodbUri, { appName: "outgraph-outbox" });
    try {
      const database = options.database ?? client.options.dbName;
      const { incarnation, format, made } = await setUpOutbox(client, database);
      for (const what of made) console.log(`made ${what}`);
      console.log(`outbox ${incarnation} (format ${format}) in database ${database} is ready`);
    } catch (error) {
      console.error(`outgraph-outbox: ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    } finally {
      await client.close();
    }
  });

await program.parseAsync();
