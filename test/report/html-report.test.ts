import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { htmlReport } from "../../src/report/html-report.ts";
import { html } from "../../src/report/html/html-text.ts";
import { visible } from "../../src/report/text-cleaning.ts";
import { anyText } from "../base/any-text.ts";
import { HOSTILE, inputWith } from "./hostile-strings.ts";
import { reportInput, THRESHOLDS, threeJobs } from "./result-fixture.ts";

describe("html``", () => {
  test("escapes every text that is put in, and leaves its own literals and other html alone", () => {
    expect(html`<p title="${`"'<>&\``}">${html`<b>${"<i>"}</b>`}${[1, "&"]}</p>`.toString()).toBe(
      '<p title="&quot;&#39;&lt;&gt;&amp;&#96;"><b>&lt;i&gt;</b>1&amp;</p>',
    );
  });

  test("makes no tag, attribute or entity of any text", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const inside = html`${text}`.toString();
        expect(inside).not.toMatch(/[<>"'`]|&(?!(?:amp|lt|gt|quot|#39|#96);)/);
      }),
    );
  });
});

describe("report.html", () => {
  const page = htmlReport.render(reportInput());

  test("of several jobs names them, and counts updates where nodes count several times", () => {
    const words = text(htmlReport.render(reportInput(threeJobs())));

    expect(words).toContain("5,000 of 6,000 updates of 2,000 nodes and 3 jobs");
    expect(words).toContain("Of 6,000 updates; what is empty below that number is open");
    expect(words).toMatch(
      /Completion, p95 of spring \S+ \w+ of its 2,000 targets, .*; most nodes end on its image; by job: spring .*, summer .*, autumn /,
    );
    const few = { ...threeJobs().firmware!, images: [{ project: "a", version: "2", jobs: ["spring"], nodes: 900 }] };
    expect(text(htmlReport.render(reportInput({ ...threeJobs(), firmware: few })))).toContain(
      "; most nodes of any job end on its image; ",
    );
    expect(words).toContain("of autumn, the worst of 3 jobs began in the same minute; 30 % from even");
    expect(words).toContain("Every metric that begins with a job, by job");
    expect(text(page)).not.toMatch(/updates|by job/);
  });

  test("of a plan has one clock, and one name for each percentile of completion", () => {
    const { result } = reportInput();
    const clock = { ...result.clock, driver: "virtual", speed: 1, wallMs: null } as const;
    const plan = text(htmlReport.render({ ...reportInput(), result: { ...result, clock } }));

    expect(plan).toMatch(/Fleet clock from \S+ \S+ UTC, in virtual time/);
    expect(plan).toContain("Time until so many of all targets were done, as in the metric completion");
    expect(plan).not.toMatch(/[Cc]omposed|real time|raw:/);
    expect(text(page)).toContain("raw: as the fleet’s clock ran; the metric completion is composed");
    expect(text(page)).toContain("job started → image confirmed; composed; of all targets");
  });

  test("tells a peak by the second only where it was counted by the second", () => {
    const input = reportInput();
    const { peaks } = input.result;
    const long = text(htmlReport.render({ ...input, result: { ...input.result, peaks: { ...peaks, stepUs: 2e6 } } }));

    expect(text(page)).toMatch(/41 \/s\s+in the fullest second of fleet time/);
    expect(text(page)).toContain("At most 41 in a second of fleet time");
    expect(long).toMatch(/20\.5 \/s\s+in the fullest 2 s of fleet time/);
    expect(long).toContain("At most 20.5 a second on average over 2 s of fleet time");
    expect(long).toMatch(/At most [\d,]+ in the same 2 s\./);
    expect(long).not.toMatch(/(fullest|same) second/);
  });

  test("has the unit of a rate at its axis", () => {
    const axisOf = (title: string): string => {
      const plot = page.slice(page.indexOf(`<h3>${title}</h3>`));
      return text(plot.slice(plot.indexOf('class="y-axis"'), plot.indexOf("<svg")));
    };

    expect(axisOf("Fetch rate")).toMatch(/ 0 .*\d\/s /);
    expect(axisOf("Staggering: downloads started")).toMatch(/\d\/min /);
    expect(axisOf("Image bytes delivered")).toMatch(/\d [KM]?i?B\/s /);
    expect(axisOf("Nodes online")).not.toContain("/");
  });

  test("of several jobs draws a completion curve each, by their own targets", () => {
    const input = reportInput(threeJobs());
    const { timelines } = input.result;
    const jobs = input.result.jobs.map((job, place) => {
      const done = (_: unknown, bucket: number): number =>
        Math.floor((job.outcomes.targeted * bucket) / (timelines.buckets - 1) / (place + 1));
      return { ...job, confirmed: Array.from({ length: timelines.buckets }, done) };
    });
    const page = htmlReport.render({ ...input, result: { ...input.result, jobs } });
    const part = page.slice(page.indexOf('id="completion"'), page.indexOf("Time until so many of all targets"));

    expect(part.match(/class="line tone-series-\d"/g)).toHaveLength(3);
    expect(text(part)).toMatch(/At the end: spring 100 %, summer 50 %, autumn 33\.\d %\./);
    expect(text(part)).toContain("spring, of 2,000");
  });

  test("shows who was cancelled and who expired over time", () => {
    const { result } = reportInput();
    const grows = result.timelines.confirmed.map((_, index) => index);
    const timelines = { ...result.timelines, cancelled: grows, expired: grows };
    const drawn = htmlReport.render(reportInput({ timelines }));
    const plot = drawn.slice(drawn.indexOf("Outcomes over time"), drawn.indexOf("Share done over time"));

    expect(plot).toMatch(/area solid tone-cancelled/);
    expect(plot).toMatch(/area solid tone-expired/);
    expect(page.slice(page.indexOf("Outcomes over time"))).not.toMatch(/area solid tone-cancelled/);
  });

  test("shows laws that did not hold, and folds those that held", () => {
    const law = (id: string, verdict: "held" | "broken") => ({ ...reportInput().result.laws[0]!, id, verdict });
    const laws = [...["L1", "L2", "L3", "L4"].map((id) => law(id, "held")), law("L5", "broken")];
    const words = htmlReport.render(reportInput({ laws }));
    const [open = "", folded = ""] = words.slice(words.indexOf('id="laws"')).split("The laws that held");

    expect(open).toContain(">L5<");
    expect(open).toContain("4 of 5 laws held");
    expect(open).not.toContain(">L1<");
    expect(folded).toContain(">L4<");
  });

  test("folds a long list of zones, the largest outside, and leaves out those without a node", () => {
    const [zone] = reportInput().result.zones;
    const zones = Array.from({ length: 30 }, (_, index) => ({ ...zone!, name: `Zone/N${index}`, nodes: index }));
    const words = htmlReport.render(reportInput({ zones }));
    const [open = "", folded = ""] = words.slice(words.indexOf('id="zones"')).split("more zones</summary>");

    expect(open).toContain("Zone/N29<");
    expect(open).not.toContain("Zone/N5<");
    expect(folded).toContain("Zone/N5<");
    expect(words).not.toContain("Zone/N0<");
    expect(words).toContain("29 time zones");
  });

  test("tells the verdict first, as a word", () => {
    expect(text(page).indexOf("Passed")).toBeLessThan(text(page).indexOf("Thresholds"));
    expect(page).toContain("<title>Passed: night-in-four-zones – otafleet</title>");
  });

  test("says that no threshold was set, and what there is to know, under the verdict", () => {
    const bare = htmlReport.render(reportInput({ thresholds: [], remarks: ["took 5000 us"] }));

    expect(text(bare)).toContain("No threshold was set,");
    expect(bare).toContain('<p class="warning">took 5 ms</p>');
  });

  test("says whose each fault is, and of the defects of images whom they strike and struck", () => {
    const { result, ...input } = reportInput();
    const struck = { job: "spring", version: "2.0.0", fault: "boot-loop", hardware: "rev-b", share: 0.3, afterUs: 0 };
    const defects = [
      { ...struck, targets: 31, installed: 30, struck: 29, inVain: "" },
      { ...struck, fault: "brick", hardware: null, targets: 4, installed: 0, struck: 0, inVain: "" },
      {
        ...struck,
        hardware: "rev-z",
        targets: 0,
        installed: 0,
        struck: 0,
        inVain: "none of its targets is of that kind",
      },
    ];
    const faults = { ...result.faults, "boot-loop@2.0.0": { of: "image", drawn: 30, fired: 29 } } as const;
    const page = text(htmlReport.render({ ...input, result: { ...result, faults, defects } }));

    expect(page).toMatch(/boot-loop node 21 20/);
    expect(page).toMatch(/power-loss-in-write node 17 0/);
    expect(page).toMatch(/boot-loop@2.0.0 image 30 29/);
    expect(page).toMatch(/boot-loop 2.0.0 spring 30 % of rev-b 31 30 29/);
    expect(page).toMatch(/brick 2.0.0 spring 30 % of all hardware 4 0 0 nobody of them installed it/);
    expect(page).toMatch(/30 % of rev-z 0 0 0 \W*can strike nobody: none of its targets is of that kind/);
  });
  test("says of a fault that took place more often than it was drawn that nodes met it more than once", () => {
    const faults = { "lost-status": { of: "node", drawn: 4, fired: 18 } } as const;

    expect(text(htmlReport.render(reportInput({ faults })))).toContain("took place more than once on a node");
    expect(text(page)).not.toContain("took place more than once on a node");
  });

  test("says at the peak of downloads where a compressed clock made it", () => {
    const { result } = reportInput();
    const download = result.metrics["download"];
    if (download === undefined) throw new Error("the fixture has downloads");
    const pageAt = (compression: number): string =>
      text(htmlReport.render(reportInput({ metrics: { ...result.metrics, download: { ...download, compression } } })));

    expect(pageAt(13.06)).toContain("this clock makes a download last 13.1 times as long");
    expect(pageAt(1.1)).not.toContain("this clock makes a download last");
  });

  test("names every reason, threshold and distance", () => {
    const words = text(
      htmlReport.render(reportInput({ verdict: "failed", reasons: ["because of this"], thresholds: THRESHOLDS })),
    );

    expect(words).toContain("because of this");
    expect(words).toContain("4.6 h below the limit (12.8 % of it)");
    expect(words).toContain("2.1 h above the limit (7 % of it)");
    expect(words).toContain(
      "the generator was late: connect_tls has a lateness of 9.12 ms at p99, and 5 ms are allowed",
    );
  });

  test("strikes the numbers of an invalid metric and warns of a clock compressed too hard", () => {
    expect(page).toMatch(/<s>\s*4\.9 ms\s*<\/s>/);
    expect(text(page)).toContain("the fleet’s clock made it 1.27 × longer");
  });

  test("says beside the figure of the reachable nodes which they are, where it differs", () => {
    const { metrics } = reportInput().result;
    const completion = metrics["completion"]!;
    const withP95 = (p95: number) => ({
      metrics: { ...metrics, completion: { ...completion, reachable: { ...completion.reachable!, p95 } } },
    });
    const words = /of the reachable 5 s: those online before the end at [\d.]+ h, and a longer run reaches more/;

    expect(text(htmlReport.render(reportInput(withP95(5e6))))).toMatch(words);
    expect(text(htmlReport.render(reportInput(withP95(Number(completion.p95)))))).not.toMatch(words);
  });

  test("labels composed and raw times where both are shown, and tells a reachable row only where it differs", () => {
    expect(text(page)).toContain("completion job started → image confirmed; composed");
    expect(text(page)).toContain("reboot, raw");
    expect(text(page)).toContain("completion, of the reachable nodes");
    expect(text(page)).toContain("done, raw: as the fleet’s clock ran");

    const { metrics } = reportInput().result;
    const completion = metrics["completion"]!;
    const everyone = { ...completion, reachable: { ...completion.reachable!, size: completion.size } };
    const all = text(htmlReport.render(reportInput({ metrics: { ...metrics, completion: everyone } })));
    expect(all).not.toContain("completion, of the reachable nodes");
  });

  test("names metrics that the run did not use, in place of empty rows", () => {
    const { metrics } = reportInput().result;
    const unused = { ...metrics["connect_tls"]!, count: 0, size: 0, isValid: true, cohorts: {} };
    const words = text(htmlReport.render(reportInput({ metrics: { ...metrics, connect_tls: unused } })));

    expect(words).toContain("Not used in this run, so without a sample: connect_tls.");
    expect(words).not.toContain("TCP established → TLS established");
  });

  test("says not reached and too few in words", () => {
    expect(text(page)).toContain("not reached");
    expect(text(page)).toContain("too few");
  });

  test("names a false success's node by what nodes.csv calls it", () => {
    const input = reportInput();
    const truth = { ...input.result.truth, falseSuccess: 1, falseSuccessNodes: [7] };

    expect(text(htmlReport.render({ ...input, result: { ...input.result, truth } }))).toMatch(
      /7: ota-1f3a-00007 \(thermostat 7\)/,
    );
  });

  test("gives the command that repeats the run", () => {
    expect(page).toContain("otafleet run scenarios/night-in-four-zones.yaml --nodes 2000 --seed 1");
  });

  test("needs no script, link, image or file from anywhere, and its policy forbids them", () => {
    expect(page).toContain("default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:");
    expect(page).not.toMatch(/<script|<img|<iframe|<form|<object| on[a-z]+=|@import|url\(/i);
    const addresses = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map((match) => match[1]);
    expect(addresses.filter((address) => !/^(#[a-z]+|data:,)$/.test(address ?? ""))).toEqual([]);
  });

  test("is the same bytes for an equal result", () => {
    expect(htmlReport.render(reportInput())).toBe(page);
  });

  test("is made of a run that ended before it began", () => {
    const input = reportInput();
    const empty = Object.fromEntries(
      Object.entries(input.result.timelines).map(([key, value]) => [key, Array.isArray(value) ? [] : value]),
    );
    const timelines = { ...input.result.timelines, ...empty, buckets: 0 };
    const nothing = reportInput({
      verdict: "incomplete",
      timelines,
      jobs: [],
      staggering: [],
      metrics: {},
      thresholds: [],
      cohorts: [],
      zones: [],
      laws: [],
      faults: {},
    });

    const words = text(htmlReport.render(nothing));

    expect(words).toContain("Incomplete");
    expect(words).not.toMatch(/NaN|undefined|Infinity/);
  });

  test("shows no number that is none", () => {
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  const plain = skeleton(htmlReport.render(inputWith("plain")));
  test.each(HOSTILE.map((hostile) => [hostile.slice(0, 40), hostile] as const))(
    "shows %j as text alone",
    (_, hostile) => {
      const shown = htmlReport.render(inputWith(hostile));

      expect(skeleton(shown)).toEqual(plain);
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(text(shown)).toContain(visible(hostile.slice(0, 400)).trim().replaceAll(/\s+/g, " "));
    },
  );
});

/** All tags with the names of their attributes, in order: what a hostile text would have to change. */
function skeleton(page: string): readonly string[] {
  return [...page.replace(/<style>[^]*?<\/style>/, "").matchAll(/<[^>]*>/g)].map((tag) =>
    tag[0].replaceAll(/="[^"]*"/g, "="),
  );
}

/** What a reader sees, with white space as a browser shows it. */
function text(page: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#39": "'", "#96": "`", amp: "&" };
  return page
    .replace(/<style>[^]*?<\/style>/, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&(lt|gt|quot|#39|#96|amp);/g, (_, name: string) => entities[name] ?? "")
    .replaceAll(/\s+/g, " ");
}
