#include "core/report/html_style.h"

namespace vitrine::report
{

const std::string_view kReportStyle = R"css(
:root{color-scheme:light dark;--window:#F6F7F9;--surface:#FFFFFF;--sunken:#ECEEF2;--line:#D7DBE2;--text:#1B1F27;--muted:#596273;--accent:#2A5BD0;--soft:#E4ECFC}
@media (prefers-color-scheme:dark){:root{--window:#14171C;--surface:#1B1F26;--sunken:#0F1216;--line:#323947;--text:#E7EAF0;--muted:#A3ADBD;--accent:#8AABFF;--soft:#22304F}}
*{box-sizing:border-box}
html{font:15px/1.55 'Inter Tabular',Inter,system-ui,'Helvetica Neue',Arial,sans-serif;background:var(--window);color:var(--text)}
body{max-width:940px;margin:0 auto;padding:48px 24px 96px}
header{margin-bottom:40px}
h1{font-size:28px;line-height:1.2;font-weight:600;letter-spacing:-.02em;margin:0 0 8px}
h2{font-size:19px;font-weight:600;letter-spacing:-.01em;margin:48px 0 16px;padding-top:16px;border-top:1px solid var(--line)}
h3{font-size:15px;font-weight:600;margin:24px 0 8px}
p{margin:0 0 12px;max-width:68ch}
.subtitle{color:var(--muted);margin:0}
.remark{color:var(--muted);font-size:13px}
p.remark{border-left:2px solid var(--line);padding-left:12px}
.card{background:var(--surface);border:1px solid var(--line);border-radius:6px;overflow-x:auto;margin:0 0 8px}
table{border-collapse:collapse;width:100%;font-size:13px;line-height:20px}
th,td{text-align:left;padding:6px 12px;vertical-align:top}
thead th{color:var(--muted);font-weight:400;border-bottom:1px solid var(--line);white-space:nowrap}
tbody tr+tr td{border-top:1px solid var(--line)}
tbody tr:hover td{background:var(--soft)}
.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
.u{color:var(--muted)}
.m{color:var(--muted)}
td[title]{cursor:help}
code,pre,.c{font-family:'JetBrains Mono','DejaVu Sans Mono',ui-monospace,monospace;font-size:12px}
.c{overflow-wrap:anywhere}
td.c{color:var(--muted)}
th:first-child,td:first-child{position:sticky;left:0;background:var(--surface)}
tbody tr:hover td:first-child{background:var(--soft)}
td.none{color:var(--muted);font-style:italic}
.item{position:relative;margin:0 0 6px calc(1.6em*var(--level,1))}
.marker{position:absolute;left:-1.5em;color:var(--muted)}
blockquote{margin:0 0 12px;padding-left:12px;border-left:2px solid var(--line);color:var(--muted)}
hr{border:0;border-top:1px solid var(--line);margin:24px 0}
a{color:var(--accent)}
pre{background:var(--sunken);border-radius:6px;padding:12px 16px;margin:0 0 12px;white-space:pre-wrap;overflow-wrap:anywhere}
figure{margin:24px 0 32px}
figure .paper{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:8px;overflow-x:auto}
figure svg{display:block;margin:0 auto;max-width:100%;height:auto}
figure svg [fill="#1b1f27"]{fill:var(--text)}
figure svg [fill="#596273"]{fill:var(--muted)}
figure svg [fill="#ffffff"]{fill:var(--surface)}
figure svg [stroke="#1b1f27"]{stroke:var(--text)}
figure svg [stroke="#596273"]{stroke:var(--muted)}
figure svg [stroke="#d7dbe2"]{stroke:var(--line)}
figure svg [stroke="#ffffff"]{stroke:var(--surface)}
figcaption{margin-top:8px;font-size:13px;color:var(--muted);max-width:76ch}
figcaption b{color:var(--text);font-weight:600}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin-top:16px;font-size:13px}
a{color:var(--accent);text-decoration:none}
a:hover,a:focus-visible{text-decoration:underline}
@media print{
:root{--window:#fff;--surface:#fff;--sunken:#F2F3F5;--line:#C9CED6;--text:#000;--muted:#444;--accent:#000}
@page{margin:18mm 16mm}
html{font-size:10pt}
body{max-width:none;padding:0}
nav{display:none}
h2{break-after:avoid}h3{break-after:avoid}
figure,tr,pre{break-inside:avoid}
.card,figure .paper{border-radius:0;overflow:visible}
figure .paper{border:0;padding:0}
}
)css";

} // namespace vitrine::report
