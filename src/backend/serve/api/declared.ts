/**
 * A route's declaration: what it may be asked and what it answers. The route reads its query and body by it, and the
 * OpenAPI document is made from it, so the two cannot differ.
 *
 *     const CANCEL = declared({ about: "Cancels a job.", body: CancelBody, answer: Cancelled });
 *     api.put("/", CANCEL, async (context) => { const { ota_job_id } = await CANCEL.body(context); ... });
 */
import type { Context, MiddlewareHandler } from "hono";
import { z } from "zod";
import { CODES, Failure } from "./failure.ts";
import { JSON_BYTES_MAX, readBody } from "./request-body.ts";

type Shape = Readonly<Record<string, z.ZodType>>;
type Values<Query extends Shape> = { readonly [Name in keyof Query]: z.output<Query[Name]> };

export interface Declaration<Query extends Shape = Shape, Body = unknown> {
  /** A sentence for the document. */
  readonly about: string;
  /** Parameters of the query; `parameters.ts` has the usual ones. */
  readonly query?: Query;
  /** Parameters that nobody knows are let be; undefined = they are refused. */
  readonly takesOtherParameters?: boolean;
  /** What the body must be; undefined = nobody reads it. */
  readonly body?: z.ZodType<Body>;
  /** A longer body is answered 413. */
  readonly bodyBytesMax?: number;
  /** RainMaker's number for a mistake in the body; undefined = the general one. */
  readonly codeOfIssue?: (issue: z.core.$ZodIssue) => number | undefined;
  /** The body is an image's bytes. */
  readonly takesBytes?: boolean;
  /** What 200 carries; undefined = the route never answers with a body. */
  readonly answer?: z.ZodType;
  /** It may answer 204, with nothing. */
  readonly mayBeEmpty?: boolean;
}

/** A declaration that stands before its handler, and reads requests for it. */
export interface Declared<Query extends Shape, Body> extends MiddlewareHandler {
  readonly declaration: Declaration<Query, Body>;
  /** The query's parameters; a `Failure` names the one that is wrong. */
  query(context: Context): Values<Query>;
  /** The JSON body; a `Failure` names the field that is wrong. */
  body(context: Context): Promise<Body>;
}

export function declared<Query extends Shape = Shape, Body = undefined>(
  declaration: Declaration<Query, Body>,
): Declared<Query, Body> {
  const parameters = Object.entries(declaration.query ?? {});
  const known = parameters.map(([name]) => name);
  const query = (context: Context): Values<Query> => {
    const values = parameters.map(([name, schema]) => [name, parameterOf(context, name, schema)]);
    return Object.fromEntries(values) as Values<Query>;
  };
  const body = (context: Context): Promise<Body> => {
    const { body: schema, bodyBytesMax, codeOfIssue } = declaration;
    if (schema === undefined) throw new Error("a route that reads a body declares one");
    return readBody(context, schema, bodyBytesMax ?? JSON_BYTES_MAX, codeOfIssue);
  };
  // Checked before the handler, so that a wrong parameter is refused even by a route that would not look at it.
  const check: MiddlewareHandler = async (context, next) => {
    if (declaration.takesOtherParameters !== true) refuseUnknown(context, known);
    query(context);
    await next();
  };
  return Object.assign(check, { declaration, query, body });
}

/** The declaration that a handler of the router carries, if it is one. */
export function declarationOf(handler: unknown): Declaration | undefined {
  return typeof handler === "function" && "declaration" in handler ? (handler.declaration as Declaration) : undefined;
}

/** A parameter that is misspelt must not be taken for one that was left out. */
function refuseUnknown(context: Context, known: readonly string[]): void {
  const unknown = Object.keys(context.req.query()).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const told = unknown.slice(0, 3).map((name) => name.slice(0, 60));
  const there = known.length === 0 ? "this path takes none" : `known here are ${known.join(", ")}`;
  const are = unknown.length === 1 ? "is an unknown parameter" : "are unknown parameters";
  throw new Failure(400, CODES.badBody, `${told.join(", ")} ${are}; ${there}.`);
}

function parameterOf(context: Context, name: string, schema: z.ZodType): unknown {
  const text = context.req.query(name);
  // RainMaker's clients write a parameter that they do not use as an empty one.
  const read = schema.safeParse(text === "" ? undefined : text);
  if (read.success) return read.data;
  const seen = text === undefined || text === "" ? `${name}:` : `${name} is "${text.slice(0, 40)}";`;
  throw new Failure(400, CODES.badBody, `${seen} ${read.error.issues[0]?.message ?? "is not right"}.`);
}
