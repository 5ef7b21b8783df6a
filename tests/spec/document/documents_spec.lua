-- What documents are made with: pages that load nothing, languages by any name, the names
-- of files, letterheads, what others add to a document, and `plugin check` of templates.

local document_check = require "waymark.document.check"
local documents = require "waymark.document"
local files = require "waymark.base.files"
local html = require "waymark.document.html"
local language = require "waymark.document.language"
local mustache = require "waymark.mustache"
local mustache_names = require "waymark.mustache.names"
local plugins = require "tests.support.plugins"
local plugins_of = require "waymark.plugin"
local problem = require "waymark.base.problem"
local space_module = require "waymark.workspace"
local templates = require "waymark.document.templates"
local workspace = require "tests.support.workspace"

local function has(text, part) return text:find(part, 1, true) ~= nil end

describe("a page that loads nothing", function()
  it("is looked through in the end, whatever it is", function()
    assert.is_true(has(tostring(html.fault(('<a "'):rep(100000), "x.html")), "its tags are too many"))
    assert.are.equal("x.html, line 3: <script> is not for letters; take it out",
      tostring(html.fault("a\n<p>b</p>\n<script>", "x.html")))
  end)

  it("is looked through in a moment", function()
    local began = os.clock()
    for _, text in ipairs { ("<style>"):rep(60000), ("<a "):rep(150000), ("<tr>"):rep(19000),
      ("<div>"):rep(12000) .. ("x"):rep(1000000) .. "<script>" } do
      assert.is_not_nil(html.fault(text, "x.html", true))
    end
    local blanks = (" "):rep(60000)
    for _, text in ipairs { '<a href="#' .. blanks .. 'y">', '<img src="data:image/gif;base64,' .. blanks .. 'R0lGOD">',
      "<style>p { color:" .. blanks .. "red }</style>" } do
      assert.is_nil(html.fault(text, "x.html"))
    end
    for _, text in ipairs { "{{! title: A" .. blanks .. "b }}", "{{=<% %>=}}{{! title:" .. blanks } do
      assert.are.equal("A", templates.title(text, "a"):sub(1, 1))
    end
    assert.is_true(os.clock() - began < 5)
  end)

  it("has the title of its comment, without the blanks around it", function()
    assert.are.equal("A warm welcome", templates.title("x {{!title:  A warm welcome\t}}", "hello"))
    assert.are.equal("Our visit", templates.title("{{! title: }}", "our-visit"))
  end)
end)

describe("a language", function()
  it("is known by code, by its English and by its own name", function()
    for text, code in pairs { pl = "pl", Polish = "pl", polski = "pl", ["PL"] = "pl", ["pl-PL"] = "pl", Urdu = "ur",
      ["اردو"] = "ur", ["Polish (some English)"] = "pl", ["Tiếng Việt"] = "vi", Farsi = "fa", xx = "xx" } do
      assert.are.equal(code, (language.code(text)), text)
    end
    assert.is_nil((language.code "Klingon"))
    assert.are.equal("Polish", select(2, language.code "Polsh"))
  end)
end)

