import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

/** A metric that an expression reads. */
export interface Selector {
  readonly metric: string;
  /** Labels that it must match. */
  readonly matched: readonly string[];
  /** Labels that the aggregations and matchings around it keep or join by. */
  readonly grouped: readonly string[];
  /** Whether a function such as `rate` looks at how it grows. */
  readonly growth: boolean;
}

const GROWTH = new Set(["rate", "irate", "increase", "resets"]);

/**
 * The metrics that an expression reads, by Prometheus' own grammar.
 *
 * @throws SyntaxError naming the place where the expression stops being PromQL.
 */
export function selectorsIn(expression: string): readonly Selector[] {
  const { topNode } = parser.parse(expression);
  const text = ({ from, to }: SyntaxNode): string => expression.slice(from, to);
  const selectors: Selector[] = [];

  const labelsUnder = (node: SyntaxNode | null): string[] =>
    node === null ? [] : childrenOf(node, "LabelName").map(text);
  const modifiersOf = (node: SyntaxNode): string[] =>
    [...childrenOf(node, "AggregateModifier"), ...childrenOf(node, "MatchingModifierClause")]
      .flatMap((modifier) => childrenOf(modifier, "GroupingLabels"))
      .flatMap(labelsUnder);

  const visit = (node: SyntaxNode, grouped: readonly string[], growth: boolean): void => {
    if (node.type.isError) {
      throw new SyntaxError(`not PromQL from character ${node.from}: ${expression}`);
    }
    if (node.name === "VectorSelector") {
      const name = node.getChild("Identifier");
      if (name === null) throw new SyntaxError(`a selector without a name: ${expression}`);
      const matchers = node.getChild("LabelMatchers");
      const matched =
        matchers === null
          ? []
          : childrenOf(matchers, "UnquotedLabelMatcher").flatMap((each) => labelsUnder(each));
      selectors.push({ metric: text(name), matched, grouped, growth });
    }
    const inner = [...grouped, ...modifiersOf(node)];
    const called = node.getChild("FunctionIdentifier");
    const grows = growth || (called !== null && GROWTH.has(text(called)));
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      visit(child, inner, grows);
    }
  };
  visit(topNode, [], false);
  return selectors;
}

function childrenOf(node: SyntaxNode, name: string): SyntaxNode[] {
  return node.getChildren(name);
}
