import { describe, expect, test } from "vitest";
import * as tables from "../fixtures/bad-input/image-files.ts";
import { SOUND } from "../fixtures/bad-input/scenario-text.ts";
import { temporaryFolder, written } from "./otafleet.ts";
import { refused } from "./told.ts";

const folder = temporaryFolder();
const scenario = written(folder, "s.yaml", SOUND);

describe.each(Object.entries(tables))("%s: each is refused by what it is", (_, table) => {
  test.each(table.map(([title, bytes, line]) => ({ title, bytes, line })))("$title: $line", async ({ bytes, line }) => {
    const path = written(folder, "image.bin", bytes);

    const info = await refused(["image", "info", path], folder);
    const plan = await refused(["plan", scenario, "--image", path], folder);

    expect(info).toEqual([`${path}: ${line}`]);
    expect(plan).toEqual(info);
  });
});
