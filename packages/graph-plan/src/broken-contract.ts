/** A mutation that the contract refuses, and that an append therefore should never have let in. */
export class BrokenContract extends Error {
  override readonly name = "BrokenContract";
}

const NAME = /^_?\p{L}[\p{L}\p{Nd}_]*$/u;

/** Labels and types that begin so are Outgraph's own: the journal's, and the stub mark. */
const RESERVED = "Outgraph";

/** The name of a property. @throws BrokenContract */
export function checkedProperty(name: string): string {
  if (!NAME.test(name)) throw new BrokenContract(`${JSON.stringify(name)} is no property name`);
  return name;
}

/** A label or a relationship type. @throws BrokenContract also for those that are Outgraph's own. */
export function checkedLabel(name: string): string {
  if (!NAME.test(name)) throw new BrokenContract(`${JSON.stringify(name)} is no label or type`);
  if (name.startsWith(RESERVED)) {
    throw new BrokenContract(`${name}: names that begin with ${RESERVED} are Outgraph's own`);
  }
  return name;
}
