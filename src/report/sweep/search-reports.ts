/** All files of a search, in the order in which their paths are told. Each is a pure function of the result. */
import type { SearchResult } from "../../measure/search-result.ts";
import { jsonText } from "../json-report.ts";
import { searchPage } from "./search-page.ts";

export interface SearchReporter {
  readonly fileName: string;
  readonly render: (search: SearchResult) => string;
}

export const SEARCH_REPORTS: readonly SearchReporter[] = [
  { fileName: "find.html", render: (search) => `${searchPage(search).toString().trimEnd()}\n` },
  { fileName: "find.json", render: jsonText },
];
