-- What a page of a template may have, and what stands behind that: the policy in each page, and
-- the jail of weasyprint. A listener on this machine hears what would be loaded; none is.
-- In Chromium too with SLOW=1.

local core = require "waymark.core"
local files = require "waymark.base.files"
local folder = require "tests.support.folder"
local graph = require "tests.support.graph"
local html = require "waymark.document.html"
local mustache = require "waymark.mustache"
local pdf = require "waymark.document.pdf"

local gif, png = "data:image/gif;base64,R0lGODlhAQABAAAAACw=", "data:image/png;base64,iVBORw0KGgo="

local function has(text, part) return text:find(part, 1, true) ~= nil end

-- HOST is where the listener is; FILE a file that is not the page's business.
local hostile = {
  -- form feeds, and other signs that nobody sees
  '<img\fsrc="http://HOST/">', '<a\frel="attachment"\fhref="file://FILE">x</a>', "<p\fonclick=x()>",
  "<p>\0<img src=//HOST>", "<p>\27$B<img src=//HOST>",
  -- characters by number and name, of any length
  '<p style="background:&#x0000075;rl(http://HOST/)">', '<p style="background:&#000000117;rl(http://HOST/)">',
  '<p style="background:url&lpar;http://HOST/)">', '<img src="&#x68;ttp://HOST/">', "<img src=&#104&#116tp://HOST>",
  '<a href="java&Tab;script:x()">', '<a href="&#x0000000006A;avascript:x()">', '<a href="javascript&colon;x()">',
  -- SVG and MathML
  '<svg><image href="http://HOST/"/></svg>', '<svg><image xlink:href="file://FILE"/></svg>',
  '<svg><feImage href="http://HOST/"/></svg>', '<svg><rect fill="url(http://HOST/#x)"/></svg>',
  '<svg><rect mask="url(http://HOST/#x)" cursor="url(http://HOST/)"/></svg>', "<svg><set attributeName=href>",
  "<svg><style>&#64;import 'http://HOST/'</style></svg>", "<svg><script>x()</script></svg>",
  "<math><mi xlink:href='http://HOST/'>", "<svg></p><style><!--</style><img src=x onerror=x()>-->",
  '<img src="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'/>">',
  '<img src="data:image/png;base64,PHN2Zz4=">', '<img src="data:text/html;base64,iVBORw0KGgo=">',
  -- url( and the like in attributes
  '<p style="background:url(http://HOST/)">', '<body background="http://HOST/">', '<td background="http://HOST/">',
  '<table background="http://HOST/">', '<p style="list-style-image:url(file://FILE)">',
  '<p style="color:red}@import \'http://HOST/\';{">', '<p style="background:image-set(\'http://HOST/\' 1x)">',
  -- attachments and links
  '<a rel="attachment" href="#">x</a>', '<a href="file://FILE">x</a>', '<a href="ftp://HOST/">x</a>',
  '<a href="//HOST/" ping="http://HOST/">x</a>', '<a href="\\\\HOST\\x">x</a>', '<a href="#" download>x</a>',
  '<link rel="attachment" href="file://FILE">', '<link rel="stylesheet" href="http://HOST/">',
  '<link rel="preconnect" href="http://HOST/">', '<base href="http://HOST/">',
  -- CSS
  "<style>@import 'http://HOST/';</style>", "<style>@\\69mport 'http://HOST/';</style>",
  "<style>p { background: u\\72l(http://HOST/) }</style>",
  "<style>p { background: u\\000072\r\nl(http://HOST/) }</style>",
  "<style>p { background: u\\\r\nrl(http://HOST/) }</style>", "<style>p { background: url( 'http://HOST/' ) }</style>",
  "<style>@font-face { font-family: x; src: url(http://HOST/) }</style>", "<style>@namespace 'http://HOST/';</style>",
  "<style>p { background: src('http://HOST/') }</style>", "<style>p { content: attr(title url) }</style>",
  "<style>p { background: var(--x); --x: url(http://HOST/) }</style>", "<style>p { behavior: url(FILE) }</style>",
  "<style>p { cursor: url(http://HOST/), auto }</style>", "<style>p { color: red } } </style>",
  "<style>p { color: red</style>", "<style>p { content: 'a\n'; }</style>", "<style>p { /* </style>",
  "<style></stylex><p { color: red }</style>", "<style>p { background: url(http://HOST/ </style>",
  "<style>p { -moz-binding: url(http://HOST/) }</style>", "<style>@media print { @import 'http://HOST/'; }</style>",
  -- other addresses
  '<img src="ftp://HOST/">', '<img src="file://FILE">', '<img/src=//HOST>', '<img src="x.png">', "<IMG SRC=x.png>",
  '<img\nsrc\n=\n"file://FILE">', '<img srcset="http://HOST/ 2x">', '<img src="' .. gif .. '" srcset="http://HOST/">',
  -- what loads or runs by itself
  "<script>x()</script>", "<script", "<p onclick=x()>", '<p title="a>b" ONLOAD=x()>', "<p ontoggle=x()>",
  '<iframe src="http://HOST/">', '<object data="http://HOST/">', '<embed src="http://HOST/">', "<video poster=x>",
  '<input type=image src="http://HOST/">', "<form action=x>", "<details open ontoggle=x()>", "<template>", "<noscript>",
  '<meta http-equiv="refresh" content="0;http://HOST/">', '<meta charset="utf-7">', "<frameset>", "<portal src=x>",
  -- where it hides from one reader and not from another
  "<!-- <script> -->", "<!--><script src=x>-->", '<title><b x="</title><script src=x>">', "<title><script></title>",
  '<!-- <b title=" --> <img src=x> " >', "<!--[if mso]><p><![endif]-->", "<![CDATA[<script>]]>", "<?xml-stylesheet?>",
  "<!DOCTYPE html SYSTEM 'http://HOST/'>", "<tr><td onclick=x()>", "<p><html>", "<textarea><script></textarea>",
  "<table>\0x<tr>", "<table> x<select><table>\0",
  "<p title='", "<table><caption><tr><style>@import x</style>", "<plaintext>", "<xmp><p></xmp>", "<select><p>",
}

local fine = {
  '<img src="' .. png .. '" alt="Oak" width="20">', "<p style=\"background: url('" .. gif .. "')\">",
  '<a href="https://x.example">a</a>', '<a href="mailto:a@x.example">a</a>', '<a href="#top">a</a>', '<a href="">a</a>',
  "<style>p > b:not(.x) { color: RED; margin: -1mm auto 0 calc(1mm + 2%) !important }</style>",
  "<style>@media print { p { color: #fff } }</style>",
  "<style>li::before { content: \"\\2022\\00a0 \" } /* a */ @page { size: A4 }</style>",
  "see url(http://x.example) and 1 < 2 &amp; 3", '<p title="on time" lang="pl">', "<!-- a remark -->", "a\r\n\tb",
  "<ul><li>a<li>b</ul><p>c<p>d", "<b><p>x</b>y</p>", '<table width="100%"><tr><td colspan=2>x</table>', "<P CLASS=a>",
}

local top, listener

setup(function()
  top = folder.new()
  files.write(top .. "/secret.txt", "of another child")
  files.write(top .. "/listen.py", [[
import os, socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
open("port.new", "w").write(str(s.getsockname()[1])); os.rename("port.new", "port")
while True:
    c, _ = s.accept(); c.settimeout(0.2)
    try: said = c.recv(9).decode()
    except OSError: said = ""
    open("heard", "a").write("x" + said); c.close()
]])
  local started = assert(io.popen(("cd '%s' && { python3 listen.py >/dev/null 2>&1 & echo $!; }"):format(top)))
  listener = started:read "n"
  started:close()
  assert(os.execute(("until [ -s '%s/port' ]; do sleep 0.02; done"):format(top)))
end)

teardown(function()
  assert(os.execute("kill " .. listener))
  folder.remove(top)
end)

local function heard() return files.read(top .. "/heard") or "" end

local function named(text)
  return (text:gsub("HOST", "127.0.0.1:" .. files.read(top .. "/port")):gsub("FILE", top .. "/secret.txt"))
end

-- Those of `hostile` that do not take the rest of the page with them, in one.
local function hostile_page()
  local parts = {}
  for _, text in ipairs(hostile) do
    local takes_all = text:find "<title" or text:find "<!%-%-" or text:find "<plaintext" or text:find "^<script$"
      or text:find "<frameset" or text:find "='$" or text:find "refresh" or text:find "/%*" or text:find "<template"
      or text:find "[%z\27]" or text:find "<base" or text:find "<noscript" or text:find "<select"
      or text:find "preconnect"
    if not takes_all then parts[#parts + 1] = "<div>" .. text .. "</svg></math></div>" end
  end
  return named("<!DOCTYPE html>\n<html><head></head><body>" .. table.concat(parts, "\n") .. "</body></html>")
end

describe("what a page may have", function()
  it("is what a letter needs", function()
    for _, text in ipairs(fine) do assert.is_nil(html.fault(text, "x.html"), text) end
  end)

  it("is nothing that is loaded, run or hidden", function()
    for _, text in ipairs(hostile) do assert.is_not_nil(html.fault(named(text), "x.html"), text) end
  end)

  it("is said in one short line, whatever stands there", function()
    local long = ("x\n\u{202E}" .. ("é"):rep(40)):rep(300)
    for _, text in ipairs { '<img src="%s">', '<a href="y:%s">', "<meta name='%s'>", "<p %s>", "<p \u{9b}31m%sx=1>",
      "<style>%s: x</style>", "<style>p { %s: x }</style>", "<style>@%s;</style>", '<p style="color: %s(1)">',
      "<style>p { color: url(%s) }</style>", "<style>p { x</style>" } do
      for _, filler in ipairs { long, (long:gsub("\n", "")), ("\u{feff}é"):rep(100) } do
        local said = tostring(html.fault(text:format(filler), "x.html") or html.css_fault(filler, "x.html"))
        assert.is_true(#said < 300 and said == core.escape(said), said)
      end
    end
  end)

  it("is asked of a part of a page too, which has no place by itself", function()
    assert.is_nil(html.fault('<td width="3">x</td></tr>', "x.html", true))
    assert.are.equal("x.html, line 2: onclick=… of <td> is not for letters; take it out",
      tostring(html.fault("<tr>\n<td onclick=x>", "x.html", true)))
  end)
end)

describe("the policy of a page", function()
  local policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "

  it("is the first in its head", function()
    for _, text in ipairs { "<!DOCTYPE html><html><head><title>x</title></head><body></body></html>",
      "<HTML lang=en><body>x", html.whole("<p>x</p>", "x", "en", "") } do
      local closed = html.closed(text)
      local at, title = closed:find(policy, 1, true), closed:find("<title", 1, true) or closed:find("<body", 1, true)
      assert.is_true(at < title and html.fault(text, "x") == nil, closed)
    end
  end)

  it("is in the host's own pages, which have no script", function()
    for _, name in ipairs { "chronology", "today" } do
      local page = mustache.page(("waymark.%s.page"):format(name), {})
      assert.is_true(has(page, policy) and not has(page, "<script"), name)
    end
  end)

  it("is written in one place", function()
    local places = {}
    for _, path in ipairs(graph.files("lua/waymark", "")) do
      if has(graph.read(path), "Content-Security-Policy") then places[#places + 1] = path end
    end
    assert.are.same({ "lua/waymark/base/words.lua" }, places)
  end)
end)

describe("a page that was not looked through", function()
  local function attached(name)
    local listed = assert(io.popen(("pdfdetach -list '%s/%s'"):format(top, name)))
    local said = listed:read "a"
    listed:close()
    return said
  end

  it("becomes a PDF without a word to anybody, and without another file", function()
    files.write(top .. "/made.pdf", pdf.of(hostile_page(), top, core.system.now()))
    assert.are.equal("", heard())
    assert.is_true(has(attached "made.pdf", "0 embedded files"))
  end)

  if os.getenv "SLOW" then
    it("asks for nothing in Chromium, for its policy; without one it does, and so does its PDF", function()
      local function opened(text)
        os.remove(top .. "/heard")
        assert(files.replace(top .. "/page.html", text))
        assert(os.execute(("HOME='%s' timeout 60 chromium --headless --no-sandbox "
          .. "--user-data-dir='%s/profile' "
          .. "--virtual-time-budget=3000 --dump-dom 'file://%s/page.html' >/dev/null 2>&1"):format(top, top, top)))
        return heard()
      end
      assert.is_false(has(opened(html.closed(hostile_page())), "GET"))
      assert.is_true(has(opened(hostile_page()), "GET"))
      os.remove(top .. "/heard")
      assert(os.execute(("cd '%s' && weasyprint -q page.html free.pdf 2>/dev/null"):format(top)))
      assert.are_not.equal("", heard())
      assert.is_false(has(attached "free.pdf", "0 embedded files"))
    end)
  end
end)
