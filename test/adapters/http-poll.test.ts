/** Both halves of http-poll against a plain HTTP server, whose team knows nothing of otafleet. */
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpReply, HttpRequest, NodeHalf, NodeIdentity, OperatorHalf } from "../../src/adapters/adapter.ts";
import { httpPoll } from "../../src/adapters/http-poll/adapter.ts";
import { entryOf } from "./entries.ts";
import { jobFor, nodeNamed } from "./plans.ts";

const WHO: NodeIdentity = {
  id: "node 7",
  secret: "s3cret",
  project: "thermostat",
  version: "1.4.2+a&b",
  name: "hall",
  networkId: undefined,
};
const IMAGE = new Uint8Array(5_000).map((_, at) => at & 0xff);

let backend: TinyBackend;
let half: NodeHalf;
let operator: OperatorHalf;

beforeAll(async () => {
  backend = await TinyBackend.listening();
  const generation = httpPoll.generations[httpPoll.defaultGeneration];
  if (generation === undefined) throw new Error("an adapter has its default generation");
  half = httpPoll.node({ baseUrl: `${backend.url}/`, generation, settings: {} });
  operator = httpPoll.operator({ baseUrl: backend.url, token: "operator", settings: {} }, (asked) =>
    answerTo({ via: "http", ...asked }),
  );
});

afterAll(() => backend.server.close());

describe("the node half", () => {
  test("asks by GET with its version, and hears nothing in a 204", async () => {
    backend.manifest = undefined;
    const fetch = entryOf({ kind: "fetch" });

    const heard = half.hearReply(WHO, fetch, await answerTo(wire(fetch)));

    expect(heard).toEqual({ kind: "nothing offered" });
    expect(backend.asked.at(-1)).toEqual({
      method: "GET",
      path: "/poll/node%207?version=1.4.2%2Ba%26b",
      authorization: "Bearer s3cret",
      body: "",
    });
  });

  test("hears an offer in a 200, the version as job id where there is no other", async () => {
    backend.manifest = { version: "2.0.0", url: `${backend.url}/image`, size: 5_000, checksum: "ab".repeat(32) };
    const fetch = entryOf({ kind: "fetch" });

    const heard = half.hearReply(WHO, fetch, await answerTo(wire(fetch)));

    expect(heard).toMatchObject({
      kind: "offer",
      offer: { flaw: undefined, jobId: "2.0.0", url: `${backend.url}/image`, sizeBytes: 5_000, version: "2.0.0" },
    });
  });

  test("takes window, validity and metadata, and what is no number for absent", async () => {
    backend.manifest = {
      version: "2.0.0",
      job: "j1",
      url: "/image",
      window: { start: 120, end: "late" },
      validity: { start: 1.5, end: 1_777_600_000 },
      metadata: { colour: "green" },
    };
    const fetch = entryOf({ kind: "fetch" });

    const heard = half.hearReply(WHO, fetch, await answerTo(wire(fetch)));

    expect(heard).toMatchObject({
      kind: "offer",
      offer: {
        jobId: "j1",
        window: { startMinute: 120, endMinute: undefined },
        validity: { startSeconds: undefined, endSeconds: 1_777_600_000 },
        metadata: '{"colour":"green"}',
      },
    });
  });

  test("measures an answer that is no offer, and never throws", async () => {
    const fetch = entryOf({ kind: "fetch" });
    for (const [body, cause] of [
      ["nonsense", "the answer is not JSON"],
      ["[1]", "the answer is no JSON object"],
      ["null", "the answer is no JSON object"],
    ]) {
      backend.manifest = body;

      expect(half.hearReply(WHO, fetch, await answerTo(wire(fetch)))).toEqual({ kind: "failed", cause });
    }
    backend.failWith = 503;
    expect(half.hearReply(WHO, fetch, await answerTo(wire(fetch)))).toEqual({ kind: "failed", cause: "HTTP 503" });
    backend.failWith = undefined;
  });

  test("posts a status as JSON, and takes any 2xx for its acknowledgement", async () => {
    const report = entryOf({ status: "failed", reason: "begin failed", err: "ESP_FAIL", attempt: 2 });

    const heard = half.hearReply(WHO, report, await answerTo(wire(report, "j1")));

    expect(heard).toEqual({ kind: "acknowledged" });
    const { path, body } = backend.asked.at(-1) ?? {};
    expect(path).toBe("/poll/node%207/status");
    expect(JSON.parse(body ?? "")).toEqual({
      job: "j1",
      status: "failed",
      reason: "begin failed",
      attempt: 2,
      error: "ESP_FAIL",
      time: 1_777_600_000,
    });
  });

  test("draws an image whole and in parts, also from beside the manifest", async () => {
    const whole = await answerTo(half.imageRequest("image", 0, false));
    const part = await answerTo(half.imageRequest(`${backend.url}/image`, 4_096, true));

    expect(half.imageHead(whole, 0, false)).toEqual({ kind: "begun", fromBytes: 0, lengthBytes: 5_000 });
    expect(half.imageHead(part, 4_096, true)).toEqual({ kind: "begun", fromBytes: 4_096, lengthBytes: 904 });
    expect(part.body).toEqual(IMAGE.slice(4_096));
  });
});

