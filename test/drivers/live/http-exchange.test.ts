import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { afterEach, beforeAll, expect, test } from "vitest";
import type { HttpReply, HttpRequest } from "../../../src/adapters/adapter.ts";
import { allowsLoopback } from "../../../src/drivers/live/egress.ts";
import { hrtimeUs } from "../../../src/drivers/live/fleet-clock.ts";
import { HttpExchange, REPLY_BYTES_MAX } from "../../../src/drivers/live/http-exchange.ts";
import type { SocketCause } from "../../../src/drivers/live/socket-cause.ts";
import { freePort, listen } from "./brokers.ts";
import { makeCertificates, type TestCertificates } from "./certificates.ts";

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = await makeCertificates();
});
const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

test("an exchange posts its body and hears status, headers and body, over HTTPS too", async () => {
  for (const scheme of ["http", "https"] as const) {
    const bodies: string[] = [];
    const url = await serve((request, response) => {
      request.on("data", (chunk: Buffer) =>
        bodies.push(`${request.method} ${request.headers["content-type"]} ${chunk.toString()}`),
      );
      request.on("end", () => {
        response.writeHead(201, { "X-Job": "7" });
        response.end("made");
      });
    }, scheme);

    const askedUs = hrtimeUs();
    const { reply, heardUs } = await ask({
      url,
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: '{"a":1}',
    });

    expect(bodies).toEqual(['POST application/json {"a":1}']);
    expect([reply?.status, reply?.headers["x-job"], Buffer.from(reply?.body ?? []).toString()]).toEqual([
      201,
      "7",
      "made",
    ]);
    expect(heardUs).toBeGreaterThan(askedUs);
    expect(heardUs).toBeLessThanOrEqual(hrtimeUs());
  }
});

test("an exchange hears an answer without a body, and does not follow a redirect", async () => {
  const url = await serve((request, response) => {
    response.writeHead(request.url === "/gone" ? 302 : 204, { location: "/elsewhere" });
    response.end();
  });

  const none = await ask({ url });
  const moved = await ask({ url: new URL("/gone", url).href });

  expect([none.reply?.status, none.reply?.body.length, moved.reply?.status]).toEqual([204, 0, 302]);
});

test("an exchange fails by cause where no answer comes", async () => {
  const cut = await serve((_request, response) => {
    response.writeHead(200, { "content-length": 10 });
    response.write("half", () => response.socket?.end());
  });
  const endless = await serve((_request, response) => response.end(Buffer.alloc(REPLY_BYTES_MAX + 1)));
  const garbage = createServer((socket) =>
    socket
      .on("error", () => undefined)
      .resume()
      .end("no HTTP\r\n\r\n"),
  );
  const garbagePort = await listen(garbage);
  cleanUps.push(() => new Promise((resolve) => garbage.close(() => resolve())));

  expect((await ask({ url: cut })).cause).toBe("closed");
  expect((await ask({ url: endless })).cause).toBe("protocol");
  expect((await ask({ url: `http://127.0.0.1:${garbagePort}/` })).cause).toBe("protocol");
  expect((await ask({ url: `http://127.0.0.1:${await freePort()}/` })).cause).toBe("refused");
  expect((await ask({ url: "http://192.0.2.1/" })).cause).toBe("not allowed");
  expect((await ask({ url: "no url" })).cause).toBe("protocol");
});

test("a stopped exchange tells nothing and closes its connection", async () => {
  let heard = 0;
  const closed = new Promise<void>((resolve) => {
    void serve((request) => {
      request.socket.on("close", () => resolve());
      exchange.stop();
    }).then((url) => {
      exchange = start({ url }, () => (heard += 1));
    });
  });
  let exchange: HttpExchange;

  await closed;

  expect(heard).toBe(0);
});

interface Told {
  readonly reply?: HttpReply;
  readonly heardUs?: number;
  readonly cause?: SocketCause;
}

function ask(request: Partial<HttpRequest> & { readonly url: string }): Promise<Told> {
  return new Promise((resolve) => start(request, resolve));
}

function start(request: Partial<HttpRequest> & { readonly url: string }, tell: (told: Told) => void): HttpExchange {
  return new HttpExchange({
    request: { via: "http", method: "GET", headers: {}, body: undefined, ...request },
    trust: { ca: certificates.ca },
    isAllowed: allowsLoopback,
    slot: 0,
    listener: {
      onReply: (_exchange, reply, heardUs) => tell({ reply, heardUs }),
      onFailed: (_exchange, cause) => tell({ cause }),
    },
  });
}

async function serve(onRequest: RequestListener, scheme: "https" | "http" = "http"): Promise<string> {
  const server =
    scheme === "https"
      ? createHttpsServer({ cert: certificates.cert, key: certificates.key }, onRequest)
      : createHttpServer(onRequest);
  const port = await listen(server);
  cleanUps.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  return `${scheme}://127.0.0.1:${port}/manifest`;
}
