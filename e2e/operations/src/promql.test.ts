import { expect, test } from "vitest";
import { selectorsIn } from "./promql.ts";

test("metrics are found with the labels that they need", () => {
  expect(
    selectorsIn(
      `histogram_quantile(0.99, sum by (job, le) (rate(a_bucket{code=~"x"}[5m]))) > max(b)`,
    ),
  ).toEqual([
    { metric: "a_bucket", matched: ["code"], grouped: ["job", "le"], growth: true },
    { metric: "b", matched: [], grouped: [], growth: false },
  ]);
});

test("labels by which two sides are joined count for both", () => {
  expect(selectorsIn("a / on (job) group_left (x) b").map(({ grouped }) => grouped)).toEqual([
    ["job", "x"],
    ["job", "x"],
  ]);
});

test.each(["a{", "rat(a[5m])", "sum by job (a)", "a >", ""])("%j is not PromQL", (expression) => {
  expect(() => selectorsIn(expression)).toThrow(SyntaxError);
});