describe("the operator half", () => {
  test.each([
    ["groups of nodes", () => operator.createGroup({ name: "g", nodeIds: [], parentId: undefined }), /no groups/],
    ["approvals", () => operator.approve("job", "n0"), /no approval by users/],
    ["jobs for groups", () => operator.createJob(jobFor([], { targets: { kind: "groups", ids: ["g"] } })), /no groups/],
    ["dynamic jobs", () => operator.createJob(jobFor([], { targets: { kind: "dynamic" } })), /no dynamic targets/],
    ["pushed jobs", () => operator.createJob(jobFor(["n0"], { trigger: "force-push" })), /no force-push jobs/],
    ["approved jobs", () => operator.createJob(jobFor(["n0"], { trigger: "user-approved" })), /no user-approved jobs/],
    ["a timeout", () => operator.createJob(jobFor(["n0"], { timeoutSeconds: 9 })), /no timeout: end the job spring/],
  ])("says in one sentence that it has no %s", async (_name, ask, words) => {
    await expect(ask()).rejects.toThrow(words);
  });

  test("says so when a backend names a next page for ever", async () => {
    let page = 0;
    const endless = httpPoll.operator({ baseUrl: "http://backend", token: "", settings: {} }, async () => ({
      status: 200,
      headers: {},
      body: new TextEncoder().encode(JSON.stringify({ statuses: [], next: ++page })),
    }));

    await expect(endless.beliefs("job")).rejects.toThrow(/named a next page of statuses 10000 times/);
  });

  test("enrols nodes in parts and keeps the order of their secrets", async () => {
    const nodes = Array.from({ length: 1_201 }, (_, n) => nodeNamed(`n${n}`));

    const secrets = await operator.enrol(nodes);

    expect(secrets).toHaveLength(1_201);
    expect([secrets[0], secrets[1_200]]).toEqual(["secret-of-n0", "secret-of-n1200"]);
  });

  test("uploads, makes a job, reads beliefs page by page, and cancels", async () => {
    const imageId = await operator.upload({ name: "a b.bin", version: "2", project: "thermostat", bytes: IMAGE });
    const job = await operator.createJob(
      jobFor(["n0", "n1", "n2"], {
        imageId,
        window: { startMinute: 120, endMinute: 150 },
        validity: { startSeconds: undefined, endSeconds: 9 },
        metadata: { a: 1 },
      }),
    );
    const beliefs = await operator.beliefs(job);
    await operator.cancelJob(job);

    expect([imageId, job]).toEqual(["image:a b.bin:5000", "job-spring"]);
    expect(backend.jobs.get("spring")).toEqual({
      image: imageId,
      targets: ["n0", "n1", "n2"],
      window: { start: 120, end: 150 },
      validity: { end: 9 },
      metadata: { a: 1 },
    });
    expect([...beliefs].map(([node, { belief }]) => [node, belief])).toEqual([
      ["n0", "success"],
      ["n1", "unknown"],
      ["n2", "rejected"],
    ]);
    expect(backend.asked.at(-1)).toMatchObject({ method: "DELETE", path: "/admin/manifests/job-spring" });
  });

  test("reads counters where there are some, and says nothing where there are none", async () => {
    expect(await operator.counters()).toEqual({ fetchesReceived: 3 });
    backend.failWith = 404;
    expect(await operator.counters()).toBeUndefined();
    backend.failWith = undefined;
  });

  test("tells in the backend's own words what it would not do", async () => {
    backend.failWith = 507;

    await expect(operator.cancelJob("x")).rejects.toThrow(/^DELETE \/admin\/manifests\/x answered HTTP 507: no room/);
    backend.failWith = undefined;
    await expect(operator.enrol([nodeNamed("few")])).rejects.toThrow(/answered no secret/);
  });
});

