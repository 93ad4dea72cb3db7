"""How the page looks."""

CSS = """
body { font: 16px/1.45 system-ui, sans-serif; color: #222; background: #fff }
.nicegui-content { padding: 0; display: block }
.inline { display: inline }
header.top { padding: .6rem 1.2rem; border-bottom: 1px solid #ccc; display: flex; flex-wrap: wrap; gap: 0 1.5rem; align-items: baseline }
header.top h1 { font-size: 1.15rem; line-height: 1.3; margin: 0; font-weight: 600 }
.both { display: grid; grid-template-columns: minmax(320px, 30rem) 1fr; gap: 1.5rem; padding: 1rem 1.2rem; align-items: start }
.both > * { min-width: 0 }
.afresh, .to-answer { color: #005A8C } .to-answer { display: none }
@media (max-width: 900px) {
  .both { grid-template-columns: 1fr }
  header.top { position: sticky; top: 0; background: #fff; z-index: 1 }
  .to-answer { display: inline }
  section { scroll-margin-top: 5rem }
}
h2.lead { font-size: 1.1rem; line-height: 1.3; margin: .5rem 0 }
fieldset { border: 0; border-top: 1px solid #ccc; margin: 0 0 .6rem; padding: .4rem 0; min-width: 0 }
legend { font-weight: 600; padding-right: .5rem }
h2 { font-size: 1.5rem; line-height: 1.25; font-weight: 600; margin: 0 0 .4rem }
h3 { font-size: 1.05rem; line-height: 1.3; font-weight: 600; margin: 1.1rem 0 .2rem }
p { margin: .2rem 0 }
.control { display: inline-flex; flex-wrap: wrap; gap: .4rem; align-items: center; margin: .15rem .6rem .15rem 0; max-width: 100% }
.policy label { font-weight: 600 }
.slider { display: grid; grid-template-columns: 1fr 8rem 5.5rem; width: 100% }
.slider .output { text-align: right; font-variant-numeric: tabular-nums }
@media (max-width: 500px) { .slider { grid-template-columns: 1fr 4.5rem } .slider label { grid-column: 1 / -1 } }
input, select, textarea, button { font: inherit; color: inherit; border: 1px solid #767676; border-radius: 4px; padding: .15rem .4rem }
input, select, textarea, button { background: #fff; max-width: 100% }
input[type=range] { padding: 0; border: 0; width: 100%; accent-color: #005A8C }
input[type=checkbox] { accent-color: #005A8C; width: 1.1rem; height: 1.1rem }
input[type=number] { width: 5rem }
button { cursor: pointer; background: #f2f2f2 }
:focus-visible { outline: 3px solid #005A8C; outline-offset: 2px }
pre, code { font: 13px/1.4 ui-monospace, monospace; background: #f5f5f5; padding: .4rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere }
pre { max-height: 26rem } .part-editor pre { position: sticky; bottom: 0; max-height: 40vh; border-top: 1px solid #767676 } code { display: block }
.problem { color: #9b1c00; white-space: pre-wrap } .problem:empty { display: none }
.worlds { color: #555 }
.stale { color: #666 } figure.stale { opacity: .55 }
figure { margin: 0; max-width: 760px; overflow-x: auto } svg { width: 100%; min-width: 30rem; height: auto; display: block }
.tabs { display: flex; gap: .3rem; border-bottom: 1px solid #767676; margin-bottom: .8rem }
[role=tab] { border-bottom: 0; border-radius: 4px 4px 0 0; padding: .3rem .8rem }
[role=tab][aria-selected=true] { background: #005A8C; color: #fff; font-weight: 600 }
.sure { list-style: none; padding: 0; margin: .6rem 0 } .sure li { margin: .2rem 0 } .dots { color: #005A8C; letter-spacing: .15em; margin-right: .5rem }
.part-strategies .tick { border: 1px solid #767676; border-radius: 999px; padding: .1rem .7rem .1rem .5rem; margin: .15rem .3rem .15rem 0 }
.part-strategies .tick:has(input:checked) { background: #E3EFF6; border-color: #005A8C }
textarea { font: 14px/1.4 ui-monospace, monospace; width: 100%; display: block }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .1rem .6rem .1rem 0; border-bottom: 1px solid #e5e5e5; vertical-align: top }
th, .family { white-space: nowrap }
.name { overflow-wrap: anywhere }
@media (max-width: 900px) { .family { display: none } }
.pale { color: #6b6b6b; background: #f5f5f5 }
.board { grid-template-columns: 1fr 1fr }
@media (max-width: 900px) { .board { grid-template-columns: 1fr } }
.where { font-size: 1.15rem }
.controls > *, textarea ~ button { margin: .3rem .6rem .3rem 0 }
.answer { white-space: pre-wrap; font-weight: 600 }
summary { cursor: pointer; display: list-item }
"""
