/**
 * The page's style sheet: tokens of colour for light and dark, then the parts in the order of the page. Contrasts
 * are AA: 4.5 to 1 for text, 3 to 1 for bars and lines.
 */
import { Html } from "./html-text.ts";
import { PLOT_STYLE } from "./plot-style.ts";

const TOKENS = `
:root { color-scheme: light dark;
  --page: #f6f7f8; --surface: #ffffff; --sunken: #eef1f3; --edge: #dde2e6; --edge-strong: #b9c2ca; --shade: rgb(23 32 42 / 0.16);
  --text: #17202a; --quiet: #55626e; --faint: #66737e; --accent: #0b63ad;
  --good: #14713f; --good-soft: #e3f3e9; --bad: #b3202c; --bad-soft: #fbe7e8; --warn: #8a5200; --warn-soft: #fdf0da;
  --cold: #3d5a80; --cold-soft: #e6edf5;
  --success: #1f8a55; --rolledBack: #d97a1d; --rejected: #8257c2; --failed: #cf3540; --bricked: #75141f;
  --expired: #94781c; --cancelled: #6c7a88; --lost: #17202a; --unfinished: #7b91a6;
  --online: #0b63ad; --fetch: #7a4bb8; --starts: #b4570b; --flight: #0b7f80; --bytes: #a8336f;
  --targeted: #0b63ad; --reachable: #1f8a55; --first: #0b63ad; --second: #b4570b; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0e1216; --surface: #161c22; --sunken: #1d252c; --edge: #2b353e; --edge-strong: #4a5864; --shade: rgb(0 0 0 / 0.6);
  --text: #e7ecf0; --quiet: #9dabb7; --faint: #84929e; --accent: #6db5f5;
  --good: #5fce92; --good-soft: #14301f; --bad: #ff8b91; --bad-soft: #3a1a1d; --warn: #f0b35b; --warn-soft: #35270f;
  --cold: #9db9dc; --cold-soft: #1b2838;
  --success: #3fb57a; --rolledBack: #ea9747; --rejected: #a98be0; --failed: #ef6169; --bricked: #c04a58;
  --expired: #c7a84a; --cancelled: #8797a6; --lost: #dfe6ec; --unfinished: #667b8d;
  --online: #5aa9f0; --fetch: #b18ce8; --starts: #ec9a50; --flight: #3fbdbb; --bytes: #ea7fb4;
  --targeted: #5aa9f0; --reachable: #3fb57a; --first: #5aa9f0; --second: #ec9a50; } }
`;

