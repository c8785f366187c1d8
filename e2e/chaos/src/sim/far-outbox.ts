import { broken, type MemoryOutbox, type OutboxPort, type Reading } from "@outgraph/relay/test";
import type { Machine } from "./machine.ts";
import { asked, type Environment, failed, faultOf, latencyMs, remote } from "./network.ts";

/** How long a stream is asked before it says that nothing came, in milliseconds. */
const QUIET_MS = 1_000;

type StreamEvent = Awaited<ReturnType<Reading["next"]>>;

/** The outbox as a relay sees it from afar. */
export function farOutbox(
  outbox: MemoryOutbox,
  machine: Machine,
  environment: Environment,
): OutboxPort {
  const far = remote<OutboxPort>("outbox", outbox, machine, environment);
  const own: Partial<OutboxPort> = {
    purging: remote("purging", outbox.purging, machine, environment),
    parking: remote("parking", outbox.parking, machine, environment),
    writeAcks: (acks) => {
      const fault = faultOf("outbox.writeAcks", machine, environment);
      // One insert of several documents: some may be there when it breaks off.
      if (fault !== "aborted")
        return asked("outbox.writeAcks", () => outbox.writeAcks(acks), machine, environment, fault);
      const some = acks.slice(0, environment.random.int(0, acks.length - 1));
      const work = (): Promise<void> => outbox.writeAcks(some);
      return asked("outbox.writeAcks", work, machine, environment, undefined).then(() => {
        throw failed("outbox.writeAcks");
      });
    },
    read: async () => {
      const reading = await asked("outbox.read", () => outbox.read(), machine, environment);
      return farReading(reading, machine, environment);
    },
  };
  return new Proxy(far, {
    get: (target, key) => Reflect.get(own, key) ?? Reflect.get(target, key),
  });
}

function farReading(reading: Reading, machine: Machine, environment: Environment): Reading {
  const { scheduler, random, faults, isAway } = environment;
  let isOver = false;
  let coming: Promise<StreamEvent> | undefined;
  const lose = (): void => {
    isOver = true;
    void reading.close();
  };
  machine.onDeath(lose);
  return {
    upTo: reading.upTo,
    walk: (from) => farWalk(reading, from, machine, environment),
    next: () =>
      new Promise((resolve, reject) => {
        if (isOver) return reject(broken("the stream is closed"));
        if (faults.of(machine, "stream.next") !== undefined || isAway(machine, "mongodb")) {
          lose();
          return void machine.after(latencyMs(random), () => reject(broken("the stream is lost")));
        }
        coming ??= reading.next();
        let told = false;
        const tell = (act: () => void): void => {
          if (told) return;
          told = true;
          quiet.cancel();
          act();
        };
        const quiet = machine.after(QUIET_MS, () => tell(() => resolve({ kind: "quiet" })));
        const arrives = (act: () => void): void => {
          scheduler.after(latencyMs(random), () =>
            machine.deliver(() =>
              tell(() => {
                coming = undefined;
                act();
              }),
            ),
          );
        };
        coming.then(
          (event) => arrives(() => resolve(event)),
          (error: unknown) => arrives(() => reject(error)),
        );
      }),
    close: async () => lose(),
  };
}

async function* farWalk(
  reading: Reading,
  from: Parameters<Reading["walk"]>[0],
  machine: Machine,
  environment: Environment,
): ReturnType<Reading["walk"]> extends AsyncIterable<infer Chunk> ? AsyncGenerator<Chunk> : never {
  const chunks = reading.walk(from)[Symbol.asyncIterator]();
  for (;;) {
    const next = await asked("reading.walk", () => chunks.next(), machine, environment);
    if (next.done === true) return;
    yield next.value;
  }
}
