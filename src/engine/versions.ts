/** The programs and tables that a result depends on. */
import { readFileSync } from "node:fs";
import { assert } from "../base/assert.ts";
import { ZONE_TABLE_TZDATA } from "../fleet/zone-table.ts";

/** Names and versions: otafleet, node, v8, tzdata. */
export function versionsOf(): Readonly<Record<string, string>> {
  const { node, v8 } = process.versions;
  // Not that of the machine, which no result depends on.
  return { otafleet: otafleetVersion(), node, v8, tzdata: ZONE_TABLE_TZDATA };
}

function otafleetVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert(
    typeof manifest === "object" && manifest !== null && "version" in manifest && typeof manifest.version === "string",
    "package.json has a version",
  );
  return manifest.version;
}
