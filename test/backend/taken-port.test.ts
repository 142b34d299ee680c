import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Backend } from "../../src/backend/serve/backend.ts";

const other = createServer();
let taken = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    other.listen(0, "127.0.0.1", resolve);
  });
  taken = (other.address() as AddressInfo).port;
});

afterAll(() => {
  other.close();
});

test.each(["mqtt", "images", "api"] as const)("a port of the backend that is in use is named: %s", async (port) => {
  await expect(Backend.start({ ports: { [port]: taken } })).rejects.toThrow(
    `the backend cannot listen on 127.0.0.1:${taken}: another program listens there already`,
  );
});
