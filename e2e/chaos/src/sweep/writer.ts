// A writer in a process of its own. First it repeats, under the same ids, what an earlier life of it
// never learned the outcome of; then it appends until it is killed, or has done what it was told.
import { appendInProcess, Workload } from "../truth/index.ts";
import { HistoryFile } from "./history-file.ts";

const told = (name: string): string => {
  const text = process.env[name];
  if (text === undefined) throw new Error(`${name} is not set`);
  return text;
};
const file = new HistoryFile(told("OUTGRAPH_CHAOS_HISTORY"));
const entries = told("OUTGRAPH_CHAOS_ENTRIES");

await using appender = await appendInProcess({
  mongodbUri: told("OUTGRAPH_MONGODB_URI"),
  database: told("OUTGRAPH_DATABASE"),
});
const workload = new Workload(appender, {
  nodes: told("OUTGRAPH_CHAOS_NODES").split(" "),
  seed: Number(told("OUTGRAPH_CHAOS_SEED")),
  onStarted: (entry, plan) => file.started(entry, plan),
  onEnded: (operation) => file.ended(operation),
});
for (const { entry, plan } of file.read().unfinished) await workload.append(plan, entry);
workload.start(entries === "" ? undefined : Number(entries));
await workload.done();
