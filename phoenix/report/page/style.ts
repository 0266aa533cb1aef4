/** The pages' style sheet: light and dark by the reader's preference, one column on a phone. */
import { Html } from './html.ts';

export const style = new Html(`
:root { color-scheme: light dark; --ground: #fcfcfb; --surface: #fff; --text: #1c1c1a; --quiet: #5d5d57; --line: #dfdfd9;
  --accent: #a63c19; --warn: #7a4b00; --warn-ground: #fdf1dc; --bad: #9c1c1c; --bad-ground: #fde8e6; --good: #1d6136; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #161614; --surface: #1e1e1b; --text: #ececE6; --quiet: #a5a59c; --line: #3a3a35;
    --accent: #f0916a; --warn: #f3c77c; --warn-ground: #3a2c12; --bad: #ff9d95; --bad-ground: #411c1a; --good: #86cf9f; }
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 3rem 0 .75rem; font-size: 1.4rem; line-height: 1.3; }
h3 { margin: 2rem 0 .6rem; font-size: 1.12rem; line-height: 1.35; overflow-wrap: anywhere; }
h4 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; max-width: 48rem; overflow-wrap: anywhere; }
code, pre, .hash { font-family: ui-monospace, monospace; font-size: .85em; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
.quiet { color: var(--quiet); }
p.quiet { font-size: .92rem; }
.state { font-weight: 600; color: var(--quiet); }
.state.finished { color: var(--good) } .state.failed, .state.cancelled, .failure { color: var(--bad) } .state.running, .state.paused { color: var(--warn) }
.failure { overflow-wrap: anywhere; }
.metrics { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.metrics li { background: var(--surface); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem; }
.metrics b { display: block; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
.metrics span { font-size: .85rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--surface); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .65rem; text-align: left; vertical-align: top; white-space: nowrap; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 600; color: var(--quiet); font-size: .85rem; }
tbody th { font-weight: 600; }
th.wide, td.wide { white-space: normal; min-width: 9rem; } tbody th.wide { min-width: 12rem; }
tbody th { position: sticky; left: 0; background: var(--surface); }
@media (max-width: 40rem) { tbody th, tbody th.wide { white-space: normal; min-width: 7.5rem; max-width: 9rem; overflow-wrap: break-word; } }
.grouped tbody tr + tr td { border-top: 0; padding-top: 0; }
.grouped tbody tr:first-child td { color: var(--quiet); }
.n { text-align: right; }
.tag { padding: .1rem .5rem; border-radius: .25rem; font-size: .85rem; }
.tag.poor { color: var(--warn); background: var(--warn-ground) } .tag.removed { color: var(--bad); background: var(--bad-ground) }
figure { margin: 0; }
figure .scroll { padding: .75rem; } figure svg { display: block; width: 100%; height: auto; font-family: sans-serif; }
.picture { display: block; max-width: 100%; height: auto; image-rendering: pixelated; border-radius: .5rem; background: #fff; }
details { margin-top: 1rem; }
summary { cursor: pointer; }
summary > h2, summary > h3, summary > h4 { display: inline; margin: 0; }
summary + * { margin-top: .6rem; }
details.run { margin: 0; border-top: 1px solid var(--line); padding: .7rem 0; }
details.run:last-child { border-bottom: 1px solid var(--line); }
details.run > summary > span { margin-left: .5rem; font-size: .92rem; }
details.run > div { padding: .25rem 0 2rem; }
pre { overflow-x: auto; margin: .6rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--surface); }
nav { padding: .6rem 1rem; font-size: .9rem; border-bottom: 1px solid var(--line); }
nav > ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; } nav ul ul { display: none; }
nav > ul > li > a { font-weight: 600; }
nav a { color: var(--text); text-decoration: none; overflow-wrap: anywhere; } nav a:hover { text-decoration: underline; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: .5rem; top: .5rem; padding: .4rem .8rem; background: var(--surface); }
@media (min-width: 72rem) {
  body:has(nav) { display: grid; grid-template-columns: 15rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2.2rem 1rem; border: 0; }
  nav > ul { display: block; } nav ul ul { display: block; margin: 0 0 .9rem; padding-left: .8rem; list-style: none; }
  nav li { margin: .3rem 0; line-height: 1.4; }
  body:has(nav) main { max-width: 72rem; margin: 0; padding: 2rem 2rem 4rem; width: 100%; }
}
@media print { nav, .skip { display: none } .scroll { overflow: visible } details::details-content { content-visibility: visible; block-size: auto; } }
`);
