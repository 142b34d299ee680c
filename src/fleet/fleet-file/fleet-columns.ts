/** The first line of a fleet file: which of its columns says what. */
import { nearestWord } from "../../base/nearest-word.ts";
import { readableText } from "../../base/readable-text.ts";
import type { FileMistakes } from "./file-mistakes.ts";

/** What a file can say of a node; the names of its columns where a scenario names none. */
export const FLEET_COLUMNS = ["id", "zone", "project", "version", "hardware", "lastSeen", "link"] as const;
export type FleetColumn = (typeof FLEET_COLUMNS)[number];

/** What is to be read. */
export interface FleetFileWish {
  /** The path as it is written. */
  readonly file: string;
  /** Names of the columns; undefined = those of `FLEET_COLUMNS` that are there, and the id must be. */
  readonly columns: Readonly<Partial<Record<FleetColumn, string>>> | undefined;
  /** The words that rows may have for their link; undefined = any. */
  readonly links: readonly string[] | undefined;
}

/** Of a name that is shown. */
const NAME_LENGTH_MAX = 31;
const COLUMNS_SHOWN_MAX = 12;

/** Place of each column in a row, of those that are asked for; what is missing is noted. */
export function columnPlaces(
  names: readonly string[],
  { columns }: FleetFileWish,
  mistakes: FileMistakes,
): ReadonlyMap<FleetColumn, number> {
  const wanted = FLEET_COLUMNS.flatMap((column): [FleetColumn, string][] => {
    const name = columns === undefined ? column : columns[column];
    const isWanted = name !== undefined && (columns !== undefined || column === "id" || names.includes(name));
    return isWanted ? [[column, name]] : [];
  });
  const places = new Map<FleetColumn, number>();
  for (const [column, name] of wanted) {
    const place = names.indexOf(name);
    const shown = readableText(name, NAME_LENGTH_MAX);
    if (place === -1)
      mistakes.add({ line: 1 }, `no ${column}`, `has no column ${shown}`, () => headerAdvice(name, names));
    else if (names.lastIndexOf(name) !== place)
      mistakes.add({ line: 1 }, `two ${column}`, `has two columns ${shown}`, () => "give them different names");
    else places.set(column, place);
  }
  return places;
}

function headerAdvice(name: string, names: readonly string[]): string {
  const [only = ""] = names;
  const separator = names.length === 1 ? [";", "\t", "|"].find((each) => only.includes(each)) : undefined;
  if (separator !== undefined)
    return `fields are separated by commas, and here by ${separator === "\t" ? "tabs" : separator}: save it as CSV with commas`;
  const shown = names.slice(0, COLUMNS_SHOWN_MAX).map((each) => readableText(each, NAME_LENGTH_MAX));
  return `${meant(nearestWord(name, names))}its columns are ${shown.join(", ")}${names.length > shown.length ? ", ..." : ""}`;
}

/** As long as the longest name of a zone, and as a value that is shown. */
const MEANT_LENGTH_MAX = 80;

/** The word that was most likely meant, before what would be right. It may be the file's own, and hold anything. */
export function meant(nearest: string | undefined): string {
  return nearest === undefined ? "" : `did you mean ${readableText(nearest, MEANT_LENGTH_MAX)}? `;
}
