// The style of the alignment report.
#ifndef BATON_REPORT_PAGE_PAGE_STYLE_H_
#define BATON_REPORT_PAGE_PAGE_STYLE_H_

namespace baton::report_page {

inline constexpr char kPageStyle[] = R"css(
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea;
  --card: #f7f9fb; --c0: #2f6fde; --c1: #8fb4ef; --c2: #e0a100; --c3: #d1495b; --c4: #7b5ea7;
  --c5: #3a9d8f; --good: #16794c; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #12161c; --ink: #e6eaf0; --soft: #9aa5b4;
  --line: #2c3541; --card: #191f28; --c0: #6b9df5; --c1: #3c5f9c; --c2: #e6b53c; --c3: #ee7a88;
  --c4: #b095dc; --c5: #5fc4b5; --good: #5fd39a; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1360px; padding: 20px; background: var(--paper);
  color: var(--ink); font: 14px/1.45 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 16px; margin: 0 0 2px; }
h3 { font-size: 13px; margin: 14px 0 2px; color: var(--soft); }
p { margin: 2px 0; color: var(--soft); }
main { columns: 2; column-gap: 16px; margin-top: 16px; }
section { break-inside: avoid; margin-bottom: 16px; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px;
  padding: 14px 16px; overflow-x: auto; }
#kept, #marketing, #workload, #origins, #legend { column-span: all; }
#marketing, #workload { margin-top: 16px; }
table { border-collapse: collapse; width: 100%; margin-top: 8px; font-size: 12.5px; }
th, td { text-align: left; padding: 3px 8px 3px 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td:first-child { overflow-wrap: anywhere; min-width: 84px; }
th { color: var(--soft); font-weight: 600; } td { font-variant-numeric: tabular-nums; }
td[title] { cursor: help; } .good { color: var(--good); } .bad { color: var(--bad); }
code { font: 11.5px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
svg { display: block; width: 100%; max-width: 760px; height: auto; margin: 8px 0 4px; }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
svg .label { text-anchor: end; } svg .axis { text-anchor: middle; fill: var(--soft); }
svg .legend, svg .number { fill: var(--soft); }
.c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); } .c3 { fill: var(--c3); }
.c4 { fill: var(--c4); } .c5 { fill: var(--c5); }
.up { fill: var(--c0); } .down { fill: var(--c3); }
.tick { stroke: var(--line); } .even { stroke: var(--soft); }
dt { font-weight: 600; margin-top: 4px; } dd { margin: 0; color: var(--soft); }
#legend dl { columns: 3; column-gap: 24px; font-size: 11.5px; } #legend div { break-inside: avoid; }
@media (max-width: 900px) { main, #legend dl { columns: 1; } }
@page { size: A4; margin: 12mm; }
@media print { :root { --paper: #fff; --ink: #000; --soft: #444; --line: #ccc; --card: #fff;
    --c0: #2f6fde; --c1: #8fb4ef; --c2: #e0a100; --c3: #d1495b; --c4: #7b5ea7; --c5: #3a9d8f;
    --good: #16794c; --bad: #b3261e; }
  * { print-color-adjust: exact; } body { padding: 0; max-width: none; font-size: 10px; }
  section { padding: 6px 8px; margin-bottom: 8px; overflow: visible; }
  main { columns: 2; column-gap: 8px; } #legend dl { columns: 3; font-size: 8px; }
  table { font-size: 9px; } h2 { font-size: 12px; }
  h3 { font-size: 10px; margin: 6px 0 0; } svg { max-width: 320px; } }
)css";

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_PAGE_STYLE_H_
