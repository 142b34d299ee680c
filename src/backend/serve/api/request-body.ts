/**
 * Bodies of requests, read from the socket up to a limit. The framework's own limit cannot measure a body that comes
 * in chunks without a length.
 */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { z } from "zod";
import { bodyMistakes } from "./body-mistakes.ts";
import { CODES, Failure } from "./failure.ts";

/** A job that names a million nodes by ids of up to 64 characters. */
export const JSON_BYTES_MAX = 80_000_000;

/** The body's bytes; a `Failure` for more than `bytesMax`. */
export async function readBytes(context: Context, bytesMax: number): Promise<Uint8Array> {
  const { incoming } = context.env as HttpBindings;
  const tooLong = new Failure(413, CODES.tooLarge, `The body: must be at most ${bytesMax} bytes.`);
  if (Number(incoming.headers["content-length"] ?? 0) > bytesMax) throw tooLong;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > bytesMax) throw tooLong;
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(400, CODES.badBody, "The body: ended before its length.");
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** The body as text in UTF-8. */
export async function readText(context: Context, bytesMax: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(context, bytesMax));
}

/** A JSON body by a schema; anything else is a `Failure` that names each field with the first one's number. `codeOf`: RainMaker's own numbers. */
export async function readBody<T>(
  context: Context,
  schema: z.ZodType<T>,
  bytesMax = JSON_BYTES_MAX,
  codeOf: (issue: z.core.$ZodIssue) => number | undefined = () => undefined,
): Promise<T> {
  const text = await readText(context, bytesMax);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(400, CODES.badBody, "The body is not JSON.");
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const code = (issue === undefined ? undefined : codeOf(issue)) ?? CODES.badBody;
  throw new Failure(400, code, bodyMistakes(read.error.issues, value, schema));
}
