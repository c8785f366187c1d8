#!/usr/bin/env node
import { Command } from "commander";
import { MongoClient } from "mongodb";
import neo4j from "neo4j-driver";
import { check } from "./check.ts";
import { CODEBASE } from "./codebase.ts";

const options = new Command("outgraph-checker")
  .description(
    "Compares a codebase's graph in Neo4j with what its documents in MongoDB project to.\n" +
      "Ends with code 0 when they are equal, with 1 and what differs when they are not.",
  )
  .requiredOption("--mongodb-uri <uri>", "where the documents are")
  .requiredOption("--database <name>", "the MongoDB database")
  .requiredOption("--neo4j-uri <uri>", "where the graph is")
  .option("--neo4j-user <name>", "its user", "neo4j")
  .option("--neo4j-password <text>", "its password", "")
  .option("--neo4j-database <name>", "the Neo4j database", "neo4j")
  .parse()
  .opts();
const auth = neo4j.auth.basic(options["neo4jUser"], options["neo4jPassword"]);
await using graph = neo4j.driver(options["neo4jUri"], auth, { useBigInt: true });
await using mongo = new MongoClient(options["mongodbUri"]);

const documents = mongo.db(options["database"]);
const graphDatabase: string = options["neo4jDatabase"];
const { first, equal, ...counts } = await check({ documents, graph, graphDatabase }, CODEBASE);
for (const { kind, what } of first) console.log(`${kind.padEnd(9)} ${what}`);
const inWords = Object.entries(counts).map(([name, count]) => `${name}=${count}`);
console.log(`checker: ${equal ? "ok" : "differs"} ${inWords.join(" ")}`);
process.exitCode = equal ? 0 : 1;
