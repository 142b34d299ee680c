import { Ajv2020 } from "ajv/dist/2020.js";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { describeApi, unansweredApi } from "../../src/backend/serve/api/api.ts";
import { declared } from "../../src/backend/serve/api/declared.ts";
import { openApiDocument } from "../../src/backend/serve/api/openapi.ts";
import { wholeNumber } from "../../src/backend/serve/api/parameters.ts";
import { embedded, http, link, rollout } from "./embedded.ts";
import type { Embedded } from "./embedded.ts";
import {
  type ApiDocument,
  badBodies,
  badQueries,
  filledPath,
  type Operation,
  operationsOf,
  questions,
} from "./openapi-questions.ts";

const document = describeApi() as unknown as ApiDocument;
const operations = operationsOf(document);
const ajv = new Ajv2020({ strict: false, formats: { "date-time": true, binary: true } });
ajv.addSchema({ $id: "api", ...document });

let running: Embedded;
let made: Awaited<ReturnType<typeof rollout>>;

beforeAll(async () => {
  running = await embedded({ images: "http" });
  made = await rollout(running);
});

afterAll(() => running.stop());

test("the document has every route that the API answers, and no other", () => {
  const registered = unansweredApi()
    .routes.filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}").replace(/\/$/, "")}`);

  expect([...new Set(registered)].toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});

test("the document is the one that the backend serves", async () => {
  const reply = await http(`${running.address.apiUrl}/openapi.json`);

  expect(JSON.parse(reply.body.toString())).toEqual(JSON.parse(JSON.stringify(document)));
});

test("each operation has a name of its own, a summary, and a token where it is not open to all", () => {
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { path, operation } of operations) {
    expect(operation.summary).toMatch(/\.$/);
    const isOpen = path === "/apiversions" || path === "/openapi.json";
    expect(operation.security === undefined, path).toBe(isOpen);
  }
});

test("the real answer of every route is one that the document describes", async () => {
  const asked = new Set<string>();
  // Only a node that is online can be approved for.
  const online = await link(running.address, "node-b", made.secrets[1] ?? "");

  for (const { name, path, headers, body } of questions(made, running.backend.ledger)) {
    asked.add(name);
    const [method = ""] = name.split(" ");
    const reply = await http(`${running.address.apiUrl}${path}`, { method, headers, body });
    expect(reply.status, `${name}: ${reply.body.toString()}`).toBeLessThan(300);
    expect(mistakesOf(name, reply.status, reply.body)).toBe("");
  }

  online.end();
  expect([...asked].toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
});

describe.each(operations.map((one) => [one.name, one] as const))("%s", (name, operation) => {
  test("refuses what the document forbids, in words that it describes", async () => {
    const headers = { ...headersFor(operation) };
    const path = filledPath(operation.path, made);
    const bad = [
      ...badQueries(operation).map((query) => ({ query, body: operation.takesBytes ? "x" : undefined })),
      ...badBodies(operation).map((body) => ({ query: "", body: JSON.stringify(body) })),
    ];

    for (const { query, body } of bad) {
      const method = operation.method.toUpperCase();
      const reply = await http(`${running.address.apiUrl}${path}${query}`, { method, headers, body });
      expect(reply.status, `${query} ${body} ${reply.body.toString()}`).toBe(400);
      expect(mistakesOf(name, reply.status, reply.body)).toBe("");
    }
  });

  test("asks for its token", async () => {
    const method = operation.method.toUpperCase();
    const reply = await http(`${running.address.apiUrl}${filledPath(operation.path, made)}`, { method });

    if (operation.operation.security === undefined) expect(reply.status).toBe(200);
    else {
      expect(reply.status).toBe(401);
      expect(mistakesOf(name, reply.status, reply.body)).toBe("");
    }
  });
});

test("a route without a declaration is missing in the document, so that the first test would find it", () => {
  const api = new Hono();
  const known = declared({ about: "Known.", query: { size: wholeNumber(1, 5, "How many.") }, answer: z.string() });
  api.get("/known/:id", known, (context) => context.json("x"));
  api.get("/unknown", (context) => context.json("x"));

  const { paths } = openApiDocument(api) as unknown as ApiDocument;

  expect(Object.keys(paths)).toEqual(["/known/{id}"]);
  expect(paths["/known/{id}"]?.["get"]?.parameters).toEqual([
    { name: "id", in: "path", required: true, schema: { type: "string" } },
    {
      name: "size",
      in: "query",
      description: "How many.",
      schema: { default: 1, type: "integer", minimum: 0, maximum: 5 },
    },
  ]);
});

function headersFor({ path }: Operation): Record<string, string> {
  const { operatorToken } = running.address;
  if (path.startsWith("/v1/")) return { Authorization: operatorToken };
  if (path.startsWith("/admin/")) return { Authorization: `Bearer ${operatorToken}` };
  return { Authorization: `Bearer ${made.secrets[0] ?? ""}` };
}

/** What is wrong with an answer, "" where nothing is. */
function mistakesOf(name: string, status: number, body: Uint8Array): string {
  const [method = "", path = ""] = name.split(" ");
  const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
  const key = String(status) in responses ? String(status) : "default";
  const pointer = ["paths", path, method.toLowerCase(), "responses", key].map((part) =>
    encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  if (responses[key]?.content === undefined) return body.length === 0 ? "" : "has a body, and should have none";
  const validate = ajv.compile({ $ref: `api#/${pointer.join("/")}/content/application~1json/schema` });
  const value: unknown = JSON.parse(Buffer.from(body).toString());
  return validate(value) ? "" : ajv.errorsText(validate.errors);
}
