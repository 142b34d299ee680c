/** The OpenAPI document of the API, made from the routes that are registered and the declarations that they carry. */
import type { Hono } from "hono";
import { z } from "zod";
import { NODE_PART, OPERATOR_PARTS } from "./admission.ts";
import { type Declaration, declarationOf } from "./declared.ts";

type Json = Readonly<Record<string, unknown>>;

const PARTS = [...OPERATOR_PARTS, NODE_PART];

const Refusal = z
  .object({ status: z.literal("failure"), error_code: z.int(), description: z.string() })
  .describe("One sentence that names what is wrong, with RainMaker's number where it has one.");

const NodeRefusal = z.object({ error: z.string() }).describe("What is wrong, in a few words.");

/** OpenAPI 3.1 of every declared route. */
export function openApiDocument(api: Hono): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { method, path, handler } of api.routes) {
    const declaration = declarationOf(handler);
    if (declaration === undefined) continue;
    const named = path.replaceAll(/:(\w+)/g, "{$1}").replace(/(?<=.)\/$/, "");
    (paths[named] ??= {})[method.toLowerCase()] = operationOf(method, named, declaration);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "otafleet's embedded backend",
      version: "v1",
      description:
        "For tests only. `/v1/admin` is what ESP RainMaker's admin API is, as far as OTA goes; `/admin` and `/poll` are a plain one for nodes that ask by HTTP.",
    },
    paths,
    components: {
      securitySchemes: Object.fromEntries(PARTS.map(({ scheme, described }) => [scheme, described])),
      schemas: { Refusal: schemaOf(Refusal, "output"), NodeRefusal: schemaOf(NodeRefusal, "output") },
    },
  };
}

function operationOf(method: string, path: string, declaration: Declaration): Json {
  const { about, answer, mayBeEmpty } = declaration;
  const part = PARTS.find(({ prefix }) => path.startsWith(prefix));
  const parameters = [...pathParameters(path), ...queryParameters(declaration)];
  const content = (schema: Json) => ({ "application/json": { schema } });
  const names = part === NODE_PART ? ["NodeRefusal", "Refusal"] : ["Refusal"];
  const refusal = content({ anyOf: names.map((name) => ({ $ref: `#/components/schemas/${name}` })) });
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/\W+(\w?)/g, (_, first: string) => first.toUpperCase())}`,
    summary: about,
    ...(part === undefined ? {} : { security: [{ [part.scheme]: [] }] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...requestBody(declaration),
    responses: {
      ...(answer === undefined ? {} : { 200: { description: about, content: content(schemaOf(answer, "output")) } }),
      ...(mayBeEmpty === true ? { 204: { description: "Nothing to say." } } : {}),
      default: { description: "It was refused.", content: refusal },
    },
  };
}

function requestBody({ body, takesBytes }: Declaration): Json {
  if (takesBytes === true) {
    const schema = { type: "string", format: "binary" };
    return { requestBody: { required: true, content: { "application/octet-stream": { schema } } } };
  }
  if (body === undefined) return {};
  return { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters({ query = {} }: Declaration): Json[] {
  return Object.entries(query).map(([name, parameter]) => {
    // What the text of a URL is turned into says more than that it is text.
    const { description, ...schema } = schemaOf(parameter, "output");
    return {
      name,
      in: "query",
      ...(description === undefined ? {} : { description }),
      ...(parameter.safeParse(undefined).success ? {} : { required: true }),
      schema,
    };
  });
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...bare } = z.toJSONSchema(schema, { io, target: "draft-2020-12" }) as Record<string, unknown>;
  return bare;
}
