/** The reference page's own style: small, light and dark, readable without any script. */
export const style = `
:root {
  color-scheme: light dark;
  --text: light-dark(#24211d, #e9e5df); --soft: light-dark(#6b655c, #a39b8f);
  --ground: light-dark(#fdfcfa, #1b1816); --raised: light-dark(#f5f2ed, #262220);
  --line: light-dark(#e3ded6, #3a3531); --accent: light-dark(#8a4b1f, #e0a374);
}
* { box-sizing: border-box }
html { scroll-padding-top: 1rem }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; color: var(--text); background: var(--ground) }
.page { display: grid; grid-template-columns: 15rem minmax(0, 1fr); max-width: 78rem; margin: 0 auto }
nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; font-size: .875rem }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0 }
nav a { display: block; padding: .125rem 0; color: var(--soft); text-decoration: none }
nav a:hover, nav a:focus-visible { color: var(--accent) }
nav .noun { font-weight: 600; color: var(--text) }
summary { padding: .5rem 0; font-weight: 600; cursor: pointer }
@media (min-width: 48.01rem) { @supports selector(::details-content) { nav summary { display: none } nav ::details-content { content-visibility: visible; block-size: auto } } }
main { padding: 1.5rem 1.5rem 6rem; min-width: 0 }
h1 { font-size: 2rem; margin: 0 0 .5rem } h2 { margin: 3rem 0 1rem; font-size: 1.5rem }
h3 { margin: 0; font-size: 1.125rem } section > h3 { margin: 2rem 0 .5rem } h4 { margin: 1rem 0 .25rem; font-size: .875rem; color: var(--soft); font-weight: 600 }
a { color: var(--accent) }
code, .route { font-family: ui-monospace, monospace; font-size: .875em; overflow-wrap: anywhere }
article { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem 1.25rem; margin: 1rem 0 }
article > p { margin: .5rem 0 }
.route { display: inline-block; margin: .375rem 0 0; padding: .125rem .5rem; border-radius: .25rem; background: var(--raised) }
.route b { color: var(--accent) }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: start; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); font-weight: 400 }
thead th { font-weight: 600; border-top: 0 }
.fields > tbody > tr > th { width: 13rem }
td table, td .alternatives { margin: .25rem 0 .25rem; padding-left: .75rem; border-left: 2px solid var(--line) }
td table th, td table td { padding-left: .5rem } td .fields > tbody > tr > th { width: 10rem }
.alternatives > div + div { margin-top: .75rem } .tag { margin: .25rem 0 }
small, .none { color: var(--soft) } .codes code { margin-right: .5rem }
.scroll { overflow-x: auto }
@media (max-width: 48rem) { .page { grid-template-columns: minmax(0, 1fr) } nav { position: static; max-height: none; padding: 1rem 1.5rem 0 } .fields > tbody > tr > th { width: 9rem } }
`;
