/** A cohort whose nodes come from a file: where it lies, which column says what, and what its words mean. */
import * as z from "zod";
import { FLEET_COLUMNS, type FleetColumn } from "../fleet/fleet-file/fleet-columns.ts";
import { LINK_CLASSES_MAX } from "../fleet/fleet-book.ts";
import { DURATION, THROUGHPUT } from "./units.ts";
import { block, distribution, optional, quantity, required, text } from "./value-schemas.ts";

const PATH = text("the path of a CSV file", 1_000);
const COLUMN = text("the name of a column", 200);

const COLUMN_ABOUT: Readonly<Record<FleetColumn, string>> = {
  id: "The node's id: for nodes.csv, reports and traces. Each must be of one row.",
  zone: "IANA time zone, such as Europe/Berlin.",
  project: "Project name of the image that runs.",
  version: "Version of the image that runs.",
  hardware: "Revision of the hardware.",
  lastSeen: "When the node was last seen: a date, or an instant with its offset.",
  link: "Class of the node's link, one of `links`.",
};

const COLUMNS = block(
  {
    id: required(COLUMN, COLUMN_ABOUT.id),
    ...(Object.fromEntries(
      FLEET_COLUMNS.filter((column) => column !== "id").map((column) => [
        column,
        optional(COLUMN, COLUMN_ABOUT[column]),
      ]),
    ) as Record<Exclude<FleetColumn, "id">, z.ZodOptional<typeof COLUMN>>),
  },
  FLEET_COLUMNS.join(", "),
);

const FROM_EXPECTED = "must be the path of a CSV file, or a mapping with file and columns";

/** The file as the scenario names it; `columns` undefined = by their own names, as far as they are there. */
export const FROM = z.union(
  [
    PATH.transform((file) => ({ file, columns: undefined })),
    block(
      {
        file: required(PATH, "The CSV file; relative to the scenario."),
        columns: optional(
          COLUMNS,
          `Which column of the file says what. Left out: ${FLEET_COLUMNS.join(", ")}, as far as they are there.`,
        ),
      },
      "file and columns",
    ).transform(({ file, columns }) => ({ file, columns })),
  ],
  { error: FROM_EXPECTED },
);

const LINK_CLASS = block(
  {
    throughput: optional(distribution(THROUGHPUT), "Bytes a second of fleet time. Left out: the cohort's."),
    latency: optional(distribution(DURATION), "Time one way. Left out: the cohort's."),
  },
  "throughput and latency",
);

const LINKS_EXPECTED =
  "must be a mapping of the link column's words to what they mean: { weak: { throughput: 15KiB/s } }";

/** What the words of the link column mean. */
export const LINKS = z.record(z.string(), LINK_CLASS, { error: LINKS_EXPECTED }).transform((given, context) => {
  const names = Object.keys(given);
  if (names.length === 0 || names.length > LINK_CLASSES_MAX)
    context.addIssue({ code: "custom", message: `must be 1 to ${LINK_CLASSES_MAX} classes of links` });
  return names.map((name) => ({ name, throughput: given[name]?.throughput, latency: given[name]?.latency }));
});

/** What follows from when a node was last seen. */
export const LAST_SEEN = block(
  {
    gone: required(
      quantity(DURATION),
      "A node that was not seen for longer when the run begins counts as gone: it never comes online.",
    ),
  },
  "gone",
);
