/**
 * The page's look: quiet, print-friendly, light and dark, readable from 390 pixels up. A box that scrolls has a shade at the edge behind
 * which there is more: shades that stay, under covers that move with the content.
 */

/** Okabe & Ito's palette (2008, "Color universal design"), darkened or lightened to 3:1 contrast in each scheme. */
export const LIGHT = {
  paper: '#ffffff',
  panel: '#f6f7f9',
  ink: '#16191d',
  muted: '#5b6470',
  grid: '#e3e6ea',
  line: '#d5d9df',
  edge: '#c3c9d1',
  accent: '#005b9a',
  doubt: '#8f4700',
  'doubt-panel': '#fdf4ea',
  series: ['#0072b2', '#d55e00', '#00875f', '#b5588e', '#a87400', '#2b8cc4', '#7a4fbf'],
} as const;

export const DARK = {
  paper: '#14171b',
  panel: '#1d2126',
  ink: '#e8eaed',
  muted: '#a0a8b3',
  grid: '#2b3037',
  line: '#383f48',
  edge: '#4a535e',
  accent: '#7cc0f2',
  doubt: '#f0b268',
  'doubt-panel': '#2a2117',
  series: ['#4ba3e3', '#f07f2e', '#1fbf8f', '#d98cb8', '#e6b422', '#8fd0f7', '#b294f0'],
} as const;

function variables(scheme: typeof LIGHT | typeof DARK): string {
  return Object.entries(scheme)
    .flatMap(([name, value]) =>
      typeof value === 'string'
        ? [`--${name}:${value}`]
        : value.map((colour: string, i: number) => `--series-${i + 1}:${colour}`),
    )
    .join(';');
}

export const STYLE = `
:root{color-scheme:light dark;${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}}}
@media print{:root{color-scheme:light;${variables(LIGHT)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:1080px;margin:0 auto;padding:72px 40px 96px}
h1{font-size:2.1rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 .5rem;font-weight:650}
h2{font-size:1.4rem;line-height:1.3;letter-spacing:-.01em;margin:0 0 1.1rem;font-weight:620}
h3{font-size:1rem;line-height:1.4;margin:0 0 .3rem;font-weight:620}
p,ul{margin:0 0 1rem;max-width:74ch}
ul{padding-left:1.2rem}
li{margin-bottom:.4rem}
a{color:var(--accent);text-underline-offset:.18em}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
section{margin-top:76px}
.eyebrow{margin:0 0 .9rem;color:var(--muted);font-size:.875rem}
.question{font-size:1.15rem;color:var(--muted);max-width:62ch;margin-bottom:2rem}
.answer{font-size:1.35rem;line-height:1.5;max-width:60ch;border-left:3px solid var(--accent);padding-left:1.3rem;margin:0 0 1.6rem}
.grounds{color:var(--muted);font-size:.9375rem}
.doubts{font-size:.9375rem;background:var(--doubt-panel);border-left:3px solid var(--doubt);padding:.8rem 1.1rem;max-width:74ch;margin:0 0 1rem}
.doubts p{margin:.2rem 0 0}
.doubts strong{color:var(--doubt);font-weight:620}
nav{margin-top:2rem;font-size:.9375rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;padding:0;margin:0;max-width:none}
nav li{margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 2rem;margin:0 0 1.6rem}
dt{color:var(--muted)}
dd{margin:0;min-width:0}
.command{margin:0 0 1.2rem}
.command span{display:block;color:var(--muted);font-size:.875rem;margin-bottom:.3rem}
pre,code{font:.875rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
pre{margin:0;background:var(--panel);padding:.8rem 1rem;border-radius:4px;overflow-x:auto;white-space:pre-wrap}
details{margin-top:1.6rem}
summary{cursor:pointer;color:var(--accent)}
details pre{margin-top:.8rem}
.scroll{overflow-x:auto;background:linear-gradient(to right,var(--paper) 40%,transparent) 0 0/40px 100% no-repeat local,linear-gradient(to left,var(--paper) 40%,transparent) 100% 0/40px 100% no-repeat local,linear-gradient(to right,var(--edge),transparent) 0 0/14px 100% no-repeat scroll,linear-gradient(to left,var(--edge),transparent) 100% 0/14px 100% no-repeat scroll}
table{border-collapse:collapse;font-size:.9rem;line-height:1.4;font-variant-numeric:tabular-nums lining-nums;overflow-wrap:normal;min-width:60%}
th,td{padding:.5rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--grid)}
tr>:first-child{padding-left:0}
thead th{color:var(--muted);font-weight:500;vertical-align:bottom;border-bottom-color:var(--line)}
tbody th{font-weight:500;white-space:nowrap}
td.number,th.number{text-align:right}
td{white-space:nowrap}
thead th{min-width:4.6em}
.doubt{color:var(--muted);font-size:.82em}
table.stacked .doubt{display:block}
tr.best th,tr.best td{font-weight:650}
tr.best .doubt{font-weight:400}
tr.reference th,tr.reference td{color:var(--muted)}
tr.reference th{font-style:italic;font-weight:400}
td.doubtful{background:var(--doubt-panel)}
td.doubtful,td.doubtful .doubt{color:var(--doubt)}
.caption{color:var(--muted);font-size:.875rem;line-height:1.5;max-width:80ch;margin:0 0 .8rem}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:0 40px}
figure{margin:0;min-width:0}
.chart{grid-column:1/-1;margin-bottom:2.4rem;break-inside:avoid}
.chart.half{grid-column:auto;display:grid;grid-row:span 3;grid-template-rows:subgrid}
.table{margin-bottom:2.4rem}
.canvas{position:relative}
.canvas svg{display:block;max-width:100%;height:auto}
.canvas svg text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
.narrow{display:none}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:2rem 24px;margin-bottom:1.6rem}
.gallery img{display:block;width:140px;height:140px;image-rendering:pixelated;border:1px solid var(--line);background:#000;margin-bottom:.7rem}
.gallery figcaption{font-size:.875rem;line-height:1.45}
.gallery .headline{font-weight:620}
.gallery .quiet{color:var(--muted)}
.gallery p{margin:0}
footer{margin-top:96px;padding-top:1.2rem;border-top:1px solid var(--line);color:var(--muted);font-size:.875rem}
#tooltip{position:fixed;z-index:1;pointer-events:none;background:var(--ink);color:var(--paper);font-size:.8rem;line-height:1.45;padding:.4rem .6rem;border-radius:4px;max-width:260px;white-space:pre-line}
#tooltip[hidden]{display:none}
@media (max-width:700px){
main{padding:40px 18px 64px}
section{margin-top:56px}
h1{font-size:1.65rem}
.answer{font-size:1.15rem;padding-left:1rem}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.7rem}
.charts{grid-template-columns:minmax(0,1fr)}
.wide{display:none}
.narrow{display:block}
.gallery{grid-template-columns:1fr 1fr;gap:1.8rem 16px}
.gallery img{width:100%;height:auto;aspect-ratio:1}
}
@media print{
body{font-size:10.5pt}
main{max-width:none;padding:0}
nav,details{display:none}
section{margin-top:32pt}
h2,h3{break-after:avoid}
tr,.gallery figure{break-inside:avoid}
.scroll{overflow:visible;background:none}
table{font-size:8pt}
}
`;
