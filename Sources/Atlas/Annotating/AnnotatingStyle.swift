/// The style sheet of pages of traces.
let annotatingStyle = """
    :root{--n0:light-dark(#0072b2,#56b4e9);--n1:light-dark(#a04e00,#e69f00);--n2:light-dark(#007a5a,#2fbf95);--n3:light-dark(#9b3f78,#e08fbf);--n4:light-dark(#555c64,#a7afb7);--n5:light-dark(#7a5c00,#d9c43c);--n6:light-dark(#5a48b0,#a99cf5);--n7:light-dark(#b02a2a,#ff8f8f)}
    [data-n="0"]{--n:var(--n0)}[data-n="1"]{--n:var(--n1)}[data-n="2"]{--n:var(--n2)}[data-n="3"]{--n:var(--n3)}[data-n="4"]{--n:var(--n4)}[data-n="5"]{--n:var(--n5)}[data-n="6"]{--n:var(--n6)}[data-n="7"]{--n:var(--n7)}
    .an{display:grid;grid-template-columns:minmax(0,1fr) 304px;gap:24px 32px;margin-top:24px}
    .an aside{grid-area:1/2;position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:8px 4px;font-size:13px;line-height:20px}
    .an aside p,.an aside>*+*,#_tools>*{margin-top:8px}.an ul,.an ol,.an dl{font-size:13px}
    #_text{grid-area:1/1}#_text>p{margin:0 0 8px}
    #_text p{max-width:none;white-space:pre-wrap}#_text i{font-style:normal;color:var(--con)}
    .r{display:grid;grid-template-columns:minmax(0,1fr) 208px;gap:0 16px;padding:3px 8px 3px 12px;border-left:3px solid transparent;border-bottom:1px solid var(--line)}
    .cmp .r{grid-template-columns:minmax(0,1fr) 304px}.r.seen{border-left-color:var(--open)}.r.now{background:var(--faint)}.r.from{border-left-color:var(--con)}
    .r p:focus-visible{outline-offset:4px}.r .ch{font-size:13px;line-height:20px;display:flex;flex-wrap:wrap;gap:2px 6px;align-content:flex-start;color:var(--soft)}
    .an button{float:none;margin:0;padding:1px 8px;text-decoration:none;border:1px solid var(--open);color:var(--ink);text-align:left}.an button:hover{border-color:var(--ink)}
    .an [data-n]:is(button){border-left:4px solid var(--n,var(--open))}.an [aria-pressed=true]{background:var(--ink);color:var(--bg)}
    .an .pal,.an .act{display:flex;flex-wrap:wrap;gap:4px}.pal label{display:flex;gap:4px;align-items:center}
    .an input,.an select{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--open);border-radius:0;height:28px;padding:0 6px;max-width:100%}#_value{width:96px}
    #_status{min-height:40px;padding-left:8px;border-left:2px solid var(--ink)}#_status:empty{border-color:transparent}
    mark{color:inherit;background:none;border-bottom:3px solid var(--n,var(--ink))}mark.many{border-bottom-style:double}
    .ch .dis{width:100%;padding-left:8px;border-left:3px double var(--con);color:var(--ink)}.ch div{width:100%}
    progress{width:100%;height:8px;accent-color:var(--ink)}
    #_labels li+li{margin-top:8px}#_labels blockquote{margin:2px 0 0 12px;color:var(--soft)}
    .reading td{vertical-align:top}.reading p{white-space:pre-wrap}
    @media(max-width:860px){.an{grid-template-columns:minmax(0,1fr)}.an aside{position:static;grid-area:auto;max-height:none}#_text{grid-area:auto}.r,.cmp .r{grid-template-columns:minmax(0,1fr);padding:6px 4px 6px 8px}.pal{position:sticky;top:0;background:var(--bg);padding:4px 0;z-index:1}}
    @media print{.an aside{display:none}}
    """
