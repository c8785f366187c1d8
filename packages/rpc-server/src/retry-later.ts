import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { RetryInfoSchema } from "@outgraph/events";

/** What a caller is asked to wait, in milliseconds, when the server has too much to do. */
const WAIT_MS = 1_000;

/** RESOURCE_EXHAUSTED with `RetryInfo`: nothing was done, and the same call may succeed later. */
export function retryLater(message: string): ConnectError {
  const wait = create(RetryInfoSchema, { retryDelay: durationFromMs(WAIT_MS) });
  return new ConnectError(message, Code.ResourceExhausted, undefined, [
    { desc: RetryInfoSchema, value: wait },
  ]);
}
