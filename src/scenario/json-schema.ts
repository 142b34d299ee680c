/** The scenario's JSON Schema, for editors and other programs: made from the schema that reads, so it cannot differ. */
import * as z from "zod";
import { SCENARIO } from "./schema.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** JSON Schema, draft 2020-12, of a scenario as users write it. */
export function scenarioJsonSchema(): { readonly [key: string]: Json } {
  const schema = z.toJSONSchema(SCENARIO, { io: "input", target: "draft-2020-12" }) as unknown as Json;
  const published = withDefaults(schema) as { readonly [key: string]: Json };
  return { title: "otafleet scenario", ...published };
}

/** A default that is converted while reading is kept aside by the library; here it gets its own name. */
function withDefaults(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withDefaults(item));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Json }).map(([key, inner]) => [
      key === "preset" ? "default" : key,
      withDefaults(inner),
    ]),
  );
}
