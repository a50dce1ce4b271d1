import { readFileSync } from 'node:fs';

const APP_STYLES = new URL('../../../app/globals.css', import.meta.url);

/** The style sheet of the pages, on the colours of the app's own. */
export function styles(): string {
  const colours = readFileSync(APP_STYLES, 'utf8').match(/--color-[a-z-]+: light-dark\([^;]+;/g) ?? [];
  return `:root{color-scheme:light dark;${colours.join('')}}${RULES}`;
}

const RULES = `
@font-face{font-family:"Geist Sans";src:url(/assets/geist-sans.woff2) format("woff2");font-weight:100 900;font-display:swap}
@font-face{font-family:"Geist Mono";src:url(/assets/geist-mono.woff2) format("woff2");font-weight:100 900;font-display:swap}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;background:var(--color-background);color:var(--color-foreground);
font:400 .9375rem/1.5rem "Geist Sans",system-ui,sans-serif;-webkit-font-smoothing:antialiased}
main{width:100%;max-width:29rem;margin:auto;padding:16px}
.marker{margin:0;padding:8px 16px;text-align:center;font-size:.8125rem;line-height:1.25rem;background:var(--color-warning-soft);color:var(--color-warning)}
.marker strong{margin-right:8px}
.card{background:var(--color-card);border:1px solid var(--color-border);border-radius:8px;padding:16px}
h1{margin:0;font-size:1.375rem;line-height:1.75rem;letter-spacing:-.015em;text-wrap:balance}
h2{margin:16px 0 4px;font-size:.9375rem;line-height:1.5rem}
h1,h2,strong,dt,label,.name,.button{font-weight:550}
p{margin:8px 0 0;overflow-wrap:anywhere}
.muted{color:var(--color-muted-foreground)}
.person .muted,code,.tag,dt,label,.warning{font-size:.8125rem;line-height:1.25rem}
code,.mono{overflow-wrap:anywhere;font-family:"Geist Mono",ui-monospace,monospace;font-variant-ligatures:none}
code{padding:1px 5px;border-radius:4px;background:var(--color-muted)}
.tag{display:inline-block;padding:1px 8px;border:1px solid var(--color-border);border-radius:4px;color:var(--color-muted-foreground);white-space:nowrap}
.tag.warn{color:var(--color-warning);border-color:transparent;background:var(--color-warning-soft)}
.tag.ok{color:var(--color-success);border-color:transparent;background:var(--color-success-soft)}
p.tag{margin:0 0 8px}
.people{margin-top:24px;border:1px solid var(--color-border);border-radius:8px;overflow:hidden}
.person{display:flex;gap:12px;align-items:center;width:100%;padding:12px;border:0;background:none;text-align:left;cursor:pointer}
.person+.person{border-top:1px solid var(--color-border)}
.person:hover{background:var(--color-muted)}
.grow{flex:1;min-width:0;display:flex;flex-direction:column}
.grow>*{overflow:hidden;text-overflow:ellipsis}
.avatar{flex:none;width:40px;height:40px;border-radius:50%;display:grid;place-items:center;background:var(--color-accent);color:var(--color-primary);font-size:.8125rem;font-weight:550}
.other{margin-top:24px}
label{display:block;margin-bottom:8px}
.row{display:flex;gap:8px}
input{flex:1;min-width:0;height:40px;padding:0 12px;border:1px solid var(--color-input);border-radius:8px;background:var(--color-card);color:inherit;font:inherit}
input::placeholder{color:var(--color-muted-foreground);opacity:1}
button{font:inherit;color:inherit}
.button{display:inline-flex;align-items:center;justify-content:center;min-height:40px;padding:0 16px;border:1px solid var(--color-input);border-radius:8px;
background:var(--color-card);color:inherit;text-decoration:none;cursor:pointer;transition:opacity .15s}
.button:hover{opacity:.85}
.primary{background:var(--color-primary);border-color:var(--color-primary);color:var(--color-primary-foreground)}
.action{margin-top:24px}
.decision{display:grid;grid-template-columns:1fr 1fr;gap:8px;margin-top:16px}
.organizations{grid-column:1/-1;min-width:0;margin:16px 0 0;padding:0;border:0}
.organizations legend{margin-bottom:8px;padding:0;font-weight:550}
.organizations label{display:flex;gap:8px;align-items:center;margin:0;padding:4px 0;font-size:.9375rem;line-height:1.5rem}
.organizations input{flex:none;width:18px;height:18px;margin:0;accent-color:var(--color-primary)}
.link{padding:0;border:0;background:none;color:var(--color-primary);text-decoration:underline;text-underline-offset:3px;cursor:pointer}
.ticks{list-style:none;margin:0;padding:0}
.ticks code{white-space:nowrap}
.ticks li{position:relative;padding:2px 0 2px 24px}
.ticks li::before{content:"";position:absolute;left:5px;top:7px;width:5px;height:9px;border:solid var(--color-muted-foreground);border-width:0 2px 2px 0;transform:rotate(40deg)}
dl{margin:16px 0 0;border-top:1px solid var(--color-border)}
dl>div{display:grid;grid-template-columns:6rem 1fr;gap:8px;padding:8px 0;border-bottom:1px solid var(--color-border)}
dt{color:var(--color-muted-foreground);line-height:1.5rem}
dd{margin:0;overflow-wrap:anywhere}
.warning p{margin:0}.warning p+p{margin-top:4px}
.warning{margin:16px 0 0;padding:12px;border-radius:8px;background:var(--color-warning-soft);color:var(--color-warning)}
:focus-visible{outline:2px solid var(--color-primary);outline-offset:2px}
.person:focus-visible{outline-offset:-2px}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
@media (min-width:40rem){main{padding:24px 16px}.card{padding:32px}dl>div{grid-template-columns:8rem 1fr;gap:16px}}
@media (max-width:26rem){.person{flex-wrap:wrap;row-gap:4px}.person .grow{flex-basis:calc(100% - 52px)}.person .tag{margin-left:52px}}
`;
