/** `otafleet schema`: JSON Schemas for editors and other programs. */
import { resultJsonSchema } from "../measure/result-schema.ts";
import { scenarioJsonSchema } from "../scenario/json-schema.ts";
import { tellPrograms } from "./console.ts";
import { EXIT } from "./exit-codes.ts";

/** Prints the schema of scenario files or of `result.json`. */
export function schema(of: "scenario" | "result"): number {
  const value = of === "scenario" ? scenarioJsonSchema() : resultJsonSchema();
  tellPrograms(`${JSON.stringify(value, undefined, 2)}\n`);
  return EXIT.passed;
}
