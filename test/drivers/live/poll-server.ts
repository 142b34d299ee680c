/** A backend as small as a team can have: polled manifests and statuses over plain HTTP, and its operator's API. */
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { HttpPollOperator } from "../../../src/adapters/http-poll/operator.ts";
import { httpPort } from "../../backend/embedded.ts";
import { listen } from "./brokers.ts";
import type { LiveBackend } from "./live-run.ts";

interface Job {
  readonly image: string;
  readonly targets: readonly string[];
  readonly statuses: Map<string, { status: string; info: string }>;
}

export interface PollServer extends LiveBackend {
  /** Answers to polls that are still to be errors. */
  errors: number;
  /** The image's URL as nodes are told it; undefined = the right one. */
  imageUrl: string | undefined;
  /** What is served in place of the image. */
  bytes: Uint8Array | undefined;
  readonly polls: string[];
}

export async function pollServer(): Promise<PollServer> {
  const images = new Map<string, { bytes: Buffer; version: string }>();
  const jobs = new Map<string, Job>();
  const polls: string[] = [];
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  const base = `http://127.0.0.1:${await listen(server)}`;
  const backend: PollServer = {
    operator: new HttpPollOperator({ baseUrl: base, token: "operator", settings: {} }, httpPort),
    backend: { mqtt: undefined, baseUrl: base, ca: undefined, allowedHosts: [] },
    errors: 0,
    imageUrl: undefined,
    bytes: undefined,
    polls,
    setClock: () => undefined,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return backend;

  async function answer(request: IncomingMessage): Promise<{ status: number; body?: Uint8Array | string }> {
    const url = new URL(request.url ?? "", base);
    const [, room = "", name = "", part] = url.pathname.split("/");
    const body = await bytesOf(request);
    if (room === "admin") return { status: 200, body: JSON.stringify(administer(request, url, body)) };
    if (room === "images") return { status: 200, body: backend.bytes ?? images.get(name)!.bytes };
    if (part === "status") {
      const { job, status, reason } = JSON.parse(body.toString()) as Record<string, string>;
      jobs.get(job!)?.statuses.set(name, { status: status!, info: reason! });
      return { status: 204 };
    }
    polls.push(name);
    if (backend.errors > 0) {
      backend.errors -= 1;
      return { status: 503 };
    }
    return manifestFor(name, url.searchParams.get("version") ?? "");
  }

  function manifestFor(node: string, version: string): { status: number; body?: string } {
    const found = [...jobs].find(([, { targets, statuses }]) => {
      return targets.includes(node) && !/success|rejected/.test(statuses.get(node)?.status ?? "");
    });
    const image = found === undefined ? undefined : images.get(found[1].image);
    if (found === undefined || image === undefined || image.version === version) return { status: 204 };
    const url = backend.imageUrl ?? `${base}/images/${found[1].image}`;
    const checksum = createHash("sha256").update(image.bytes).digest("hex");
    const manifest = { version: image.version, url, size: image.bytes.length, checksum, job: found[0] };
    return { status: 200, body: JSON.stringify(manifest) };
  }

  function administer(request: IncomingMessage, url: URL, body: Buffer): unknown {
    const [, , kind, name = "", part] = url.pathname.split("/");
    if (kind === "nodes") {
      const { nodes } = JSON.parse(body.toString()) as { nodes: unknown[] };
      return { secrets: nodes.map(() => randomUUID()) };
    }
    if (kind === "images") {
      images.set(name, { bytes: body, version: url.searchParams.get("version")! });
      return { image: name };
    }
    if (kind === "counters") return {};
    if (part === "statuses") {
      return { statuses: [...jobs.get(name)!.statuses].map(([node, said]) => ({ node, ...said })), next: 0 };
    }
    if (request.method === "PUT") {
      const { image, targets } = JSON.parse(body.toString()) as { image: string; targets: string[] };
      jobs.set(name, { image, targets, statuses: new Map() });
    }
    return { job: name };
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