function wire(entry: ReturnType<typeof entryOf>, job?: string): HttpRequest {
  const message = half.encode(WHO, entry, job);
  if (message.via !== "http") throw new Error("http-poll speaks HTTP");
  return message;
}

function answerTo({ method, url, headers, body }: HttpRequest): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (reply) => {
      void bytesOf(reply).then((bytes) =>
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers as HttpReply["headers"], body: bytes }),
      );
    });
    asked.on("error", reject).end(body);
  });
}

async function bytesOf(message: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return new Uint8Array(Buffer.concat(parts));
}

interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** The smallest backend that a team could have. */
class TinyBackend {
  readonly asked: Asked[] = [];
  readonly jobs = new Map<string, unknown>();
  readonly server: Server;
  /** What nodes are answered: a text as it is, anything else as JSON, nothing as 204. */
  manifest: unknown;
  failWith: number | undefined;

  constructor() {
    this.server = createServer((asked, reply) => {
      void bytesOf(asked).then((bytes) => {
        const body = new TextDecoder().decode(bytes);
        this.asked.push({
          method: asked.method,
          path: asked.url,
          authorization: asked.headers.authorization,
          body,
        });
        const { status, headers, answer } = this.#answer(asked, bytes);
        reply
          .writeHead(status, { ...headers, "content-length": answer === undefined ? 0 : Buffer.byteLength(answer) })
          .end(answer);
      });
    });
  }

  static async listening(): Promise<TinyBackend> {
    const backend = new TinyBackend();
    await new Promise<void>((resolve) => backend.server.listen(0, "127.0.0.1", resolve));
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  #answer(
    asked: IncomingMessage,
    bytes: Uint8Array,
  ): { status: number; headers?: Record<string, string>; answer?: string | Uint8Array } {
    const url = new URL(asked.url ?? "", this.url);
    const json = (value: unknown) => ({ status: 200, answer: JSON.stringify(value) });
    const parsed = (): Record<string, unknown> =>
      JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (this.failWith !== undefined) return { status: this.failWith, answer: "no room" };
    if (url.pathname === "/image") {
      const from = /^bytes=(\d+)-$/.exec(asked.headers.range ?? "")?.[1];
      if (from === undefined) return { status: 200, answer: IMAGE };
      return {
        status: 206,
        headers: { "content-range": `bytes ${from}-4999/5000` },
        answer: IMAGE.slice(Number(from)),
      };
    }
    if (url.pathname.endsWith("/status")) return { status: 202 };
    if (url.pathname.startsWith("/poll/")) {
      if (this.manifest === undefined) return { status: 204 };
      return typeof this.manifest === "string" ? { status: 200, answer: this.manifest } : json(this.manifest);
    }
    if (url.pathname === "/admin/nodes") {
      const nodes = parsed()["nodes"] as { id: string }[];
      return json({ secrets: nodes.filter(({ id }) => id !== "few").map(({ id }) => `secret-of-${id}`) });
    }
    if (url.pathname.startsWith("/admin/images/")) {
      return json({ image: `image:${decodeURIComponent(url.pathname.slice(14))}:${bytes.length}` });
    }
    if (url.pathname.endsWith("/statuses")) {
      const page = [
        {
          statuses: [
            { node: "n0", status: "success", info: "done" },
            { node: "n1", status: "puzzled" },
          ],
          next: 2,
        },
        { statuses: [{ node: "n2", status: "rejected" }], next: 2 },
      ];
      return json(page[url.searchParams.get("from") === "0" ? 0 : 1]);
    }
    if (url.pathname === "/admin/counters") return json({ fetchesReceived: 3 });
    if (asked.method === "DELETE") return { status: 204 };
    this.jobs.set("spring", parsed());
    return json({ job: "job-spring" });
  }
}
