import { BSON, type Document } from "mongodb";
import type { WireRequest } from "./wire-request.ts";

/** What a server answers to a request: `{ok: 1}`, or `{ok: 0, code, errmsg, errorLabels}`. */
export function mongoAnswer(request: WireRequest, document: Document): Buffer {
  const body = BSON.serialize(document);
  const header = Buffer.alloc(21);
  header.writeInt32LE(header.length + body.length, 0);
  header.writeInt32LE(request.id + 1_000_000, 4); // a number that the server has not
  header.writeInt32LE(request.id, 8);
  header.writeUInt32LE(2013, 12); // OP_MSG, no flags, one section of kind 0
  return Buffer.concat([header, body]);
}
