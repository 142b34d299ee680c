/** `otafleet schema`: JSON Schemas for editors and other programs. */
import { unreachable } from "../base/assert.ts";
import { comparisonJsonSchema } from "../measure/comparison-schema.ts";
import { resultJsonSchema } from "../measure/result-schema.ts";
import { searchJsonSchema, sweepJsonSchema } from "../measure/sweep-schema.ts";
import { scenarioJsonSchema } from "../scenario/json-schema.ts";
import { tellPrograms } from "./console.ts";
import { EXIT } from "./exit-codes.ts";

/** What there is a schema of. */
export type SchemaName = "scenario" | "result" | "sweep" | "find" | "compare" | "api";

/** Prints the schema of scenario files or of a result, or the OpenAPI document of the embedded backend. */
export async function schema(of: SchemaName): Promise<number> {
  const value = await schemaOf(of);
  tellPrograms(`${JSON.stringify(value, undefined, 2)}\n`);
  return EXIT.passed;
}

async function schemaOf(of: SchemaName): Promise<unknown> {
  switch (of) {
    case "scenario":
      return scenarioJsonSchema();
    case "result":
      return resultJsonSchema();
    case "sweep":
      return sweepJsonSchema();
    case "find":
      return searchJsonSchema();
    case "compare":
      return comparisonJsonSchema();
    case "api":
      // The router and the rules come with it, which the others have no use for.
      return (await import("../backend/serve/api/api.ts")).describeApi();
    default:
      return unreachable(of);
  }
}
