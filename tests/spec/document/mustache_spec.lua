-- Templates are standard Mustache: every case of the specification's files in
-- tests/fixtures/mustache (or of the folder WAYMARK_MUSTACHE, for a newer one), what later
-- versions of it say, and the strict mode for documents.

local core = require "waymark.core"
local mustache = require "waymark.mustache"
local problem = require "waymark.base.problem"

local folder = os.getenv "WAYMARK_MUSTACHE" or "tests/fixtures/mustache"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "a"
  file:close()
  return text
end

local function render(template, view, partials)
  local parsed = assert(mustache.parse(template))
  return assert(mustache.render(parsed, view, { partials = function(name) return (partials or {})[name] end }))
end

for _, name in ipairs { "comments", "delimiters", "interpolation", "inverted", "partials", "sections" } do
  describe("the specification: " .. name, function()
    for _, case in ipairs(assert(core.decode(read(folder .. "/" .. name .. ".json"))).tests) do
      it(case.name, function()
        assert.are.equal(case.expected, render(case.template, case.data, case.partials))
      end)
    end
  end)
end

-- What later versions of the specification ask besides.
describe("the specification since 1.2", function()
  local cases = {
    { "nothing is shown of null", "I ({{cannot}}) ({{{cannot}}}) ({{&cannot}})", '{"cannot":null}', "I () () ()" },
    { "null is false", "[{{#none}}x{{/none}}{{^none}}y{{/none}}]", '{"none":null}', "[y]" },
    { "a value is not looked at again", "{{a}}: {{b}}", '{"a":"{{b}}","b":"end"}', "{{b}}: end" },
    { "the first part of a dotted name decides", "{{#a}}{{b.c}}{{/a}}", '{"a":{"b":{}},"b":{"c":"wrong"}}', "" },
    { "a dotted name is never one key", "{{a.b}}", '{"a.b":"c"}', "" },
    { "a key with a dot hides nothing", "{{a.b}}", '{"a.b":"c","a":{"b":"d"}}', "d" },
    { "{{.}} at the outside", "{{.}}, {{{.}}}, {{&.}}", '"<&>"', "&lt;&amp;&gt;, <&>, <&>" },
    { "{{.}} of a number", "{{.}} miles", "85", "85 miles" },
    { "a section over the whole", "{{#.}}({{value}}){{/.}}", '[{"value":"a"},{"value":"b"}]', "(a)(b)" },
    { "lists in lists", "{{#list}}({{#.}}{{.}}{{/.}}){{/list}}", '{"list":[[1,2],["a"]]}', "(12)(a)" },
    { "lists of other tables", "{{#a}}{{#b}}{{n}}{{m}}.{{/b}}{{/a}}", '{"a":[{"n":1,"b":[{"m":2},{"m":3}]}]}',
      "12.13." },
    { "{{.}} is escaped", "{{#l}}{{.}}{{/l}}", '{"l":["\\"&"]}', "&quot;&amp;" },
    { "{{{.}}} is not", "{{#l}}{{{.}}}{{&.}}{{/l}}", '{"l":["<"]}', "<<" },
    { "a text is the table of its section", "{{#a}}{{.}} is {{a}}{{/a}}", '{"a":"x"}', "x is x" },
    { "what is outside stays in sight", "{{#a}}{{b}}{{/a}}{{#c}}{{d.e}}{{/c}}",
      '{"a":{"x":1},"b":"B","c":{"d":{"e":"E"}}}', "BE" },
    { "a comment's text is no name", "[{{! name }}{{!name}}]", '{"! name":1,"name":2}', "[]" },
  }
  for _, case in ipairs(cases) do
    it(case[1], function() assert.are.equal(case[4], render(case[2], assert(core.decode(case[3])))) end)
  end

  it("partials in partials, and one that is not there", function()
    local partials = { outer = "*{{a}} {{>inner}}*", inner = "{{b}}!" }
    assert.are.equal("*hello world!*", render("{{>outer}}{{>none}}", { a = "hello", b = "world" }, partials))
  end)
end)

