"""How pages look, on a screen and on A4 paper.

Rules that hold here
- Fonts are those of the reader's machine; nothing is fetched.
"""

STYLE = """
:root { --ink: #1d2129; --soft: #5b6472; --line: #dfe3e8; --accent: #0072B2; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fbfbfa; font: 17px/1.6 Georgia, "Times New Roman", serif; }
main { max-width: 50rem; margin: 0 auto; padding: 3rem 1.5rem 5rem; }
h1, h2, h3, nav, table, .card, .small { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .6rem; }
h2 { font-size: 1.35rem; margin: 3.2rem 0 .8rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
p { margin: .6rem 0; }
a { color: var(--accent); }
nav { font-size: .85rem; display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: 1.2rem 0; }
.small { font-size: .82rem; line-height: 1.5; color: var(--soft); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 1rem; margin: 1.6rem 0; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: .9rem 1.1rem; }
.card b { display: block; font-size: 1.7rem; line-height: 1.3; }
.card span { font-size: .84rem; line-height: 1.4; color: var(--soft); display: block; }
figure { margin: 1.8rem 0 2.4rem; background: #fff; border: 1px solid var(--line); border-radius: 6px; padding: 1rem; }
figure img { display: block; width: 100%; height: auto; }
figcaption { font-size: .92rem; line-height: 1.5; margin-top: .8rem; padding-top: .7rem;
  border-top: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; font-size: .84rem; margin: 1.2rem 0; background: #fff; }
th, td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; margin: 1.2rem 0; }
.scroll > table { margin: 0; }
td { font-variant-numeric: tabular-nums; }
th { font-weight: 600; }
.dense { font-size: .76rem; }
.dense th, .dense td { padding: .3rem .45rem; }
.dense th:first-child { min-width: 9.5rem; }
th { vertical-align: bottom; }
td { vertical-align: top; }
caption { caption-side: bottom; text-align: left; padding: .5rem .7rem; color: var(--soft); }
li { margin: .25rem 0; }
.note { border-left: 4px solid var(--accent); background: #eef4f9; padding: .6rem 1rem; margin: 1.2rem 0;
  font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: .92rem; line-height: 1.5; }
.note b { display: block; }
.minutes { font-size: .92rem; line-height: 1.5; }
.minutes h4 { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; margin: 1.2rem 0 .3rem; }
.minutes ul { padding-left: 1.2rem; margin: .3rem 0; }
.minutes ul.within { padding-left: 2.4rem; list-style: "– "; }
.blank { border-bottom: 1px solid #9aa3ad; height: 2rem; margin: 0; }
details { margin: 1rem 0; }
summary { cursor: pointer; font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--accent); }
summary:focus-visible, a:focus-visible { outline: 3px solid #E69F00; outline-offset: 2px; }
pre { font-size: .84rem; line-height: 1.5; overflow-x: auto; background: #fff; border: 1px solid var(--line);
  border-radius: 6px; padding: .7rem 1rem; }
@page { size: A4; margin: 17mm 16mm 18mm; }
@media print {
  body { background: #fff; font-size: 10.5pt; line-height: 1.45; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 18pt; }
  h2 { margin-top: 1.6rem; }
  h1, h2, h3, h4 { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  figure, .card, .note, tr, .blank { break-inside: avoid; }
  figure, .card { border: 0; padding: 0; }
  figure { margin: 1rem 0; }
  figure img { max-height: 195mm; object-fit: contain; }
  .cards { grid-template-columns: repeat(3, 1fr); }
  table { font-size: 8.5pt; line-height: 1.35; }
  th, td { padding: .22rem .45rem; }
  table.dense { font-size: 7.5pt; }
  table:not(:has(tr:nth-child(16))), main > pre, .sheet > pre { break-inside: avoid; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  details::details-content { content-visibility: visible; block-size: auto; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8.5pt; }
  a { color: inherit; }
  .sheet { break-before: page; }
  .sheet:first-of-type { break-before: auto; }
  nav { display: none; }
}
"""
