import { expect, test } from "vitest";
import { clientEventNames, routeTable } from "@/lib/client/route-table";
import { clientEvents, type RouteContract, routes } from "@/lib/protocol";

test("the table that the page carries says what the contracts say", () => {
  const expected = Object.fromEntries(
    Object.entries<RouteContract>(routes).map(([name, { method, path, rawRequest, rawResponse }]) => [
      name,
      { method, path, ...(rawRequest ? { rawRequest: true } : {}), ...(rawResponse ? { rawResponse: true } : {}) },
    ]),
  );
  expect(routeTable).toEqual(expected);
});

test("event names are the contracts' names", () => {
  const expected = Object.fromEntries(Object.entries(clientEvents).map(([key, { name }]) => [key, name]));
  expect(clientEventNames).toEqual(expected);
});
