/// The style sheet of the atlas.
let stylesheet = """
    :root{color-scheme:light dark;--bg:light-dark(#fff,#0f1317);--ink:light-dark(#16191d,#e9ebed);
    --soft:light-dark(#555c64,#a7afb7);--line:light-dark(#d9dde1,#2c333a);--faint:light-dark(#f3f5f6,#171c21);
    --e1:light-dark(#cfe0ee,#243c50);--e2:light-dark(#9cc1de,#2f5f85);--e3:light-dark(#5793c4,#4a8abb);
    --e4:light-dark(#1f609a,#86b9e0);--e5:light-dark(#0b3558,#cfe6f7);--edge:light-dark(#7ea6c6,#48708f);
    --con:light-dark(#b93a0b,#ff8f63);--open:light-dark(#868e96,#78828b);--focus:light-dark(#0072b2,#56b4e9);
    --hang:208px}
    :root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}
    *{box-sizing:border-box}[hidden]{display:none!important}
    html{background:var(--bg);color:var(--ink);font:400 16px/24px system-ui,"Segoe UI",Roboto,Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
    body{margin:0 auto;max-width:1360px;padding:0 32px 64px;overflow-wrap:anywhere}
    h1,h2,h3,p,ul,ol,dl,dd,figure,table,fieldset{margin:0;padding:0}ul,ol{list-style:none}fieldset{border:0;min-width:0}
    h1{font-size:25px;line-height:32px;font-weight:600;max-width:40em;text-wrap:balance}
    h2,h3{font-size:16px;line-height:24px;font-weight:600;text-wrap:balance}b,strong{font-weight:600}
    p{max-width:70ch}button{font:inherit}.s,caption,th,td,dt,dd,small,summary,li,.top,.seg,.hg p,.trail,.ramp,footer,button{font-size:13px;line-height:20px}
    .l{font-size:20px;line-height:28px}.soft,.sub,dt,thead th{color:var(--soft)}.sub{margin-top:4px}
    .con{color:var(--con)}.num{text-align:right;white-space:nowrap}.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    a{color:inherit;text-decoration:underline 1px var(--open);text-underline-offset:3px}a:hover{text-decoration-color:currentColor}
    :focus-visible{outline:2px solid var(--focus);outline-offset:2px}
    .skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--bg);padding:8px;z-index:2}
    code,pre{font:400 13px/20px ui-monospace,Menlo,"DejaVu Sans Mono",monospace}
    pre{margin:8px 0 0;padding:7px 12px;background:var(--faint);border-left:2px solid var(--ink);white-space:pre-wrap;user-select:all;max-width:84ch}
    .top{display:flex;flex-wrap:wrap;align-items:center;gap:8px 24px;padding:16px 0;border-bottom:1px solid var(--line)}
    .top .mark{font-weight:600;text-decoration:none}.top nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin-right:auto}
    .top nav a{text-decoration:none;color:var(--soft)}.top nav a:hover,.top nav a[aria-current]{color:var(--ink);text-decoration:underline}
    .find{position:relative}.find input{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--open);border-radius:0;height:32px;padding:0 8px;width:264px;max-width:100%}
    .find input::placeholder{color:var(--soft);opacity:1}
    #_found{position:absolute;right:0;top:36px;width:min(560px,90vw);background:var(--bg);border:1px solid var(--open);z-index:2;max-height:70vh;overflow:auto}
    #_found:empty{display:none}#_found a{display:block;padding:6px 12px;text-decoration:none;border-bottom:1px solid var(--line)}#_found a:hover,#_found a:focus{background:var(--faint)}#_found p{padding:6px 12px}#_found small{display:block;color:var(--soft)}
    .seg{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 12px}.seg legend{float:left;color:var(--soft);padding:0;margin-right:12px}
    .seg label{cursor:pointer;padding:2px 0;color:var(--soft);border-bottom:2px solid transparent}.seg input{position:absolute;opacity:0;width:1px;height:1px}
    .seg :checked+label{color:var(--ink);border-color:var(--ink);font-weight:600}.seg :focus-visible+label{outline:2px solid var(--focus);outline-offset:2px}
    .seg{margin-top:8px}.seg+figure,p+h3,.soft+table{margin-top:16px}.ctl .seg,.top .seg{margin-top:0}.ctl{display:flex;flex-wrap:wrap;gap:4px 40px;margin-top:16px}
    .trail{color:var(--soft);padding-top:24px}h1{padding-top:24px}.trail+h1,.lede h1{padding-top:8px}
    section{display:grid;grid-template-columns:var(--hang) minmax(0,1fr);column-gap:32px;border-top:1px solid var(--line);margin-top:40px;padding-top:15px}
    section>*{min-width:0}section.wide{display:block}.hg p{margin-top:4px;color:var(--soft)}
    .lede{padding-top:32px;display:grid;grid-template-columns:minmax(0,1fr) 386px;gap:24px 32px}.lede p{margin-top:8px}
    .two{display:grid;grid-template-columns:repeat(auto-fit,minmax(272px,1fr));gap:24px 48px}.ans{font-size:20px;line-height:28px}
    pre+figure,.l+figure,.s+figure,figure+figure,figure+p,p+figure,table+p,table+h3,ul+h3,figure+h3{margin-top:24px}p+p,pre+p,.l+.s{margin-top:8px}figure>h3{max-width:84ch}
    table{border-collapse:collapse;width:100%}th{font-weight:400;text-align:left}
    .rows td,.rows th{padding:6px 16px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}.rows thead th{vertical-align:bottom;padding-top:0}.rows td:last-child,.rows th:last-child{padding-right:0}
    .list li{padding:6px 0 5px;border-bottom:1px solid var(--line)}.list .note,.rows .note,.strip .note,.tracks .note{display:block;color:var(--soft)}
    dl.kv{display:grid;grid-template-columns:152px minmax(0,1fr);gap:4px 16px}dl.kv dd{max-width:70ch}
    details{margin-top:8px}summary{cursor:pointer;color:var(--soft);width:fit-content}
    .g{display:inline-block;width:13px;height:13px;flex:none;border:1px solid var(--edge);vertical-align:-2px;margin-right:6px}
    .e1{--f:var(--e1);stroke:var(--edge)}.e2{--f:var(--e2);stroke:var(--edge)}.e3{--f:var(--e3)}
    .e4{--f:var(--e4)}.e5{--f:var(--e5)}.e1,.e2,.e3,.e4,.e5{background:var(--f);fill:var(--f)}.g,.cell,.b{print-color-adjust:exact}
    .x{border-color:var(--con);background:repeating-linear-gradient(-45deg,var(--con) 0 2px,var(--bg) 2px 5px)}svg .x{fill:url(#_hx);stroke:var(--con)}
    .strip{margin-top:8px;table-layout:fixed}.strip th,.strip td{padding:4px 16px 4px 0;vertical-align:middle}.strip thead th{vertical-align:bottom}.strip thead th:first-child{width:28%}.strip thead .num{width:168px}.strip thead th:last-child:not(.num){width:136px}
    .strip td.pl{padding:0 24px 0 8px}.strip a{text-decoration:none}.strip a:hover{text-decoration:underline}.strip .sum>*{border-top:1px solid var(--line);font-weight:600}.strip .num{white-space:normal}.strip:not(:has(.pl)) th:first-child{width:55%!important}
    svg{display:block;width:100%;overflow:visible}svg text{font-size:13px;fill:var(--ink)}svg .soft{fill:var(--soft)}svg .r{text-anchor:end}svg .c{text-anchor:middle}
    .ax{stroke:var(--line)}.dash{fill:none;stroke:var(--open);stroke-dasharray:4 3}.yes{fill:var(--faint)}.mk{fill:var(--soft)}.wh,.run{fill:var(--bg);stroke:var(--soft);stroke-width:1.5}.hx{stroke:var(--con);stroke-width:2}
    .ramp{max-width:none;display:flex;flex-wrap:wrap;gap:4px 20px;margin-top:8px;color:var(--soft)}
    .map{margin-top:16px;table-layout:fixed}.map .q{width:30%}.map .a{width:104px}.map thead th{vertical-align:bottom;padding:0 8px 6px 0}
    .map thead .v{height:200px;padding:0}.map .v>*{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-height:196px;margin:0 auto;line-height:19px;width:19px;display:block;text-decoration:none}
    .map .grp th{color:var(--ink);font-weight:600;border-bottom:1px solid var(--ink)}.map tbody th{padding:1px 12px 1px 16px}.map tbody th a{text-decoration:none}.map tbody th a:hover{text-decoration:underline}
    .map .d1 th{font-weight:600;padding:12px 12px 2px 0}.map .d1 td{padding-top:12px}.map .d3 th{padding-left:32px}.map td{padding:1px;height:22px}
    .map td:is(.ge,.sp){background:radial-gradient(circle,var(--line) 1.5px,transparent 2px) center/100% 20px no-repeat}.map .gap{width:16px}
    .cell{display:block;height:18px;border:1px solid var(--edge)}.cell.x{background-color:var(--bg)}.map .void{background:var(--faint);color:var(--soft);padding:1px 8px;border-left:1px solid var(--open);border-right:1px solid var(--open);white-space:nowrap;overflow:hidden}
    .st{white-space:nowrap}.st.contested{font-weight:600}.st.open{color:var(--soft)}
    html:has(#_rows-disputed:checked) .map tbody tr:not(.dis),html:has(#_rows-unseen:checked) .map tbody tr:not(.nog),
    html:has(#_cols-general:checked) .map .sp,html:has(#_cols-special:checked) .map :is(.ge,.void){display:none}
    html:has(#_colour-conflict:checked) .map .cell:not(.x){background:none;border-color:var(--line)}
    button{color:var(--soft);background:none;border:0;padding:4px 0;margin-top:4px;cursor:pointer;text-decoration:underline;float:right}figure{display:flow-root}button:hover{color:var(--ink)}
    .lede .strip th:first-child{width:38%}.lede .strip .num{width:64px}.lede .strip thead th:last-child{width:104px}.lede h2{font-weight:400;font-size:13px}
    .tracks .q{width:26%}.tracks .says{width:22%;padding-left:16px}.tracks .n{text-align:center;padding:0 0 4px}.tracks .d1 th{padding-left:0}.beyond{border:1px dashed var(--open);background:var(--bg)}
    html:has(#_level-run:checked) :is(.claims,.tracks) tbody tr:not(.ran,.d1),html:has(#_level-disputed:checked) :is(.claims,.tracks) tbody tr:not(.dis,.d1){display:none}
    .tasks{table-layout:fixed}.tasks th:nth-last-child(3){width:128px}.tasks th:nth-last-child(2){width:112px}.tasks th:last-child{width:32%}
    .pair{table-layout:fixed}.pair th:nth-child(3){width:20%}.rib{stroke:var(--e4);stroke-width:2}.opposite{stroke-dasharray:6 4;stroke:var(--con)}.single{stroke-dasharray:1 4;stroke-linecap:round;stroke:var(--open)}.claim+.claim{margin-top:4px}
    .map.time .v{height:88px}.time .v>*{max-height:86px}.time td{text-align:left}.b:is(.supported,.refuted,.answered,.depends){background:var(--e1)}.b.contested{background:var(--faint);font-weight:600}.answers{margin-top:16px}.pages{margin-top:16px;color:var(--soft)}
    #_detail{min-height:20px;margin-top:8px;max-width:none;position:sticky;top:0;background:var(--bg);z-index:1}
    footer{margin-top:64px;border-top:1px solid var(--line);padding-top:12px;color:var(--soft);display:flex;flex-wrap:wrap;gap:4px 24px}
    @media(max-width:1180px){
    .map,.map tbody{display:block}.map thead,.map colgroup{display:none}.map tbody tr{display:flex;flex-wrap:wrap;align-items:center;padding:6px 0 5px;border-bottom:1px solid var(--line)}
    .map tbody th,.map .d1 th,.map .d3 th{flex:1 1 100%;padding:0 0 2px}.map td,.map .d1 td{padding:0;height:14px}.map td.w{flex:0 0 50%;height:auto;padding-bottom:4px}.map td.w::before,.stack td::before{content:attr(data-l) " ";color:var(--soft)}.map .ge,.map .sp{flex:1 0 1.5%}.map .void{flex:9 0 28%;line-height:14px;font-size:12px;padding:0 4px}.map .gap{flex:0 0 8px}.cell{height:14px}}
    .grids{display:flex;flex-wrap:wrap;gap:8px 32px;margin-top:8px}.curve{margin-top:8px}pre+table,table+dl,pre+figure,dl+figure,dl+pre{margin-top:16px}.plain li+li{margin-top:2px}figure+dl,p+dl,dl+h3,dl+details{margin-top:16px}.note-box{margin-top:16px;padding-left:12px;border-left:2px solid var(--ink);max-width:70ch}
    @media(max-width:1100px){:root{--hang:152px}.lede{grid-template-columns:minmax(0,1fr)}}
    @media(max-width:860px){svg .alt{display:none}body{padding:0 16px 48px}section{display:block}.hg{margin-bottom:8px}.top nav{order:3;width:100%}.find{flex:1 1 160px}.find input{width:100%}dl.kv{grid-template-columns:1fr;gap:0}dl.kv dd{margin-bottom:8px}
    .strip,.strip tbody,.stack,.stack tbody{display:block}.strip thead th,.stack thead{display:none}.strip thead,.strip thead tr,.strip thead td{display:block}.strip tr{display:grid;grid-template-columns:1fr auto;gap:0 12px;padding:6px 0}.strip th,.strip .pl{grid-column:1/3;padding:0}.strip td.pl{padding:0 8px}.strip td.num{text-align:left}.strip td{padding:0}
    .stack tr{display:grid;grid-template-columns:1fr 1fr;gap:0 12px;padding:6px 0;border-bottom:1px solid var(--line)}.stack td,.stack th{border:0!important;padding:0!important}.stack th,.stack pre,.stack .full{grid-column:1/3}.stack .num{text-align:left;white-space:normal}}
    @media(forced-colors:active){.cell,.g,svg{forced-color-adjust:none}.seg label{border-color:Canvas}.seg :checked+label{border-color:Highlight}}
    @media print{button,.top nav,.seg,.find,.ctl,#_detail{display:none}body{max-width:none;padding:0}section{break-inside:avoid}}
    """
