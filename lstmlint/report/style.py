"""The style of the report page, for light and dark."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark; --page: #f4f5f7; --card: #fff; --ink: #1d2329; --soft: #59636e; --line: #d9dee4;
  --code: #f6f7f9; --red: #c2332a; --amber: #93590a; --blue: #1f5fae; --green: #1a7a4c; --violet: #7a3fa0; --teal:
  #0a6b7c; --step: #4c86cf; --grid: #e8ebef }
@media (prefers-color-scheme: dark) { :root { --page: #12161b; --card: #1b2027; --ink: #e4e8ec; --soft: #98a3ae;
  --line: #313942; --code: #14181e; --red: #ff7b70; --amber: #e5ad4f; --blue: #77b2ff; --green: #5fd09a; --violet:
  #cf9bf2; --teal: #5cc8da; --step: #5b9bea; --grid: #2a3139 } }
* { box-sizing: border-box }
body { margin: 0; padding: 2.2rem 1rem 4rem; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui,
  sans-serif }
main { max-width: 62rem; margin: 0 auto }
a { color: var(--blue) }
h1 { font-size: 1.5rem; margin: 0 }
h2 { font-size: 1.12rem; line-height: 1.4; margin: .6rem 0 .3rem }
h3 { font-size: .78rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1.5rem 0 .5rem
  }
p { margin: .4rem 0 }
.soft { color: var(--soft) }
code { font: .9em ui-monospace, monospace }
nav a { color: inherit; text-decoration: none }
nav a:hover { text-decoration: underline }
nav ol { list-style: none; padding: 0; margin: 1.2rem 0 }
nav li { display: flex; gap: .6rem; align-items: baseline; padding: .3rem 0; border-top: 1px solid var(--line) }
nav .text { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
article { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--soft); border-radius:
  8px; padding: 1.2rem 1.5rem 1.5rem; margin: 1.6rem 0 }
article.error { border-top-color: var(--red) }
article.warning { border-top-color: var(--amber) }
article.info { border-top-color: var(--blue) }
.head { display: flex; gap: .7rem; align-items: baseline; flex-wrap: wrap }
.head .where { margin-left: auto }
.badge { font-size: .8rem; font-weight: 600; padding: .1rem .6rem; border-radius: 1rem; border: 1px solid;
  white-space: nowrap }
.confirmed { color: var(--green) }
.refuted { color: var(--amber) }
.inconclusive { color: var(--violet) }
.error .code { color: var(--red) }
.warning .code { color: var(--amber) }
.info .code { color: var(--blue) }
.code { font-weight: 700 }
pre { background: var(--code); border-radius: 6px; padding: .8rem 1rem; margin: .5rem 0; overflow-x: auto; font:
  13px/1.45 ui-monospace, monospace }
.result { border-left: 4px solid currentColor; padding: .1rem 0 .1rem .9rem; margin: .6rem 0 }
.result p { color: var(--ink) }
.result strong { font-size: 1.05rem }
.pair { display: grid; grid-template-columns: 1fr; gap: 1rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: var(--soft) }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line) }
svg { display: block; max-width: 100%; height: auto; font: 13px system-ui, sans-serif }
svg text { fill: var(--ink) }
svg .layer { font-weight: 600 }
svg text.soft { fill: var(--soft) }
svg text.bad { fill: var(--red) }
svg .axis { stroke: var(--soft) }
svg .gridline { stroke: var(--grid) }
svg .floor { stroke: var(--ink); stroke-dasharray: 6 4 }
svg .step { fill: var(--step) }
svg .cross { stroke: var(--red); stroke-width: 4 }
svg .halo { paint-order: stroke; stroke: var(--card); stroke-width: 4px }
.p0 { --c: var(--red) }
.p1 { --c: var(--green) }
.p2 { --c: var(--blue) }
.p3 { --c: var(--violet) }
.p4 { --c: var(--amber) }
svg polyline { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round }
svg text.end { fill: var(--c); font-weight: 600 }
.bar { display: inline-block; width: 7rem; height: .55rem; border-radius: .3rem; background: var(--grid);
  margin-right: .8rem; overflow: hidden; vertical-align: baseline }
.bar i { display: block; height: 100%; background: var(--c) }
.verdicts { font-weight: 600 }
ul.notes { margin: .3rem 0; padding-left: 1.1rem; color: var(--soft); font-size: .92rem }
td .dot { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; background: var(--c);
  margin-right: .5rem }
.bold { font-weight: 600 }
.red { color: var(--red); font-weight: 600 }
.yellow { color: var(--amber) }
.cyan { color: var(--teal) }
.blue { color: var(--blue) }
.green { color: var(--green) }
.magenta { color: var(--violet) }
.dim { color: var(--soft) }
@media print { body { background: #fff } article { break-inside: avoid } }
"""
