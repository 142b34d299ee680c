/** The page in a real browser, without network and without script. Skipped where no Chromium is installed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { compareRuns } from "../../src/measure/comparison.ts";
import { comparisonPage } from "../../src/report/html/comparison-page.ts";
import { htmlReport } from "../../src/report/html-report.ts";
import { junit } from "../../src/report/junit.ts";
import { SEARCH_REPORTS } from "../../src/report/sweep/search-reports.ts";
import { SWEEP_REPORTS } from "../../src/report/sweep/sweep-reports.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { planned, searchOf, sweepOf } from "./sweep/sweep-fixture.ts";
import { reportInput, THRESHOLDS } from "./result-fixture.ts";
import { strictXml } from "./strict-xml.ts";

const PROGRAMS = [
  process.env["CHROMIUM"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];
const program = PROGRAMS.find((path) => path !== "" && existsSync(path));
const reason = program === undefined ? " (skipped: no Chromium found; set CHROMIUM to the program)" : "";

const HEADINGS = [
  "Verdict: Failed",
  "Thresholds",
  "Outcomes",
  "Truth and belief",
  "Over time",
  "Completion",
  "Latencies",
  "Jobs",
  "By cohort",
  "By time zone",
  "Faults",
  "Laws",
  "Generator health",
  "This run",
];

describe.skipIf(program === undefined)(`report.html in a browser${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "otafleet-page-"));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program ?? "", args: ["--no-sandbox"] });
  }, 60_000);

  // A page that stays open goes on costing, and each has a process of its own.
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each([
    [400, "light"],
    [400, "dark"],
    [1280, "light"],
  ] as const)(
    "at %d pixels, %s, offline, without script: no sideways scrolling, no request, every heading there",
    async (width, colorScheme) => {
      const seen = await open(failedRun(), { viewport: { width, height: 900 }, colorScheme });

      expect(await overflow(seen.page)).toBe(0);
      expect(seen.requests).toEqual([]);
      expect(await seen.page.locator("h1").allTextContents()).toEqual(["night-in-four-zones"]);
      expect(await seen.page.locator("h2").allTextContents()).toEqual(HEADINGS);
      expect(await seen.page.locator("main").count()).toBe(1);
      // Percentiles are for reading next to one another, not for scrolling.
      expect(await clipped(seen.page)).toBe(0);
    },
    60_000,
  );

  test("every link of the contents is in sight at any width, and leads to a heading that they do not cover", async () => {
    const { page } = await open(failedRun(), {});

    for (const width of [1280, 800, 420]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(linksOutOfSight), `${width} pixels`).toEqual([]);
      await page.locator("nav a[href='#cohorts']").click();
      expect(Number(await page.evaluate(coveredBy("#cohorts h2"))), `${width} pixels`).toBeLessThanOrEqual(0);
    }
  }, 60_000);

  test("letters and their ground differ by 4.5 to 1 in light and in dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open(failedRun(), { colorScheme, javaScriptEnabled: true });

      expect(await page.evaluate(paleTexts)).toEqual([]);
    }
  }, 60_000);

  test("the pages of a sweep and of a search fit as well, in letters that can be read, and load nothing", async () => {
    for (const page of [SWEEP_REPORTS[0]?.render(sweepOf()), SEARCH_REPORTS[0]?.render(searchOf())]) {
      const options = { viewport: { width: 400, height: 900 }, colorScheme: "dark", javaScriptEnabled: true } as const;
      const seen = await open(page ?? "", options);

      expect(await overflow(seen.page)).toBe(0);
      expect(seen.requests).toEqual([]);
      expect(await seen.page.evaluate(paleTexts)).toEqual([]);
    }
  }, 60_000);

  test.each([420, 1200])(
    "at %d pixels every verdict of a run, a sweep and a search is in sight, however long the threshold's name, and so is the command",
    async (width) => {
      for (const page of longNamed()) {
        const seen = await open(page, { viewport: { width, height: 900 } });

        expect(await seen.page.locator("table .badge.bad").count()).toBeGreaterThan(0);
        expect(await seen.page.evaluate(outOfSight)).toEqual([]);
      }
    },
    60_000,
  );

  test("hostile texts run nothing and load nothing, even where scripts are allowed, and break no layout", async () => {
    for (const hostile of [HOSTILE.slice(0, 10).join(" "), "x".repeat(3_000), HOSTILE.slice(10, 30).join("")]) {
      const seen = await open(htmlReport.render(inputWith(hostile)), {
        viewport: { width: 400, height: 900 },
        javaScriptEnabled: true,
      });

      expect(seen.requests).toEqual([]);
      expect(seen.dialogs).toEqual([]);
      expect(await overflow(seen.page)).toBe(0);
      expect(await seen.page.locator("script, img, iframe, object, embed, form, a:not([href^='#'])").count()).toBe(0);
    }
  }, 60_000);

  test.each(["light", "dark"] as const)(
    "compare.html in %s has no sideways scrolling on a phone, asks for nothing, and its letters can be read",
    async (colorScheme) => {
      const seen = await open(comparedPage(), {
        viewport: { width: 400, height: 900 },
        colorScheme,
        javaScriptEnabled: true,
      });

      expect(await overflow(seen.page)).toBe(0);
      expect(seen.requests).toEqual([]);
      expect(await seen.page.evaluate(paleTexts)).toEqual([]);
    },
    60_000,
  );

  test("a browser's XML parser reads junit.xml whatever its texts are", async () => {
    const page = await (await browser.newContext({ offline: true })).newPage();

    for (const hostile of HOSTILE) {
      const cases = await page.evaluate(parsedCases(junit.render(inputWith(hostile))));
      expect(cases).toBe(strictXml(junit.render(inputWith(hostile))).children[0]?.attributes["tests"]);
    }
  }, 60_000);

  interface Seen {
    readonly page: Page;
    /** Beyond the page itself. */
    readonly requests: readonly string[];
    readonly dialogs: readonly string[];
  }

  let opened = 0;
  async function open(text: string, options: BrowserContextOptions): Promise<Seen> {
    const path = join(folder, `${opened++}.html`);
    writeFileSync(path, text);
    const context = await browser.newContext({ offline: true, javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    const [requests, dialogs]: [string[], string[]] = [[], []];
    const own = pathToFileURL(path).href;
    page.on("request", (request) => {
      // The empty icon is a data: address, so that no browser asks a server for one.
      if (request.url() !== own && !request.url().startsWith("data:")) requests.push(request.url());
    });
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(own);
    return { page, requests, dialogs };
  }
});