describe("a template that is not one", function()
  local function fault(text)
    local parsed, raised = mustache.parse(text, "letter.html")
    assert.is_nil(parsed)
    return tostring(raised)
  end

  it("names its line", function()
    assert.are.equal('letter.html, line 2: "{{name" is not a tag that ends; each is {{ … }}',
      fault "Dear\n{{name")
    assert.are.equal("letter.html, line 3: {{#a}} is never ended; write {{/a}}", fault "\n\n{{#a}}\nx")
    assert.are.equal("letter.html, line 2: {{/b}} ends nothing; {{#a}} of line 1 is open here", fault "{{#a}}\n{{/b}}")
    assert.are.equal("letter.html, line 1: {{/b}} ends nothing; nothing is open here", fault "{{/b}}")
    assert.are.equal('letter.html, line 1: "a..b" is not a name', fault "{{a..b}}")
  end)

  it("is too large, or too deep", function()
    assert.is_truthy(fault((" "):rep(2 * 1024 * 1024)):find("more than 512 KB", 1, true))
    assert.is_truthy(fault(("{{#a}}"):rep(60)):find("more than 40 deep", 1, true))
    assert.is_truthy(fault(("{{a}}"):rep(30000)):find("more than 20000 tags", 1, true))
  end)

  it("has names, delimiters or changes of these that no person writes", function()
    assert.are.equal(('letter.html, line 1: "%s…" is too long to be a name (at most 200 signs)'):format(("a"):rep(60)),
      fault("{{" .. ("a"):rep(400000) .. "}}"))
    assert.are.equal('letter.html, line 1: "a\\x1B[2J\\u{202E}" is not a name', fault "{{a\27[2J\u{202E}}}")
    assert.are.equal("letter.html, line 1: delimiters have at most 16 signs",
      fault("{{=" .. ("<"):rep(100000) .. " >=}}"))
    assert.is_truthy(fault("{{=<< >>=}}<<={{ }}=>>" .. ("{{=<< >>=}}<<={{ }}=>>"):rep(50)):find(
      "more than 100 changes of delimiters", 1, true))
    local cut = "{{" .. ("a"):rep(57)
    assert.are.equal(('letter.html, line 1: "%s" is not a tag that ends; each is {{ … }}'):format(cut),
      fault(cut .. "é a}}"))
  end)

  it("is one byte, or none", function()
    assert.are.equal("{", render("{", {}))
    assert.are.equal("", render("", {}))
  end)
end)

describe("a template that does not come to an end", function()
  local function fault(texts, view)
    local options = { partials = function(name) return texts[name] end }
    local _, raised = mustache.render(assert(mustache.parse(texts.a, "a")), view or {}, options)
    return tostring(raised)
  end

  it("includes itself", function()
    assert.are.equal("a, line 2: {{> a}}: partials lie more than 20 deep", fault { a = "\n{{>a}}x" })
  end)

  it("doubles itself", function()
    local texts = { a = "{{>b1}}{{>b1}}", b15 = "{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}" }
    for i = 1, 14 do texts["b" .. i] = ("{{>b%d}}{{>b%d}}"):format(i + 1, i + 1) end
    local list = {}
    for i = 1, 10 do list[i] = i end
    assert.is_truthy(fault(texts, { l = list }):find("does not come to an end", 1, true))
  end)

  it("has sections in sections over a list: what is looked through counts", function()
    local began = os.clock()
    assert.is_truthy(fault({ a = ("{{#l}}"):rep(39) .. ("{{/l}}"):rep(39) }, { l = { {}, {} } })
      :find("does not come to an end", 1, true))
    assert.is_true(os.clock() - began < 0.6)
  end)

  it("puts blanks before the lines of a part until there is no room", function()
    local deep = ("\n"):rep(1000) .. ("y\n"):rep(2000)
    assert.are.equal("b, line 1: its parts come to more than 8 MB",
      fault { a = (" "):rep(400000) .. "{{>b}}\n", b = deep })
    local indents = {}
    for i = 1, 600 do indents[i] = (" "):rep(i) .. "{{>b}}\n" end
    assert.are.equal("b, line 1: its parts come to more than 8 MB",
      fault { a = table.concat(indents), b = "{{!" .. ("x"):rep(20000) .. "}}" })
  end)

  it("writes too much", function()
    local list = {}
    for i = 1, 1000 do list[i] = ("x"):rep(10000) end
    assert.is_truthy(fault({ a = "{{#l}}{{.}}{{/l}}" }, { l = list }):find("more than 8 MB", 1, true))
  end)
end)

