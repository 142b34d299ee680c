/** All files of a search, in the order in which their paths are told. Each is a pure function of the result. */
import type { SearchResult } from "../../measure/search-result.ts";
import { jsonText } from "../json-report.ts";
import type { PlansReporter } from "./plans-reporter.ts";
import { searchPage } from "./search-page.ts";

export const SEARCH_REPORTS: readonly PlansReporter<SearchResult>[] = [
  { fileName: "find.html", render: (search) => `${searchPage(search).toString().trimEnd()}\n` },
  { fileName: "find.json", render: jsonText },
];