function failedRun(): string {
  return htmlReport.render(
    reportInput({ verdict: "failed", reasons: ["completion: p(99)<30h does not hold"], thresholds: THRESHOLDS }),
  );
}

/** Pages of a run, a sweep and a search of which the thresholds and the command are as long as they come. */
function longNamed(): readonly string[] {
  const metric = "completion{population:reachable,cohort:homes-in-the-north}";
  const command = `otafleet plan night.yaml ${"--sweep model.cdn.egress=10Mbit/s,100Mbit/s ".repeat(5)}`;
  const runs = [1, 2, 3].map((seed) => planned(seed, seed === 3 ? "passed" : "failed", [1, 2, 3], metric));
  const knobs = [{ path: "model.cdn.egress", values: ["10Mbit/s", "100Mbit/s"] }];
  const points = [
    { values: ["10Mbit/s"], runs: runs.slice(0, 2) },
    { values: ["100Mbit/s"], runs },
  ];
  const thresholds = THRESHOLDS.map((threshold) => ({ ...threshold, metric }));
  return [
    htmlReport.render({ ...reportInput({ verdict: "failed", thresholds }), command }),
    SWEEP_REPORTS[0]?.render(sweepOf({ knobs, planned: points, command })) ?? "",
    SEARCH_REPORTS[0]?.render(searchOf({ until: `${metric}.p(95) < 8h`, command })) ?? "",
  ];
}

/** A run beside itself, with names that somebody chose to harm. */
function comparedPage(): string {
  const folder = HOSTILE.slice(0, 10).join(" ");
  const side = { folder, result: inputWith(folder).result };
  const match = { isSame: false, sha256: ["a".repeat(64), "b".repeat(64)], differs: [folder], mayDiffer: [] } as const;
  return comparisonPage(compareRuns(side, side, match, [{ on: "completion", share: 0.05 }]));
}

/** Pixels by which the page is wider than the window. */
async function overflow(page: Page): Promise<number> {
  const body = await page.locator("html").evaluate("document.documentElement.scrollWidth - window.innerWidth");
  return Number(body);
}

/** Pixels by which the table of percentiles is wider than its frame. */
async function clipped(page: Page): Promise<number> {
  const width = await page.evaluate(
    `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector("#metrics > .scroll"))`,
  );
  return Number(width);
}

/** To be run inside of a page: how many test cases a document has, or what is wrong with it. */
function parsedCases(document: string): string {
  return `(() => {
    const tree = new DOMParser().parseFromString(${JSON.stringify(document)}, "application/xml");
    return tree.querySelector("parsererror")?.textContent ?? String(tree.querySelectorAll("testcase").length);
  })()`;
}

/** Runs inside of the page: verdicts of tables, and words of the command, that reach beyond the frame they stand in. */
const outOfSight = `[...document.querySelectorAll(".scroll .badge, pre code")]
  .filter((element) => element.getClientRects().length > 0)
  .filter((element) => {
    const [own, frame] = [element, element.closest(".scroll, pre")].map((each) => each.getBoundingClientRect());
    return own.left < frame.left || own.right > frame.right || own.right > window.innerWidth;
  })
  .map((element) => element.textContent)`;

/** Runs inside of the page: links of the contents that reach beyond the window, or that one would have to scroll to. */
const linksOutOfSight = `[...document.querySelectorAll("nav a")]
  .filter((link) => link.getBoundingClientRect().left < 0 || link.getBoundingClientRect().right > window.innerWidth)
  .map((link) => link.textContent)`;

/** To be run inside of a page: pixels by which the contents lie over an element. */
function coveredBy(selector: string): string {
  return `document.querySelector("nav").getBoundingClientRect().bottom - document.querySelector("${selector}").getBoundingClientRect().top`;
}

/** Runs inside of the page: texts whose contrast with the ground behind them is below AA. */
const paleTexts = `(() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
      if (a > 0.99) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const pale = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === "" || element.closest("svg") || element.getClientRects().length === 0) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const opacity = Number(getComputedStyle(element).opacity);
    if (ratio < 4.5 || opacity < 1) pale.push(element.className + ": " + walker.currentNode.data.trim() + " " + ratio.toFixed(2));
  }
  return [...new Set(pale)].slice(0, 10);
})()`;
