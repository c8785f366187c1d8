/** Every protection of the protocol that the model can leave out. */
export interface Rules {
  /** A batch commits only as the lane's next. */
  readonly batchCheck: boolean;
  /** A batch commits only under the lane's epoch. */
  readonly epochCheck: boolean;
  /** A transaction takes the lane's lock before it reads the lane. */
  readonly lockBeforeRead: boolean;
  /** The journal is written in the transaction of the effects. */
  readonly journalInTransaction: boolean;
  /** A start writes the acks that the ring names. */
  readonly ackTheRing: boolean;
  /** Batch n goes only when the ack of batch n − ring is confirmed. */
  readonly boundOnAcks: boolean;
  /** After a failure the journal is read before another try. */
  readonly readJournal: boolean;
  /** What the ring names is applied, also when it is another cut of the batch. */
  readonly trustTheRing: boolean;
  readonly acksInOrder: boolean;
  /** A start takes out what is set aside and has an ack. */
  readonly ackWins: boolean;
  readonly blockDependants: boolean;
  /** What is set aside stands in the outbox before a later batch commits. */
  readonly recordAside: boolean;
  readonly epochOnPark: boolean;
  readonly epochOnPurge: boolean;
  /** Only what an ack names is purged. */
  readonly purgeByAck: boolean;
  /** Only when the journal has said, in the same step, that the graph has it. */
  readonly purgeAfterJournal: boolean;
  readonly horizonFirst: boolean;
  /** Nothing is applied again unless all of it is still there. */
  readonly reapplyWhole: boolean;
  /** A start compares the ring with acks and entries. */
  readonly judgeHistory: boolean;
  /** Nothing is skipped while a try of the next batch may still run: a start comes first. */
  readonly fenceBeforeSkip: boolean;
  /** The walk believes acks only of batches that the journal has. */
  readonly walkByJournal: boolean;
}

/** The protocol as it is. */
export const WHOLE: Rules = {
  batchCheck: true,
  epochCheck: true,
  lockBeforeRead: true,
  journalInTransaction: true,
  ackTheRing: true,
  boundOnAcks: true,
  readJournal: true,
  trustTheRing: true,
  acksInOrder: true,
  ackWins: true,
  blockDependants: true,
  recordAside: true,
  epochOnPark: true,
  epochOnPurge: true,
  purgeByAck: true,
  purgeAfterJournal: true,
  horizonFirst: true,
  reapplyWhole: true,
  judgeHistory: true,
  fenceBeforeSkip: true,
  walkByJournal: true,
};
