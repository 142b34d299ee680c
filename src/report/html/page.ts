/** The whole page: verdict first, then what was promised, what happened, when, how long, and how sure one may be. */
import { countText, counted } from "../count-text.ts";
import { durationText, fleetStartMs, instantText } from "../duration-text.ts";
import { VERDICT_WORDS } from "../outcome-words.ts";
import type { ReportInput } from "../reporter.ts";
import { isOverJobs } from "../update-words.ts";
import { completionPlot } from "./completion-plot.ts";
import { costBlock } from "./cost-table.ts";
import { faultTable, generatorBlock, lawBlock } from "./evidence-tables.ts";
import { groupTable, jobTable, outcomeLegend } from "./group-tables.ts";
import { html, type Html, NOTHING } from "./html-text.ts";
import { keyFigures } from "./key-figures.ts";
import { metricBlock } from "./metric-tables.ts";
import { modelBlock } from "./model-block.ts";
import { outcomeBlock } from "./outcome-bar.ts";
import { contents, pageShell } from "./page-shell.ts";
import { repeatBlock } from "./repeat-block.ts";
import { type Section, section } from "./section.ts";
import { stageBlock } from "./stage-tables.ts";
import { thresholdTable } from "./threshold-table.ts";
import { timelinePlots } from "./timeline-plots.ts";
import { truthBlock } from "./truth-table.ts";
import { verdictBlock } from "./verdict-block.ts";

export function page(input: ReportInput): Html {
  const { result } = input;
  const sections = sectionsOf(input);
  return pageShell({
    title: `${VERDICT_WORDS[result.verdict].label}: ${result.scenario.name}`,
    header: header(input),
    main: html`${verdictBlock(input)} ${keyFigures(result)} ${contents(sections)} ${sections.map(section)}`,
    footer: html`<p>
      otafleet ${result.versions["otafleet"] ?? ""} · seed ${result.seed} · made of result.json alone; equal results
      give equal pages
    </p>`,
  });
}

function header({ result }: ReportInput): Html {
  const { clock, populations, scenario } = result;
  const speed = clock.speed === 1 ? "in real time" : `at ${countText(clock.speed)} × real time`;
  const zones = result.zones.filter(({ nodes }) => nodes > 0);
  const facts = [
    counted(populations.nodes, "node"),
    counted(result.cohorts.length, "cohort"),
    ...(isOverJobs(result) ? [counted(result.jobs.length, "job")] : []),
    counted(zones.length, "time zone"),
    clock.driver === "live" ? `live, ${speed}` : "in virtual time",
    `from ${instantText(fleetStartMs(clock.start))}, for ${durationText(clock.endedAtUs)}`,
  ];
  return html`<header>
    <p class="product"><span class="mark" aria-hidden="true"></span>otafleet <span>rollout report</span></p>
    <h1>${scenario.name}</h1>
    ${scenario.about === "" ? NOTHING : html`<p class="about">${scenario.about}</p>`}
    <p class="facts-line">${facts.map((fact) => html`<span>${fact}</span> `)}</p>
    ${tagList(result.tags)}
  </header>`;
}

function tagList(tags: ReportInput["result"]["tags"]): Html {
  const all = Object.entries(tags);
  if (all.length === 0) return NOTHING;
  return html`<ul class="tags" aria-label="Tags">
    ${all.map(([name, value]) => html`<li><span class="quiet">${name}</span> ${value}</li>`)}
  </ul>`;
}

function sectionsOf(input: ReportInput): readonly Section[] {
  const { result } = input;
  const stages = stageBlock(result);
  const isBad = result.verdict === "invalid" || result.verdict === "incomplete";
  const over = isBad ? html`<p class="caution">${VERDICT_WORDS[result.verdict].meaning}</p>` : NOTHING;
  return [
    { id: "thresholds", title: "Thresholds", content: html`${over}${thresholdTable(result.thresholds)}` },
    { id: "outcomes", title: "Outcomes", content: outcomeBlock(result) },
    { id: "truth", title: "Truth and belief", content: truthBlock(input) },
    {
      id: "timelines",
      title: "Over time",
      content: html`<p class="quiet">Fleet time, in UTC.</p>
        ${timelinePlots(result)}`,
    },
    { id: "completion", title: "Completion", content: completionPlot(result) },
    ...(stages === undefined ? [] : [{ id: "stages", title: "The operator", content: stages }]),
    { id: "metrics", title: "Latencies", content: metricBlock(result) },
    ...(result.cost === null
      ? []
      : [{ id: "cost", title: "Cost", content: costBlock(result.cost, result.clock.endedAtUs) }]),
    ...(result.model === undefined
      ? []
      : [{ id: "model", title: "Servers of the model", content: modelBlock(result, result.model) }]),
    { id: "jobs", title: "Jobs", content: jobTable(result) },
    {
      id: "cohorts",
      title: "By cohort",
      content: html`${outcomeLegend(result.outcomes)}${groupTable("Cohort", result.cohorts, isOverJobs(result))}`,
    },
    {
      id: "zones",
      title: "By time zone",
      content: groupTable("Zone", result.zones, isOverJobs(result)),
    },
    { id: "faults", title: "Faults", content: faultTable(result) },
    { id: "laws", title: "Laws", content: lawBlock(result) },
    { id: "generator", title: "Generator health", content: generatorBlock(result) },
    { id: "repeat", title: "This run", content: repeatBlock(input) },
  ];
}
