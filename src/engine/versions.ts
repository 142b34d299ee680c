/** The programs and tables that a result depends on. */
import { readFileSync } from "node:fs";
import { assert } from "../base/assert.ts";

/** Names and versions: otafleet, node, v8, tzdata. */
export function versionsOf(): Readonly<Record<string, string>> {
  const { node, v8, tz } = process.versions;
  return { otafleet: otafleetVersion(), node, v8, tzdata: tz ?? "unknown" };
}

function otafleetVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert(
    typeof manifest === "object" && manifest !== null && "version" in manifest && typeof manifest.version === "string",
    "package.json has a version",
  );
  return manifest.version;
}
