/** The style sheet of the pages. Colours and type are the app's. */
export const STYLES = `
@font-face{font-family:"Geist Sans";src:url(/assets/geist-sans.woff2) format("woff2");font-weight:100 900;font-display:swap}
@font-face{font-family:"Geist Mono";src:url(/assets/geist-mono.woff2) format("woff2");font-weight:100 900;font-display:swap}
:root{color-scheme:light dark;
--page:light-dark(#fafafa,#0a0a0a);--card:light-dark(#fff,#121212);--line:light-dark(#e5e5e5,#2a2a2a);
--text:light-dark(#171717,#ededed);--muted:light-dark(#595959,#a3a3a3);--soft:light-dark(#f5f5f5,#1c1c1c);
--accent:light-dark(#3b46c4,#8b93ff);--on-accent:light-dark(#fff,#0a0a0a);
--amber:light-dark(#7a4b00,#f5b94a);--amber-soft:light-dark(#fff6e5,#2a2010);--amber-line:light-dark(#f0d9a8,#4d3a14)}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;background:var(--page);color:var(--text);display:flex;flex-direction:column;align-items:center;
font:400 15px/1.5 "Geist Sans",system-ui,sans-serif;-webkit-font-smoothing:antialiased}
main{width:100%;max-width:28rem;margin:auto;padding:16px}
.marker{margin:0;width:100%;padding:8px 16px;text-align:center;font-size:13px;background:var(--amber-soft);color:var(--amber);border-bottom:1px solid var(--amber-line)}
.marker .muted{color:inherit}
.dot{display:inline-block;width:8px;height:8px;border-radius:50%;background:currentColor;margin-right:8px}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:24px}
h1{margin:0;font-size:20px;line-height:1.3;font-weight:600;letter-spacing:-.01em}
h2{margin:24px 0 8px;font-size:13px;font-weight:600;color:var(--muted)}
p{margin:8px 0}
strong{font-weight:600}
.muted{color:var(--muted)}
.lead{margin-top:16px}
code,.mono{font-family:"Geist Mono",ui-monospace,monospace}
code{font-size:13px;background:var(--soft);border-radius:4px;padding:1px 5px}
code.block{display:inline-block;padding:4px 8px}
.wrap{overflow-wrap:anywhere}
.tag{display:inline-block;margin:0 0 8px;padding:2px 8px;border:1px solid var(--line);border-radius:999px;font-size:13px;line-height:1.4;color:var(--muted);white-space:nowrap}
.tag.amber{color:var(--amber);border-color:var(--amber-line);background:var(--amber-soft)}
.people{margin-top:24px;border:1px solid var(--line);border-radius:8px;overflow:hidden}
.person{display:flex;gap:12px;align-items:center;width:100%;padding:12px;border:0;background:none;text-align:left;cursor:pointer}
.person+.person{border-top:1px solid var(--line)}
.person:hover{background:var(--soft)}
.person .tag{margin:0}
.grow{flex:1;min-width:0;display:flex;flex-direction:column}
.grow>*{overflow:hidden;text-overflow:ellipsis}
.name{font-weight:600}
.avatar{flex:none;width:40px;height:40px;border-radius:50%;display:grid;place-items:center;font-weight:600;font-size:13px;background:var(--soft);border:1px solid var(--line)}
.other{margin-top:24px}
label{display:block;font-size:13px;font-weight:600;color:var(--muted);margin-bottom:8px}
.row{display:flex;gap:8px}
input{flex:1;min-width:0;height:40px;padding:0 12px;border:1px solid var(--line);border-radius:8px;background:var(--page);color:inherit;font:inherit}
input::placeholder{color:var(--muted)}
button{font:inherit;color:inherit}
.button{display:inline-flex;align-items:center;justify-content:center;height:40px;padding:0 16px;border:1px solid var(--line);border-radius:8px;
background:var(--card);color:inherit;font-weight:600;text-decoration:none;cursor:pointer;transition:opacity .15s}
.button:hover{opacity:.85}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.decision{display:grid;grid-template-columns:1fr 1fr;gap:8px;margin-top:24px}
.link{padding:0;border:0;background:none;color:var(--accent);text-decoration:underline;text-underline-offset:2px;cursor:pointer}
.ticks{list-style:none;margin:0;padding:0}
.ticks li{padding:6px 0 6px 24px;position:relative}
.ticks li::before{content:"";position:absolute;left:4px;top:11px;width:6px;height:10px;border:solid var(--accent);border-width:0 2px 2px 0;transform:rotate(40deg)}
dl{margin:16px 0 0;border-top:1px solid var(--line)}
dl>div{padding:12px 0;border-bottom:1px solid var(--line)}
dt{font-size:13px;font-weight:600;color:var(--muted)}
dd{margin:4px 0 0;overflow-wrap:anywhere}
.warning{margin:16px 0 0;padding:12px;border:1px solid var(--amber-line);border-radius:8px;background:var(--amber-soft);color:var(--amber);font-size:13px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.person:focus-visible{outline-offset:-2px}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`;
