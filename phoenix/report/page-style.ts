/** The page's style sheet: light and dark by the reader's preference, one column on a phone. */
import { Html } from './html.ts';

export const style = new Html(`
:root { color-scheme: light dark; --ground: #fcfcfb; --surface: #fff; --text: #1c1c1a; --quiet: #5d5d57; --line: #dcdcd6;
  --accent: #b3431e; --bar: #c96a45; --warn: #7a4b00; --warn-ground: #fdf1dc; --bad: #9c1c1c; --bad-ground: #fde8e6; --good: #1d6136; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161614; --surface: #1e1e1b; --text: #ececE6; --quiet: #a5a59c; --line: #3a3a35;
    --accent: #f0916a; --bar: #c96a45; --warn: #f3c77c; --warn-ground: #3a2c12; --bad: #ff9d95; --bad-ground: #411c1a; --good: #86cf9f; }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
code, pre, .hash { font-family: ui-monospace, monospace; font-size: .85em; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.state { font-weight: 600; }
.state.finished { color: var(--good) } .state.failed, .state.cancelled { color: var(--bad) } .state.running { color: var(--warn) }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; padding: 0; list-style: none; }
.figures li { background: var(--surface); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.figures b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--surface); }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .8rem; text-align: left; vertical-align: top; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 600; color: var(--quiet); font-size: .85rem; }
tbody th { font-weight: 600; }
td.wide { white-space: normal; min-width: 9rem; }
.n { text-align: right; }
.tag { padding: .1rem .5rem; border-radius: .25rem; font-size: .85rem; }
.tag.poor { color: var(--warn); background: var(--warn-ground) } .tag.removed { color: var(--bad); background: var(--bad-ground) }
img.grid { display: block; width: 100%; max-width: 42rem; height: auto; image-rendering: pixelated; border-radius: .5rem; background: #fff; }
.figure { padding: .75rem; } .figure svg { display: block; height: auto; }
a { color: var(--accent); }
details { margin-top: .75rem; } summary { cursor: pointer; font-weight: 600; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--surface); }
@media print { .scroll { overflow: visible } }
`);

/** From disk a page cannot see whether its file has changed: it is loaded anew, where it was scrolled to, while somebody looks. */
export const reload = new Html(
  '<script>setInterval(() => document.hidden || location.reload(), 10000)</script>',
);
