import { expect, test } from "vitest";
import { FieldTable } from "../../../src/base/field-table.ts";
import { ArrivalOrder } from "../../../src/drivers/virtual/arrival-order.ts";

test("messages of a node arrive in the order in which they were sent, each at an instant of its own", () => {
  const order = new ArrivalOrder(new FieldTable(10, 8).f64());

  expect(order.next(7, 100.2)).toBe(101);
  expect(order.next(7, 50)).toBe(102);
  expect(order.next(8, 50)).toBe(50);
});

test("once the last has arrived, nothing is left to be overtaken", () => {
  const order = new ArrivalOrder(new FieldTable(10, 8).f64());
  order.next(7, 100);
  order.next(7, 100);

  order.arrived(7, 100);
  expect(order.next(7, 20)).toBe(102);

  order.arrived(7, 102);
  expect(order.next(7, 20)).toBe(20);
});
