import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { imageHead } from "../../../src/adapters/rainmaker/image-request.ts";
import { BAD_ANSWERS, BAD_HEADS, BAD_URLS, LOOPBACK_URLS } from "../../fixtures/bad-input/image-answers.ts";
import { listen } from "./brokers.ts";
import { Recorded, run, serveRaw, servesImages } from "./image-server.ts";

servesImages();

describe("an image URL", () => {
  test.each(BAD_URLS.map(([url, cause]) => ({ title: url.slice(0, 60), url, cause })))(
    "$title is not dialled: $cause",
    async ({ url, cause }) => {
      const { failure, names } = await run({ url });

      expect(names).toEqual(["failed"]);
      expect(failure).toMatchObject({ step: "begin", cause, gotBytes: 0 });
      expect(failure?.err).toBe(cause === "protocol" ? "ESP_FAIL" : "ESP_ERR_HTTP_CONNECT");
    },
  );

  test.each(LOOPBACK_URLS.map((url) => ({ title: url.slice(0, 60), url })))(
    "$title is this machine, and asked there",
    async ({ url }) => {
      const requests: string[] = [];
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", (data) => {
          requests.push(data.toString("latin1"));
          socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        });
      });
      const port = await listen(server);

      const { names } = await run({ url: url.replace(/:9\//, `:${port}/`) });

      expect(names).toEqual(["head 404"]);
      expect(requests.join("")).toMatch(/^GET \/\S+ HTTP\/1\.1\r\nHost: /);
      expect(requests.join("")).not.toMatch(/secret|\r\nX-Planted/i);
      server.close();
    },
  );
});

describe("what an image server answers is measured, whatever it is", () => {
  test.each(BAD_ANSWERS.map(([title, head, payload, outcome]) => ({ title, head, payload, outcome })))(
    "$title: $outcome",
    async ({ head, payload, outcome }) => {
      expect([await outcomeOf(head, payload), await outcomeOf(head, payload)]).toEqual([outcome, outcome]);
    },
  );

  test("a body that never ends is stopped by the node, at the end of its slot", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        const more = (): void => {
          while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 0xe9)));
        };
        socket.on("drain", more);
        more();
      });
    });
    const url = `http://127.0.0.1:${await listen(server)}/image.bin`;
    const heard = new Recorded();
    // A node counts up to one byte beyond its slot, and gives up there.
    heard.onReached = (download) => {
      heard.stoppedAt = download.stop();
      heard.finish();
    };

    await run({ url, untilBytes: 1_000_001 }, heard);

    expect([heard.names, heard.stoppedAt]).toEqual([["head 200", "first byte", "image head"], 1_000_001]);
    server.close();
  });
});

describe("the head of an answer, as RainMaker's node takes it", () => {
  test.each(
    BAD_HEADS.map(([title, isRanged, status, headers, outcome]) => ({ title, isRanged, status, headers, outcome })),
  )("$title: $outcome", ({ isRanged, status, headers, outcome }) => {
    const head = imageHead({ status, headers }, isRanged ? 1_000 : 0, isRanged);

    expect(JSON.stringify(head)).toBe(outcome);
  });
});

async function outcomeOf(head: string, payload: Uint8Array): Promise<string> {
  const { names, failure, end } = await run({ url: await serveRaw(head, Buffer.from(payload)) });
  const how =
    failure !== undefined
      ? `${failure.step}: ${failure.cause}, ${failure.err} ${failure.errno}, ${failure.gotBytes} bytes`
      : end === undefined
        ? "left"
        : `${end.isComplete ? "complete" : "incomplete"}, ${end.isIntact ? "intact" : "not intact"}, ${end.gotBytes} bytes`;
  return `${names.join(", ")}; ${how}`;
}
