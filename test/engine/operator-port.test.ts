import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BackendFailure } from "../../src/engine/backend-failure.ts";
import { operatorPort } from "../../src/engine/operator-port.ts";

let server: Server;
let base = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === "/cut") {
      response.writeHead(200, { "content-length": "10" });
      response.write("half");
      setImmediate(() => response.destroy());
    } else if (request.url === "/refused") response.writeHead(401).end("{}");
    else if (request.url === "/gone") response.destroy();
    else if (request.url === "/elsewhere") response.writeHead(302, { location: "/" }).end();
    else request.pipe(response.writeHead(200, { "x-method": request.method }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

test("an operator's question is answered with status, headers and body", async () => {
  const reply = await ask("PUT", "/", new Uint8Array([1, 2, 3]));

  expect(reply).toMatchObject({ status: 200, headers: { "x-method": "PUT" } });
  expect([...reply.body]).toEqual([1, 2, 3]);
});

test("a redirect is an answer like any other", async () => {
  expect(await ask("GET", "/elsewhere", undefined)).toMatchObject({ status: 302, headers: { location: "/" } });
});

test("a backend that refuses the operator's token ends the run, with where the token is from", async () => {
  const port = operatorPort(undefined, "it is that of a test");

  await expect(port({ method: "GET", url: `${base}/refused`, headers: {}, body: undefined })).rejects.toThrow(
    `The backend at ${base} refused the operator's token (status 401): it is that of a test`,
  );
  expect(await ask("GET", "/refused", undefined)).toMatchObject({ status: 401 });
});

test("a backend that speaks no TLS, or nothing else, is told so", async () => {
  const asHttps = operatorPort(undefined)({
    method: "GET",
    url: base.replace("http:", "https:"),
    headers: {},
    body: undefined,
  });

  await expect(asHttps).rejects.toThrow(/: it does not speak TLS$/);
  await expect(ask("GET", "/gone", undefined)).rejects.toThrow(/: it hung up without an answer; if it speaks TLS, /);
});

test("a backend that cannot be reached, or breaks off, is told by its address", async () => {
  await expect(ask("GET", "/cut", undefined)).rejects.toThrow(BackendFailure);
  await expect(ask("GET", "/cut", undefined)).rejects.toThrow(
    `Cannot reach the backend at ${base}: it broke off its answer`,
  );
});

function ask(method: "GET" | "PUT", path: string, body: Uint8Array | undefined) {
  return operatorPort(undefined)({ method, url: `${base}${path}`, headers: {}, body });
}
