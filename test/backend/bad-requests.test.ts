import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStatus } from "../../src/backend/serve/node-messages.ts";
import { BAD_ADMIN_BODIES, BAD_HEADS_FOR_SERVERS, BAD_STATUSES } from "../fixtures/bad-input/requests.ts";
import { embedded, http, link, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";

let running: Embedded;
let made: Awaited<ReturnType<typeof rollout>>;
let imagePath: string;

beforeAll(async () => {
  running = await embedded({ images: "http" });
  made = await rollout(running, Buffer.alloc(100_000, 0xe9));
  const node = await link(running.address, "node-a", made.secrets[0] ?? "");
  await node.subscribe();
  await node.fetch();
  const url = String((await node.offer())["url"]);
  imagePath = url.slice(new URL(url).origin.length);
  node.end();
});

afterAll(() => running.stop());

describe.each(["images", "api"] as const)("the server of %s", (which) => {
  test.each(
    BAD_HEADS_FOR_SERVERS.map(([title, request, ofImages, ofApi]) => ({
      title,
      request,
      expected: which === "images" ? ofImages : ofApi,
    })),
  )("answers $title with $expected, twice alike, and serves the next one", async ({ request, expected }) => {
    const url = new URL(which === "images" ? running.address.imagesUrl : running.address.apiUrl);
    const path = which === "images" ? imagePath : "/v1/admin/counters";
    const text = request.replaceAll("PATH", path).replaceAll("TOKEN", running.address.operatorToken);

    const seen = [await statusesOf(Number(url.port), text), await statusesOf(Number(url.port), text)];

    expect(seen).toEqual([expected, expected]);
    expect((await http(`${url.origin}/apiversions`)).status).toBe(which === "images" ? 403 : 200);
  });
});

describe("the API answers in one sentence", () => {
  test.each(BAD_ADMIN_BODIES.map(([title, method, path, body, answer]) => ({ title, method, path, body, answer })))(
    "$title: $answer",
    async ({ method, path, body, answer }) => {
      const seen = [await said(method, path, body), await said(method, path, body)];

      expect(seen).toEqual([answer, answer]);
      expect(running.backend.ledger.jobs.length).toBe(1);
      expect("polluted" in {}).toBe(false);
    },
  );
});

describe("a status of a node", () => {
  test.each(BAD_STATUSES)("of %s is read as what can be read of it", (_title, payload, read) => {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;

    const status = readStatus(bytes);

    expect(status === undefined ? undefined : JSON.stringify(status)).toBe(read);
  });
});

async function said(method: string, path: string, body: unknown): Promise<string> {
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const { status, body: answer } = await http(`${running.address.apiUrl}/v1/admin/${path}`, {
    method,
    headers: { Authorization: running.address.operatorToken },
    body: text?.replace('"ID"', JSON.stringify(made.imageId)),
  });
  const json = JSON.parse(answer.toString()) as Record<string, unknown>;
  return `${status} ${String(json["error_code"])} ${String(json["description"])}`.replaceAll(made.imageId, "ID");
}

/** Status lines until the server closes; "closed" where it says nothing. */
function statusesOf(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.on("data", (data) => (got += data.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      const statuses = [...got.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
      resolve(statuses.length === 0 ? "closed" : statuses.join(" "));
    });
  });
}
