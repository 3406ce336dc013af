/// The style sheet of the documentation, which adds to that of the atlas.
let siteStyle = """
    body{display:grid;grid-template-columns:208px minmax(0,1fr);column-gap:56px;align-items:start;max-width:1280px}
    .top,footer{grid-column:1/-1}.skip{position:fixed}
    h1,h2,h3,h4{overflow-wrap:anywhere}h1{font-size:32px;line-height:40px;padding-top:32px;letter-spacing:-.01em}
    .top nav a{font-size:14px}.side-narrow,.toc-narrow{display:none}
    .side{position:sticky;top:0;max-height:100vh;overflow-y:auto;padding:36px 0 32px;scrollbar-width:thin}
    .side p,.side-narrow p,.toc p{font-size:13px;line-height:20px;font-weight:600;margin:24px 0 4px}.side p:first-child,.toc p{margin-top:0}
    nav li{line-height:20px}nav li a{display:block;padding:3px 0;text-decoration:none;color:var(--soft)}
    nav li a:hover,nav li a[aria-current]{color:var(--ink)}nav li a[aria-current]{font-weight:600}nav li a:hover{text-decoration:underline}
    main{display:grid;grid-template-columns:minmax(0,696px) minmax(0,1fr);column-gap:48px}
    main h1,.prose{grid-column:1}.front{grid-column:1/-1}.front>p{font-size:18px;line-height:29px}.toc{grid-column:2;grid-row:1/3;position:sticky;top:0;max-height:100vh;overflow-y:auto;padding:40px 0 32px;scrollbar-width:thin;max-width:224px}
    .toc .l3 a{padding-left:12px}
    .prose{font-size:16px;line-height:26px;padding-bottom:32px}.prose p,.prose ul,.prose ol,.prose blockquote,.prose dl{max-width:36em}
    .prose>*+*,.prose li>*+*,.prose blockquote>*+*{margin-top:16px}.prose>:first-child{margin-top:16px}
    .prose h2{font-size:22px;line-height:30px;margin-top:48px}.prose h3{font-size:17px;line-height:26px;margin-top:32px}.prose h4{font-size:16px;margin:24px 0 0;font-weight:600}
    .prose h2+*,.prose h3+*,.prose h4+*{margin-top:8px}
    .prose :is(h2,h3,h4){scroll-margin-top:16px;position:relative}
    .here{margin-left:8px;color:var(--soft);text-decoration:none;font-weight:400;opacity:0}:is(h2,h3,h4):hover>.here,.here:focus{opacity:1}
    .prose :is(ul,ol){padding-left:24px}.prose ul{list-style:disc}.prose ol{list-style:decimal}.prose li{font-size:16px;line-height:26px}.prose li+li{margin-top:6px}.prose li::marker{color:var(--soft)}
    .prose li>:is(ul,ol){margin-top:6px}
    .prose a{text-decoration-color:var(--e3)}
    .prose :not(pre)>code{font-size:.875em;line-height:1;background:var(--faint);padding:2px 4px;border-radius:3px;overflow-wrap:anywhere}
    .prose a code{text-decoration:inherit}
    .prose pre{margin-top:16px;padding:12px 16px;border:1px solid var(--line);border-radius:4px;white-space:pre;overflow-x:auto;user-select:auto;max-width:none}
    .prose pre code{font-size:13px;line-height:20px}
    pre.commands,pre.session b{color:var(--ink)}pre.commands{border-left:3px solid var(--e4)}
    pre.commands:has(+pre.output){border-bottom-left-radius:0;border-bottom-right-radius:0}pre.commands+pre.output{margin-top:-1px;background:none;border-top-left-radius:0;border-top-right-radius:0}
    .prose pre.usage{white-space:pre-wrap;padding-left:40px}.usage code{display:block;text-indent:-24px}.prompt{user-select:none;color:var(--soft)}pre i{font-style:normal;color:var(--soft)}pre .key{color:var(--e4)}
    :is(h1,h2,h3,h4) code{font-size:.92em!important;line-height:inherit;background:none!important;padding:0!important}
    .groups{display:grid;grid-template-columns:repeat(auto-fit,minmax(280px,1fr));gap:8px 56px}.groups>div>*+*{margin-top:8px}.groups h2{margin-top:24px;font-size:19px}
    .groups ul{list-style:none;padding:0}.groups li{font-size:15px;line-height:23px;color:var(--soft)}.groups li a{color:var(--ink)}
    .scroll{overflow-x:auto}.prose table{width:auto;min-width:100%}.prose :is(th,td){font-size:14px;line-height:22px;padding:8px 16px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}.prose thead th{color:var(--ink);font-weight:600;border-bottom-color:var(--open)}
    .prose :is(th,td):last-child{padding-right:0}.prose .end{text-align:right}.prose .center{text-align:center}
    .prose :is(th,td),.prose td code{overflow-wrap:normal}
    .prose img{display:block;max-width:100%;height:auto;border:1px solid var(--line)}
    .prose blockquote{margin-inline:0;padding-left:16px;border-left:3px solid var(--line);color:var(--soft)}.prose hr{border:0;border-top:1px solid var(--line);margin:32px 0}
    .arguments dt{font-size:14px;line-height:22px;color:var(--ink);margin-top:16px}.arguments dd{font-size:15px;line-height:24px;padding-left:24px}
    .pager{display:flex;flex-wrap:wrap;justify-content:space-between;gap:16px 32px;border-top:1px solid var(--line);margin-top:64px!important;padding-top:16px}
    .pager a{text-decoration:none}.pager a:hover{text-decoration:underline}.pager small{display:block;color:var(--soft)}.pager .next{margin-left:auto;text-align:right}
    @media(max-width:1180px){main{display:block}.toc{display:none}.toc-narrow{display:block}.prose{max-width:720px}.toc-narrow summary,.side-narrow summary{font-size:14px;padding:4px 0}.toc-narrow{margin-top:16px;border-block:1px solid var(--line);padding:6px 0}.toc-narrow ul{padding:4px 0 8px}.toc-narrow .l3 a{padding-left:16px}}
    @media(max-width:860px){body{display:block}.prose td{min-width:104px}.side{display:none}.side-narrow{display:block;margin:0;border-bottom:1px solid var(--line);padding:6px 0}.side-narrow nav{padding-bottom:12px}.side-narrow p:first-child{margin-top:8px}h1{font-size:27px;line-height:34px;padding-top:24px}.prose pre{margin-inline:-16px;border-radius:0;border-inline:0}pre.commands{border-left:3px solid var(--e4)!important}}
    @media print{.side,.side-narrow,.toc,.toc-narrow,.pager,.here{display:none}body,main{display:block}.prose pre{white-space:pre-wrap;margin-inline:0}.prose :is(th,td),.prose td code{min-width:0;overflow-wrap:anywhere}}
    """