const BASE = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 5.6rem; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif; overflow-wrap: anywhere; }
body > header, main, footer { max-width: 72rem; margin: 0 auto; padding: 0 1.5rem; }
h1, h2, h3 { line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -0.01em; }
h1 { font-size: 1.9rem; } h2 { font-size: 1.2rem; } h3 { font-size: 1rem; }
p { margin: 0.4rem 0 0; max-width: 46rem; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.9em; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.stack thead th { white-space: normal; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: 0.5rem 1rem; z-index: 9; }
.quiet, .meaning, .because { color: var(--quiet); }
.meaning, .because, .warning { display: block; font-size: 0.85rem; font-weight: 400; }
.warning { color: var(--text); margin-top: 0.2rem; white-space: normal; }
body > header { padding-top: 1.6rem; }
.product { font-weight: 650; color: var(--text); margin: 0 0 1.3rem; display: flex; align-items: center; gap: 0.55rem; }
.product span:last-child { color: var(--quiet); font-weight: 400; }
.mark { width: 1.05rem; height: 1.05rem; border-radius: 0.3rem; background: linear-gradient(135deg, var(--online), var(--success)); }
.about { font-size: 1.05rem; color: var(--quiet); }
.facts-line { color: var(--quiet); display: flex; flex-wrap: wrap; gap: 0.1rem 0; max-width: none; font-size: 0.9rem; }
.facts-line span:not(:last-child)::after { content: "·"; margin: 0 0.5rem; color: var(--edge-strong); }
.tags { list-style: none; display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.6rem 0 0; padding: 0; font-size: 0.86rem; }
.tags li { background: var(--surface); border: 1px solid var(--edge); border-radius: 99px; padding: 0.05rem 0.7rem; }
main > section { background: var(--surface); border: 1px solid var(--edge); border-radius: 12px; padding: 1.3rem 1.5rem 1.5rem; margin: 1.25rem 0; }
main > section > h2 { margin-bottom: 0.7rem; }
footer { color: var(--quiet); font-size: 0.85rem; padding-bottom: 2.5rem; }
`;

const VERDICT = `
main > .verdict { display: flex; gap: 1.3rem; align-items: flex-start; border-width: 1px 1px 1px 6px; border-color: var(--tone); background: var(--soft); }
.verdict.passed { --tone: var(--good); --soft: var(--good-soft); } .verdict.failed { --tone: var(--bad); --soft: var(--bad-soft); }
.verdict.invalid { --tone: var(--warn); --soft: var(--warn-soft); } .verdict.incomplete { --tone: var(--cold); --soft: var(--cold-soft); }
.verdict h2 { font-size: 2.1rem; color: var(--tone); margin: 0; line-height: 1.1; }
.verdict h3 { margin-top: 0.9rem; }
.sign { width: 3.4rem; height: 3.4rem; flex: none; }
.sign circle { fill: var(--tone); } .sign path { fill: none; stroke: var(--soft); stroke-width: 5; stroke-linecap: round; stroke-linejoin: round; }
.questions { margin: 0.9rem 0 0; } .questions > div { margin-top: 0.7rem; } .questions dt { font-weight: 650; } .questions dd { margin: 0.15rem 0 0; max-width: 62rem; }
.reasons { margin: 0.3rem 0 0; padding-left: 1.3rem; } .reasons li { margin: 0.15rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.4rem, 1fr)); gap: 0.8rem; margin: 1.25rem 0; }
.figures > div { background: var(--surface); border: 1px solid var(--edge); border-radius: 12px; padding: 0.85rem 1rem; }
.figures dt { color: var(--quiet); font-size: 0.85rem; } .figures dd { margin: 0; }
.figures .value { font-size: 1.5rem; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures .value.words { font-size: 1.2rem; line-height: 1.9rem; white-space: normal; }
.figures .note { color: var(--quiet); font-size: 0.8rem; line-height: 1.4; }
nav { position: sticky; top: 0; z-index: 5; background: var(--page); margin: 0 -1.5rem; padding: 0 1.5rem; border-bottom: 1px solid var(--edge); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.02rem; margin: 0; padding: 0.65rem 0; font-size: 0.86rem; white-space: nowrap; }
nav a { color: var(--quiet); text-decoration: none; } nav a:hover, nav a:focus { color: var(--accent); text-decoration: underline; }
.badge { display: inline-flex; gap: 0.4em; align-items: baseline; border-radius: 99px; padding: 0.06rem 0.65rem; font-size: 0.86rem; font-weight: 600; }
.badge.good { color: var(--good); background: var(--good-soft); } .badge.bad { color: var(--bad); background: var(--bad-soft); }
.badge.warn { color: var(--warn); background: var(--warn-soft); } .badge.quiet { color: var(--quiet); background: var(--sunken); }
.badges { display: flex; flex-wrap: wrap; gap: 0.5rem; max-width: none; margin: 0 0 0.8rem; }
.badges .badge { border-radius: 12px; }
.caution { border-left: 4px solid var(--warn); padding: 0.3rem 0.8rem; margin: 0 0 0.8rem; background: var(--warn-soft); }
.notes { margin: 0.8rem 0 0; padding-left: 1.2rem; } .names { columns: 15rem; padding-left: 1.2rem; }
`;

const TABLES = `
/* Shadows at the edges tell that there is more to the side; the covers in front move with the content. */
.scroll { overflow-x: auto; margin-top: 0.6rem; position: relative; background:
  linear-gradient(to right, var(--surface) 40%, transparent) left / 2.5rem 100% local no-repeat, linear-gradient(to left, var(--surface) 40%, transparent) right / 2.5rem 100% local no-repeat,
  linear-gradient(to right, var(--shade), transparent) left / 0.8rem 100% scroll no-repeat, linear-gradient(to left, var(--shade), transparent) right / 0.8rem 100% scroll no-repeat; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; overflow-wrap: break-word; }
.scroll thead th:first-child, tbody th { position: sticky; left: 0; background: var(--surface); z-index: 1; }
tbody th code { font-weight: 400; white-space: nowrap; }
caption.seen { text-align: left; color: var(--quiet); font-size: 0.88rem; padding: 0.5rem 0 0.4rem; }
th, td { padding: 0.42rem 0.9rem 0.42rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--edge); }
thead th { color: var(--quiet); font-weight: 550; font-size: 0.82rem; white-space: nowrap; vertical-align: bottom; border-bottom-color: var(--edge-strong); }
tbody th { font-weight: 600; min-width: 7rem; } tbody tr:last-child > * { border-bottom: 0; }
.number { text-align: right; padding-right: 1.2rem; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0.2rem; } td .badge { white-space: nowrap; }
td.text { min-width: 6.5rem; overflow-wrap: break-word; } td.text .bar { min-width: 8rem; }
.zero { color: var(--faint); } .word { color: var(--quiet); font-style: italic; }
.second > *, .note > * { padding-top: 0; } tr:has(+ .second) > *, tr:has(+ .note) > * { border-bottom: 0; }
.number .word { display: inline-block; min-width: 3.9rem; white-space: normal; } .dense tbody th { min-width: 9rem; } .dense .number { padding-right: 0.75rem; }
.dense .number .meaning { white-space: normal; min-width: 5.5rem; }
.invalid-row s { color: var(--quiet); text-decoration: line-through; text-decoration-color: var(--bad); text-decoration-thickness: 2px; }
.swatch { display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 3px; background: var(--tone); margin-right: 0.5rem; vertical-align: -0.05em; }
.bar { display: block; width: 100%; height: 1.9rem; border-radius: 7px; background: var(--sunken); overflow: hidden; }
.bar rect { fill: var(--tone); stroke: var(--surface); stroke-width: 1.5; } td .bar { height: 0.95rem; border-radius: 4px; margin-top: 0.25rem; }
.gauge { display: block; width: 100%; max-width: 13rem; height: 12px; margin: 0.3rem 0 0.2rem; }
.gauge .track { fill: var(--sunken); } .gauge.good .filled { fill: var(--good); } .gauge.bad .filled { fill: var(--bad); }
.gauge line { stroke: var(--text); stroke-width: 2; }
.truth table { width: auto; } .truth td { vertical-align: middle; } .truth th.number, .truth td.number { padding-left: 0.7rem; }
.cell { display: inline-block; border-radius: 7px; padding: 0.12rem 0.6rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.cell.agrees { color: var(--good); background: var(--good-soft); } .cell.wrong { color: var(--surface); background: var(--bad); }
.cell.unaware { color: var(--warn); background: var(--warn-soft); } .cell.behind { color: var(--cold); background: var(--cold-soft); }
.cell.not-told { color: var(--quiet); background: var(--sunken); }
.legend-list { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0.7rem 1.5rem; margin: 1rem 0 0; font-size: 0.9rem; }
.legend-list dt { font-weight: 600; } .legend-list dd { margin: 0.2rem 0 0; color: var(--quiet); }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0.7rem 1.5rem; margin: 1rem 0 0; }
.facts dt { color: var(--quiet); font-size: 0.84rem; } .facts dd { margin: 0; }
pre { background: var(--sunken); border-radius: 8px; padding: 0.75rem 1rem; margin: 0.5rem 0; white-space: pre-wrap; }
details { margin-top: 0.8rem; } summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; width: fit-content; }
details .scroll { max-height: 24rem; overflow-y: auto; } details.long .scroll { max-height: none; } .others { font-size: 0.88rem; }
`;

const NARROW_AND_PAPER = `
@media (max-width: 48rem) { html { scroll-padding-top: 1rem; } nav { position: static; } }
@media (max-width: 40rem) {
  body > header, main, footer { padding-left: 0.8rem; padding-right: 0.8rem; } main > section { padding: 1rem 0.9rem 1.1rem; border-radius: 10px; }
  h1 { font-size: 1.45rem; } .verdict h2 { font-size: 1.7rem; } main > .verdict { gap: 0.8rem; } .sign { width: 2.4rem; height: 2.4rem; }
  nav { margin: 0 -0.8rem; padding: 0 0.8rem; } .figures { grid-template-columns: 1fr 1fr; gap: 0.6rem; } .figures .value { font-size: 1.2rem; } .figures .value.words { font-size: 1.05rem; line-height: 1.8rem; }
  .figures > div { padding: 0.7rem 0.8rem; } tbody th { min-width: 6rem; } .truth th.number, .truth td.number { padding: 0.42rem 0.25rem; } .truth .cell { padding: 0.12rem 0.4rem; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack table, .stack tbody, .stack caption { display: block; } .stack tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--edge); } .stack tr:last-child { border-bottom: 0; }
  .stack th, .stack td { display: block; border: 0; padding: 0.1rem 0; min-width: 0; white-space: normal; }
  .stack td { display: flex; justify-content: space-between; gap: 1rem; text-align: right; } .stack td > * { flex: 0 1 auto; }
  .stack td::before { content: attr(data-head); color: var(--quiet); flex: none; max-width: 55%; text-align: left; }
  /* A long head or badge breaks, so that what is said of it is never beyond the edge. */
  .stack td .badge { white-space: normal; align-self: start; border-radius: 12px; } .stack tbody th code { white-space: normal; } .stack td:empty { display: none; }
  .dense tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.15rem 0.8rem; } .dense th, .dense .note td { grid-column: 1 / -1; }
  .dense tr:has(+ .note), .dense tr:has(+ .second) { border-bottom: 0; padding-bottom: 0; }
  .dense td, .dense td.number { display: block; text-align: left; padding: 0.1rem 0; } .dense td::before { display: block; max-width: none; font-size: 0.78rem; }
  .stack td .bar { flex: 1; min-width: 0; } .stack .gauge { width: 6rem; margin-left: auto; }
}
@media print {
  :root { --page: #fff; } body { font-size: 10pt; } nav, .skip { display: none; } body > header, main, footer { max-width: none; padding: 0; }
  main > section { border: 0; padding: 0; break-inside: auto; } main > .verdict { border: 1px solid; padding: 1rem; } .plot, tr { break-inside: avoid; }
  .scroll { overflow: visible; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } details:not([open]) { display: none; }
}
`;

export const STYLE: Html = Html.ofOwnText(`${TOKENS}${BASE}${VERDICT}${TABLES}${PLOT_STYLE}${NARROW_AND_PAPER}`);
