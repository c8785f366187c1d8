import { type Counterexample, explore } from "./explore.ts";
import { type Rules, WHOLE } from "./rules.ts";
import { SCOPES, type Scope } from "./scopes.ts";
import { worldOf } from "./world.ts";

/** The protocol without one protection, and a world in which that shows. */
export interface Broken {
  readonly name: string;
  readonly without: keyof Rules;
  readonly scope: Scope;
}

/** Each of these breaks a promise; a search that finds nothing means that the model is blind. */
export const BROKEN: readonly Broken[] = [
  broken("no batch check", "batchCheck", "take-over"),
  broken("no epoch check", "epochCheck", "take-over"),
  broken("the lane is read before its lock is taken", "lockBeforeRead", "take-over"),
  broken("the journal outside the transaction", "journalInTransaction", "take-over"),
  broken("the ring is not acked at a take-over", "ackTheRing", "take-over"),
  broken("more unacked batches than the ring holds", "boundOnAcks", "take-over"),
  broken("a try again without reading the journal", "readJournal", "take-over"),
  broken("the ring is trusted only when it names the own batch", "trustTheRing", "parked"),
  broken("acks side by side", "acksInOrder", "ring"),
  broken("parked wins over an ack", "ackWins", "parked"),
  broken("what depends on a parked entry goes on", "blockDependants", "parked"),
  broken("what is set aside is kept in memory alone", "recordAside", "parked"),
  broken("no epoch on park", "epochOnPark", "parked"),
  broken("a skip while an earlier try may still run", "fenceBeforeSkip", "parked"),
  broken("no epoch on purge", "epochOnPurge", "purge"),
  broken("purge by age alone", "purgeByAck", "purge"),
  broken("the purge horizon is raised after the delete", "horizonFirst", "purge"),
  broken("purge without a look at the journal", "purgeAfterJournal", "Neo4j put back"),
  broken("the walk believes every ack", "walkByJournal", "Neo4j put back"),
  broken("history is not judged", "judgeHistory", "MongoDB put back"),
];

function broken(name: string, without: keyof Rules, inScope: string): Broken {
  const scope = SCOPES.find((each) => each.name === inScope);
  if (scope === undefined) throw new Error(`no scope is called ${inScope}`);
  return { name, without, scope };
}

/** How the promise is broken; undefined when nothing shows it. */
export function counterexampleOf({ scope, without }: Broken): Counterexample | undefined {
  return explore(worldOf(scope, { ...WHOLE, [without]: false })).counterexample;
}