describe("the name of a file", function()
  it("has letters and digits of any alphabet, and no way out of its folder", function()
    assert.are.equal("ada-byron-notice-mrs-oneill", files.slug("Ada Byron", "notice", "Mrs O'Neill"))
    assert.are.equal("zoë-Łęcka-x", files.slug("Zoë Łęcka", "x"))
    assert.are.equal("etc-passwd-x", files.slug("../../etc/passwd", "x"))
    assert.are.equal("document", files.slug("...", ""))
    local long = files.slug(("ł"):rep(200), "x")
    assert.is_true(#long <= 120 and utf8.len(long) ~= nil)
  end)
end)

local now = "--now 2025-11-21T17:00Z "
local w

local function template(name, text) w:file("w/plugins/map/templates/" .. name .. ".html", text) end

setup(function()
  w = workspace.new { settings = workspace.essex:gsub('use ".*', "") .. 'use "england" use "map"\n', files = {
    ["pupils.csv"] = "upn,surname,forename,dob,year,form,sex,sen,fsm\nA1,Byron,Ada,2015-05-01,5,5A,F,N,0\n",
    ["marks.csv"] = workspace.registers { A1 = workspace.with("2025-09-02", "2025-09-12", { ["2025-09-08"] = "O O" }) },
  } }
  plugins.write(w, "map", 'requires = { "england" }, reads = { "registers", "cases" }, consults = { "pupil.name" }', {
    ["init.lua"] = 'return { road_map = { "help", "refer", "after" } }',
    ["steps/help.lua"] = 'return step { title = "Help", principle = "facilitate", documents = { "hello" } }',
    ["steps/refer.lua"] = 'return step { title = "Refer", principle = "enforce", documents = { "papers" } }',
    ["steps/after.lua"] = 'return step { title = "After", principle = "enforce" }',
  })
  template("hello", "{{{letterhead}}}<p>{{pupil.forename}}</p>\n")
  template("papers", "{{> part}}<p>{{pupil.name}}</p>\n")
  template("part", "<b>{{school.name}}</b>\n")
  template("cover", "<p>{{title}}: {{#contents}}{{number}} {{name}} {{/contents}}{{#own}}{{deep.value}}{{/own}}</p>")
  for _, kind in ipairs { "pupils", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
end)

teardown(function() w:remove() end)

local function render(name, given)
  local space = space_module.open(w.dir, "read", 1763744400)
  local ok, made = pcall(function()
    return documents.open(space, space:find_pupil "Ada Byron", name, given):html()
  end)
  space:close()
  if not ok then error(made, 0) end
  return made
end

describe("a document for others to use", function()
  it("has the names that they add, in lists and tables, beside its own", function()
    local made = render("cover", { extra = { contents = { { number = "1", name = "Form <1>" } },
      own = { { deep = { value = "v" } } } }, audience = "referral" })
    assert.is_true(has(made.html, "<p>Cover: 1 Form &lt;1&gt; v</p>"), made.html)
    assert.are.equal("refer", made.step.name)
    assert.are.equal("en", made.language)
  end)

  it("that uses what nobody added is refused", function()
    local ok, raised = pcall(render, "cover", {})
    assert.is_false(ok)
    assert.is_true(problem.is(raised))
    assert.is_true(has(raised.message, "cover.html, line 1: there is nothing to fill in for {{own}}"))
  end)

  it("keeps its own names as they are", function()
    template("cover", "<p>{{pupil.dob}}</p>")
    local ok, raised = pcall(render, "cover", { extra = { pupil = { dob = "1 May 2015" } } })
    assert.is_true(not ok and has(raised.message, 'it needs the grant "pupil.dob"'))
    template("cover", "{{{title}}}")
    ok, raised = pcall(render, "cover", { extra = { title = { "raw" } } })
    assert.is_true(not ok and has(raised.message, "would be put in unescaped"))
  end)

  it("for a referral has the words of support that are for one, and for staff alone nothing", function()
    template("papers", "{{#support}}<p>{{title}}: {{words}}</p>{{/support}}")
    w:ok(now .. "record Ada help --on 2025-10-01 --audience referral --note 'A club was offered'")
    w:ok(now .. "record Ada help --on 2025-10-02 --audience staff --note 'Between us'")
    local made = render("papers", {})
    assert.is_true(has(made.html, "<p>Help: A club was offered</p>"), made.html)
    assert.is_false(has(made.html, "Between us"))
    assert.are.equal(1, made.unseen)
    template("papers", "{{> part}}<p>{{pupil.name}}</p>\n")
  end)

  it("has no signs of a terminal where a note has tabs, controls or what is unseen", function()
    template("papers", "{{#support}}<p>{{words}}</p>{{/support}}")
    local note = "Item\tWho\r\n\tbring\u{200B} in\u{202E}\u{7}\u{2028}M\u{AD}onday\u{FEFF}"
    w:ok(now .. "record Ada help --on 2025-10-03 --audience referral --note '" .. note .. "'")
    local made = render("papers", {})
    assert.is_true(has(made.html, "<p>Item Who<br> bring in<br>Monday</p>"), made.html)
    template("papers", "{{> part}}<p>{{pupil.name}}</p>\n")
  end)

  it("is the same bytes every time", function()
    assert.are.equal(render("papers", {}).html, render("papers", {}).html)
  end)
end)

-- A function's local function `name` is `value` from now on. -> what it was
local function replace(f, name, value)
  for i = 1, 250 do
    local found, was = debug.getupvalue(f, i)
    if found == name then return was, debug.setupvalue(f, i, value) end
  end
  error("it has no " .. name)
end

describe("a letter of the road map", function()
  local school

  setup(function()
    local upn = "A801200001001"
    school = workspace.new { settings = workspace.essex, files = {
      ["pupils.csv"] = ("upn,surname,forename,dob,year,form\n%s,Byron,Ada,2015-05-01,5,5A\n"):format(upn),
      ["contacts.csv"] = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact,"
        .. ("priority\n%s,Mrs,Anne,Byron,mother,1,1,0,1\n%s,Mr,George,Byron,father,1,0,0,2\n"):format(upn, upn),
      ["marks.csv"] = workspace.registers { [upn] = workspace.with("2025-09-02", "2025-11-21", {}) } } }
    for _, kind in ipairs { "pupils", "contacts", "marks" } do
      school:ok(("%simport %s %s.csv"):format(now, kind, kind))
    end
  end)

  teardown(function() school:remove() end)

  -- What is read while `work(letter)` makes letters, by what it is: how often.
  local function counted(name, work)
    local space, n = space_module.open(school.dir, "read", 1763744400), { contacts = 0, entries = 0 }
    local case_people, case_entries, cases = require "waymark.case.people", require "waymark.case.entries",
      require "waymark.case"
    local parse
    local function count_parse(text, path)
      local key = path .. "\n" .. text
      n[key] = (n[key] or 0) + 1
      return parse(text, path)
    end
    local function counting(what, read)
      return function(space_of, of)
        if of.pupil then n[what] = n[what] + 1 end -- of one pupil
        return read(space_of, of)
      end
    end
    parse = replace(mustache.parse, "parse", count_parse)
    replace(mustache_names.partial, "parse", count_parse)
    local all, entries = case_people.all, cases.entries
    case_people.all, cases.entries = counting("contacts", all), counting("entries", entries)
    case_entries.entries = cases.entries
    local ok, raised = pcall(function() work(documents.open(space, space:find_pupil "Ada Byron", name, {})) end)
    case_people.all, cases.entries, case_entries.entries = all, entries, entries
    replace(mustache.parse, "parse", parse)
    replace(mustache_names.partial, "parse", parse)
    space:close()
    assert.is_true(ok, raised)
    return n
  end

  it("parses each template once, and reads the contacts and the entries once, for one parent as for two", function()
    for n = 1, 2 do
      local made = {}
      local read = counted("early-help-offer", function(letter)
        local parents = letter:parents()
        assert.are.equal(2, #parents)
        for i = 1, n do
          assert.is_nil(letter:why_not(parents[i]))
          made[i] = letter:html(parents[i])
        end
      end)
      assert.is_true(has(made[n].html, n == 1 and "Mrs Byron" or "Mr Byron"))
      local templates_read = 0
      for what, count in pairs(read) do
        assert.are.equal(1, count, what)
        if what:find "html\n" then templates_read = templates_read + 1 end
      end
      assert.is_true(templates_read > 5 and templates_read < 20, templates_read .. " templates")
    end
  end)
end)

describe("a letterhead", function()
  after_each(function() os.remove(w.dir .. "/letterhead.html") end)

  it("is the workspace's own, with pictures beside it put into the page", function()
    w:file("w/logo.png", "\137PNG")
    w:file("w/letterhead.html", '<p><img src="logo.png" alt="Oak"> Oakfield</p>')
    assert.is_true(has(render("hello", {}).html, '<img src="data:image/png;base64,iVBORw==" alt="Oak"> Oakfield'))
    w:file("w/letterheads/881-2345.html", "<p>The school's own</p>")
    assert.is_true(has(render("hello", {}).html, "The school's own"))
    os.remove(w.dir .. "/letterheads/881-2345.html")
  end)

  it("loads nothing from elsewhere", function()
    for _, text in ipairs { '<img src="https://x.example/a.png">', '<img src="../../secret.png">', "<script>" } do
      w:file("w/letterhead.html", text)
      local ok, raised = pcall(render, "hello", {})
      assert.is_true(not ok and problem.is(raised) and has(raised.message, "letterhead.html"), text)
    end
  end)
end)

describe("plugin check of templates", function()
  local function findings()
    local context = { folder = w.dir, known = {} }
    local set = plugins_of.load_set("map", context)
    local list = {}
    for i, each in ipairs(document_check.findings(set, plugins_of.declare(set, {}, context))) do
      list[i] = ("%s:%d: %s"):format(each.file, each.line, each.what)
    end
    return list
  end

  it("finds nothing where all is well", function() assert.are.same({}, findings()) end)

  it("is part of the command, for a child's own words in its parent's document", function()
    template("hello", "<p>\n{{pupil.forname}}</p>")
    local said = w:expect(1, "plugin check map")
    assert.is_true(has(said.out, "templates/hello.html:2: there is nothing to fill in for {{pupil.forname}}"), said.out)
    assert.is_true(has(said.out, "map: 1 fault"), said.out)
  end)

  it("finds names that are not there, in documents and their parts, and what would be loaded", function()
    template("hello", "<p>\n{{pupil.forname}}</p>")
    template("part", "{{school.nme}}")
    template("other", "<p>\n\n<script>")
    template("hello.pl", "{{pupil.upn}}")
    template("broken", "{{#a}}")
    template("link", '<a href="javascript:a; b">x</a>')
    assert.are.same({ "templates/broken.html:1: {{#a}} is never ended",
      "templates/hello.html:2: there is nothing to fill in for {{pupil.forname}}",
      'templates/hello.pl.html:1: {{pupil.upn}}: it needs the grant "pupil.upn"',
      'templates/link.html:1: href="javascript:a; b" is no link that can be in a letter',
      "templates/other.html:3: <script> is not for letters",
      "templates/part.html:1: there is nothing to fill in for {{school.nme}}" }, findings())
  end)

  it("comes to an end, whatever looks like a tag and is none", function()
    template("long", "{{=<< >>=}}" .. ("{{{"):rep(150000))
    template("longer", ("{{! "):rep(200000))
    local began, said = os.clock(), table.concat(findings(), "\n")
    assert.is_true(has(said, "templates/longer.html:1: it has more than 512 KB") and not has(said, "long.html"), said)
    assert.is_true(os.clock() - began < 5)
    for _, name in ipairs { "long", "longer" } do template(name, "") end
  end)

  it("is done by plugin check, of a school's own copy and of a part that stands in another's document", function()
    plugins.write(w, "child", [[extends = "map", requires = { "england" }, reads = { "registers", "cases" },
      consults = { "contacts", "pupil.name", "pupil.groups" }]], {
      ["init.lua"] = "return { road_map = parent.road_map }",
      ["templates/hello.html"] = "<p>\n{{pupil.forname}}</p>", ["templates/part.html"] = "<p>{{contact.phne}}</p>" })
    local out = w:expect(1, "plugin check child").out
    for _, line in ipairs {
      'templates/hello.html:2: there is nothing to fill in for {{pupil.forname}}; did you mean "pupil.forename"?',
      'templates/part.html:1: there is nothing to fill in for {{contact.phne}}; did you mean "contact.phone"?' } do
      assert.is_truthy(out:find(line, 1, true), out)
    end
  end)
end)
