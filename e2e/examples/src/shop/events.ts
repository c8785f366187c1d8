import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  accumulate,
  defineEvent,
  type EventType,
  edge,
  int,
  mergeEdge,
  mergeNode,
  node,
} from "@outgraph/events";
import { OrderPlacedSchema, OrderShippedSchema } from "../gen/shop/v1/shop_pb.ts";

/** An order, who placed it and what is in it; each product counts how often it was sold. */
export const orderPlaced: EventType<typeof OrderPlacedSchema> = defineEvent(
  OrderPlacedSchema,
  ({ orderId, customerId, placedAt, lines }) => {
    const order = node("Order", { id: orderId });
    const cents = lines.reduce((sum, line) => sum + line.cents, 0n);
    const at = placedAt && timestampDate(placedAt);
    return [
      mergeNode(order, { set: { cents, ...(at && { placed_at: at }) } }),
      mergeEdge(edge("PLACED", node("Customer", { id: customerId }), order)),
      ...lines.flatMap(({ sku, quantity }) => {
        const product = node("Product", { sku });
        return [
          mergeEdge(edge("CONTAINS", order, product), { set: { quantity } }),
          accumulate(product, { add: { sold: quantity } }),
        ];
      }),
    ];
  },
);

/** An order that is on its way. */
export const orderShipped: EventType<typeof OrderShippedSchema> = defineEvent(
  OrderShippedSchema,
  ({ orderId, tracking }) => [
    mergeNode(node("Order", { id: orderId }), {
      set: { tracking, parcels: int(1) },
      addLabels: ["Shipped"],
    }),
  ],
);
