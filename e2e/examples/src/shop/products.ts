import { edge, node, type Projection } from "@outgraph/events";
import type { Product } from "../gen/shop/v1/shop_pb.ts";

/** What a product is in the graph: a node of its own, and tags that it shares with others. */
export function projectProduct({ sku, name, weightKg, tags, discontinued }: Product): Projection {
  const product = node("Product", { sku });
  return {
    nodes: [
      {
        node: product,
        owner: "own",
        set: { name, weight_kg: weightKg ?? null },
        labels: discontinued ? ["Discontinued"] : [],
      },
      ...tags.map((tag) => ({ node: node("Tag", { name: tag }), owner: "shared" as const })),
    ],
    edges: tags.map((tag) => ({ edge: edge("TAGGED", product, node("Tag", { name: tag })) })),
  };
}