describe("the strict mode", function()
  local known = {
    style = "raw",
    pupil = { name = true, forename = true,
      dob = { [mustache.withheld] = problem.of 'it needs the grant "pupil.dob"' } },
    parents = { { name = true } },
    why = { [mustache.own] = true, count = true },
    words = { [mustache.any] = true },
    items = { true },
  }
  local view = { style = "p > a", pupil = { name = "Ada <b>", forename = "Ada" }, parents = { { name = "Mr B" } },
    why = { [mustache.own] = "ten", count = 10 }, items = { "a", "b" } }

  local function strict(text, partials)
    local names = {}
    for name in pairs(partials or {}) do names[#names + 1] = name end
    local parsed = assert(mustache.parse(text, "x.html"))
    return mustache.render(parsed, view, { known = known, partial_names = names,
      partials = function(name) return (partials or {})[name], name .. ".html" end })
  end

  local function fault(text, partials)
    local out, raised = strict(text, partials)
    assert.is_nil(out)
    return tostring(raised)
  end

  it("fills in what is known", function()
    assert.are.equal("Ada &lt;b&gt; p > a ten 10", strict "{{pupil.name}} {{{style}}} {{why}} {{why.count}}")
    assert.are.equal("Mr B ab ", strict "{{#parents}}{{name}}{{/parents}} {{#items}}{{.}}{{/items}} {{words.x}}")
  end)

  it("leaves no blank for a value that is needed, but in a section that is not shown", function()
    local function needing(text)
      return mustache.render(assert(mustache.parse(text, "x.html")), { words = { fine = "£1,000", days = " " } },
        { known = known, needed = { words = true } })
    end
    assert.are.equal("£1,000 ", (needing "{{words.fine}} {{#words.prison}}{{words.prison}}{{/words.prison}}"))
    for _, name in ipairs { "prison", "days" } do
      local out, raised = needing(("a\nb {{words.%s}}"):format(name))
      assert.is_nil(out)
      assert.are.same({ "x.html", 2, ("{{words.%s}} is empty, and nothing else says it"):format(name) },
        { raised.where, raised.line, raised.what })
    end
  end)

  it("names an unknown name, its line and the nearest, shown today or not", function()
    assert.are.equal('x.html, line 2: there is nothing to fill in for {{pupil.nane}}; did you mean "pupil.name"?',
      fault "Dear\n{{pupil.nane}}")
    assert.is_truthy(fault "{{#nobody}}{{/nobody}}":find("{{nobody}}", 1, true))
    assert.are.equal('x.html, line 1: there is nothing to fill in for {{nmae}}; did you mean "name"?',
      fault "{{#parents}}{{nmae}}{{/parents}}")
    assert.is_truthy(fault "{{^why}}{{pupil.x}}{{/why}}":find("{{pupil.x}}", 1, true))
  end)

  it("finds it in a part, by the part's own line", function()
    assert.are.equal("foot.html, line 2: there is nothing to fill in for {{whoo}}",
      (fault("{{>foot}}", { foot = "x\n{{whoo}}" }):gsub(";.*", "")))
    assert.are.equal('x.html, line 1: {{> foto}}: there is no such part; did you mean "foot"?',
      fault("{{>foto}}", { foot = "x" }))
    assert.are.equal("foot.html, line 1: {{> foot}} includes itself", fault("{{>foot}}", { foot = "{{>foot}}" }))
  end)

  it("says what a plugin may not read", function()
    assert.are.equal('x.html, line 1: {{pupil.dob}}: it needs the grant "pupil.dob"', fault "{{pupil.dob}}")
    assert.is_truthy(fault "{{#pupil.dob}}x{{/pupil.dob}}":find("grant", 1, true))
  end)

  it("lets no value in unescaped but the host's own", function()
    assert.are.equal("x.html, line 1: {{{pupil.name}}} would be put in unescaped; write {{pupil.name}}",
      fault "{{{pupil.name}}}")
    assert.is_truthy(fault "{{& pupil.name}}":find("unescaped", 1, true))
    assert.are.equal("x.html, line 1: {{style}} is HTML already; write {{{style}}}", fault "{{style}}")
  end)

  it("wants lists as sections, and one thing at a time", function()
    assert.are.equal("x.html, line 1: {{parents}} is a list; write {{#parents}} … {{/parents}}", fault "{{parents}}")
    assert.is_truthy(fault "{{parents.name}}":find("write {{#parents}} … {{/parents}} around its names", 1, true))
    assert.are.equal("x.html, line 1: {{pupil}} is several things: dob, forename, name", fault "{{pupil}}")
  end)
end)
