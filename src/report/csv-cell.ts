/**
 * One cell of a CSV file after RFC 4180. A spreadsheet runs a cell that begins with = + - @, so such a cell gets a
 * leading apostrophe (ASVS 1.2.10).
 */
import { harmlessLine } from "./text-cleaning.ts";

/** What a cell says; null = nothing. */
export type Cell = string | number | boolean | null;

/** Nothing in such a text acts, hides, splits a line or makes a formula. */
const HARMLESS = /^[A-Za-z0-9](?:[A-Za-z0-9 ./:_-]{0,510}[A-Za-z0-9./:_-])?$/;

/** The text of a cell: numbers plain, texts inert and quoted where they must be, nothing for null. */
export function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  if (cell === "" || HARMLESS.test(cell)) return cell;
  // The full-width forms are read as their ASCII ones by spreadsheets of East Asian locales.
  const inert = /^[=+\-@\t\r＝＋－＠]/u.test(cell) ? `'${harmlessLine(cell)}` : harmlessLine(cell);
  return /[",;]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
