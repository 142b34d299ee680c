/** The part of the style sheet that plots use: tones, frame, strokes. */
import { OUTCOMES } from "../../measure/outcome-class.ts";

const TONES = [
  ...OUTCOMES,
  "online",
  "fetch",
  "starts",
  "flight",
  "bytes",
  "targeted",
  "reachable",
  "first",
  "second",
] as const;

/** Lines of one plot, told apart by colour and by dashes. */
const SERIES = ["online", "starts", "flight", "bytes", "fetch", "success", "expired", "cancelled"] as const;
const DASHES = ["", "7 3", "2 3", "9 3 2 3"] as const;

export const PLOT_STYLE = `
${SERIES.map((tone, place) => `.tone-series-${place} { --tone: var(--${tone}); }`).join("\n")}
${SERIES.map((_, place) => DASHES[place % DASHES.length] ?? "")
  .flatMap((dashes, place) => (dashes === "" ? [] : [`.line.tone-series-${place} { stroke-dasharray: ${dashes}; }`]))
  .join("\n")}
.range { stroke: var(--tone); stroke-width: 2; opacity: 0.55; }
.limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 4; } .limit-text { fill: var(--bad); font-size: 0.76rem; text-anchor: end; }
${TONES.map((tone) => `.tone-${tone} { --tone: var(--${tone}); }`).join("\n")}
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.6rem 2.2rem; margin-top: 0.9rem; }
.plot { margin: 0; min-width: 0; display: flex; flex-direction: column; }
figcaption p { color: var(--quiet); font-size: 0.88rem; margin: 0.15rem 0 0.5rem; }
.plots figcaption { min-height: 4.2rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0 0 0.5rem; padding: 0; font-size: 0.86rem; }
.legend .swatch.tone-reachable { background: repeating-linear-gradient(90deg, var(--tone) 0 4px, transparent 4px 6px); }
.legend .swatch.tone-targeted, .legend .swatch.tone-reachable { height: 3px; width: 1.2rem; border-radius: 0; vertical-align: 0.25em; }
.frame { display: grid; grid-template-columns: 4.7rem minmax(0, 1fr); grid-template-rows: 11rem 1.5rem; margin-top: auto; padding-top: 0.5rem; }
.tall .frame { grid-template-rows: 19rem 1.5rem; }
.canvas { width: 100%; height: 100%; overflow: visible; display: block; border-bottom: 1px solid var(--edge-strong); }
.y-axis { position: relative; } .x-axis { position: relative; grid-column: 2; }
.y-axis span, .x-axis span { position: absolute; color: var(--quiet); font-size: 0.76rem; line-height: 1; white-space: nowrap; font-variant-numeric: tabular-nums; }
.y-axis span { right: 0.6rem; transform: translateY(50%); } .x-axis span { top: 0.5rem; }
.x-axis .middle { transform: translateX(-50%); } .x-axis .last { transform: translateX(-100%); }
.grid { stroke: var(--edge); stroke-width: 1; } 
.line { fill: none; stroke: var(--tone); stroke-width: 1.8; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.line.tone-reachable { stroke-dasharray: 6 3; }
.area { fill: var(--tone); opacity: 0.14; } .area.solid { opacity: 0.9; }
.drop { stroke: var(--tone); stroke-width: 1; stroke-dasharray: 2 3; opacity: 0.8; }
.stage { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 6 4; } .stop { stroke: var(--bad); stroke-width: 2; }
.dot { fill: var(--surface); stroke: var(--tone); stroke-width: 2.2; }
.hit { fill: transparent; } .hit:hover { fill: var(--text); opacity: 0.09; }
.line.tone-targeted, .line.tone-first { stroke-width: 4; opacity: 0.55; }
@media (max-width: 40rem) { .plots figcaption { min-height: 0; } .x-axis .odd { display: none; } }
`;
