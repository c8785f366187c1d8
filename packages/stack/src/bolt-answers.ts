import { packTexts } from "./pack-stream.ts";

const FAILURE = 0x7f;
const IGNORED = 0x7e;

/**
 * A FAILURE, as a server of any Bolt 5 sends it.
 *
 * @param code such as "Neo.TransientError.Transaction.DeadlockDetected".
 */
export function boltFailure(code: string, message: string): Buffer {
  // Since 5.7 it is `neo4j_code` and the rest of the GQL status; before it was `code`.
  const gql = { neo4j_code: code, gql_status: "50N42", description: message };
  return framed(FAILURE, packTexts({ code, message, ...gql }));
}

/** What a server says to every request after a FAILURE, until RESET. */
export const BOLT_IGNORED: Buffer = framed(IGNORED);

export function isBoltFailure(message: Buffer): boolean {
  return message[3] === FAILURE;
}

function framed(tag: number, field?: Buffer): Buffer {
  const message = Buffer.concat([
    Buffer.from([field === undefined ? 0xb0 : 0xb1, tag]),
    ...(field === undefined ? [] : [field]),
  ]);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(message.length); // a chunk holds 65,535 bytes, and a failure says less
  return Buffer.concat([size, message, Buffer.alloc(2)]);
}
