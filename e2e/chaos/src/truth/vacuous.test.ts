import { expect, test } from "vitest";
import { unseen, vacuous } from "./vacuous.ts";

const told = (ok: number, unknown: number, raced = 0) => [
  ...Array.from({ length: ok }, () => ({ outcome: "ok" as const })),
  ...Array.from({ length: unknown }, () => ({ outcome: "unknown" as const })),
  ...Array.from({ length: raced }, () => ({ outcome: "failed" as const, raced: true })),
];

test("a run whose faults all happened, and half of whose operations were ok, proves something", () => {
  expect(vacuous([{ fault: "a kill", fired: true }], told(2, 2))).toEqual([]);
});

test("a planned fault that did not happen is named", () => {
  const planned = [
    { fault: "a kill", fired: true },
    { fault: "a pause", fired: false },
  ];

  expect(vacuous(planned, told(1, 0))).toEqual(["a pause did not happen"]);
});

test("less than half of the operations is too little, and none at all is", () => {
  expect(vacuous([], told(1, 2))).toEqual(["only 1 of 3 operations were ok"]);
  expect(vacuous([], [])).toEqual(["only 0 of 0 operations were ok"]);
});

test("an operation that lost a race with another counts neither way", () => {
  expect(vacuous([], told(1, 1, 9))).toEqual([]);
  expect(vacuous([], told(0, 0, 9))).toEqual(["only 0 of 0 operations were ok"]);
});

test("an observer who saw hardly any batch come proves nothing, however often he looked", () => {
  const looks = (batches: readonly number[]) => unseen(batches.map((batch) => ({ batch })));

  expect(looks([1, 2, 3, 4, 5])).toEqual([]);
  expect(looks([1, 1, 1, 1, 1, 2])).toEqual(["the graph was seen after 2 batches alone"]);
  expect(looks([])).toHaveLength(1);
});
