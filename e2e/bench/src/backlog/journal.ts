import type { Driver, EagerResult } from "neo4j-driver";

/** What a relay keeps of itself in a graph. */
export type Journal = readonly { readonly labels: string[]; readonly properties: object }[];

/** Where the lane stands. */
export interface Lane {
  readonly epoch: bigint;
  readonly batch: bigint;
}

const OWN = "n:OutgraphOutbox OR n:OutgraphLane OR n:OutgraphBatch";

/** Where the lane of a graph stands. @throws when there is none. */
export async function laneOf(driver: Driver): Promise<Lane> {
  const { records } = await driver.executeQuery<EagerResult<Lane>>(
    "MATCH (lane:OutgraphLane) RETURN lane.epoch AS epoch, lane.batch AS batch",
  );
  const lane = records[0]?.toObject();
  if (lane === undefined) throw new Error("the graph has no lane");
  return lane;
}

/** Takes the journal out, so that another outbox can feed the graph for a while. */
export async function takeJournal(driver: Driver): Promise<Journal> {
  const { records } = await driver.executeQuery<EagerResult<Journal[number]>>(
    `MATCH (n) WHERE ${OWN} WITH n, labels(n) AS labels, properties(n) AS properties ` +
      "DETACH DELETE n RETURN labels, properties",
  );
  return records.map((record) => record.toObject());
}

/** Puts it in again, in the place of any other. */
export async function putJournal(driver: Driver, journal: Journal): Promise<void> {
  await takeJournal(driver);
  await driver.executeQuery(
    "UNWIND $journal AS own CREATE (n:$(own.labels)) SET n = own.properties",
    { journal },
  );
}
