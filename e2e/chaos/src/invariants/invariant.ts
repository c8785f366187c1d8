import type { Evidence } from "../truth/evidence.ts";

/** What did not hold. */
export interface Violation {
  readonly invariant: string;
  /** For a person: what was expected and what was seen. */
  readonly what: string;
  /** The entry that it is about, where it is about one. */
  readonly entry?: string;
  /** The node that it is about, where it is about one. */
  readonly node?: string;
}

/** A part of the evidence that not every layer has. */
export type Part = Exclude<
  { [K in keyof Evidence]-?: undefined extends Evidence[K] ? K : never }[keyof Evidence],
  undefined
>;

/** Something that must hold of every run. */
export interface Invariant {
  readonly name: string;
  /** What it says, in a sentence. */
  readonly says: string;
  /** Without these parts it cannot be judged. */
  readonly needs: readonly Part[];
  judge(evidence: Evidence): readonly Violation[];
}

/** What an invariant finds: its name is added. */
export type Found = Omit<Violation, "invariant">;

/** An invariant; `find` is only asked when the parts that it needs are there. */
export function invariant<P extends Part = never>(
  name: string,
  says: string,
  needs: readonly P[],
  find: (evidence: Evidence & Required<Pick<Evidence, P>>) => Iterable<Found>,
): Invariant {
  return {
    name,
    says,
    needs,
    judge(evidence) {
      const lacking = needs.filter((part) => evidence[part] === undefined);
      if (lacking.length > 0) throw new Error(`${name} cannot be judged without ${lacking}`);
      const complete = evidence as Evidence & Required<Pick<Evidence, P>>;
      return Array.from(find(complete), (found) => ({ invariant: name, ...found }));
    },
  };
}
