-- waymark.lua as text that runs: it comes to an end within a second, or its line is named; it has
-- its words and nothing else of Lua's libraries; after it the program goes on.

local settings = require "waymark.workspace.settings"

local function fault(text)
  local began = os.clock()
  local read, message = settings.evaluate(text)
  assert.is_nil(read, text)
  assert.is_true(os.clock() - began < 1, text:sub(1, 100))
  assert.equal("xx", ("x"):rep(2)) -- texts have their methods again
  return message
end

local school = 'school { name = "Oak" }'

describe("settings that do not come to an end", function()
  for name, text in pairs {
    ["a loop"] = "\nwhile true do end",
    ["a loop of words"] = '\nfor i = 1, 1e9 do year(i .. "") { term { "2025-09-01", "2026-07-20" } } end',
    ["a function that ends with itself"] = "\nlocal function f() return f() end f()",
    ["a table whose keys meet"] = "\nlocal t = {} for i = 1, 1e9 do t[i * ((1 << 17) - 1)] = i end",
  } do
    it("are stopped with their line: " .. name, function()
      assert.equal("waymark.lua:2: the settings do not come to an end; write what is so, without a loop", fault(text))
    end)
  end

  it("are stopped in a function that calls itself", function()
    assert.truthy(fault "\nlocal function f() f() end f()":find "^waymark.lua:2: ")
  end)

  it("say what is no date and no field in words", function()
    local pair = '"2025-09-01", "2025-12-19"'
    for text, words in pairs { ["{ " .. pair .. ", [{}] = 1 }"] = "term takes two dates, and half_term with two more",
      ["{ " .. pair .. ", hlaf_term = {} }"] = 'term has no field "hlaf_term"; did you mean "half_term"?',
      ['{ {}, "2025-12-19" }'] = 'term: a table is not a date; write it as "2025-09-01"',
      ["{ '" .. ("x"):rep(9999) .. "', '2025-12-19' }"] = ('term: the text "%s…" is not a date'):format(("x"):rep(40)),
    } do
      assert.equal(1, (fault("term " .. text):find("waymark.lua:1: " .. words, 1, true)), fault("term " .. text))
    end
  end)

  it("are stopped when their file is too long, or a term", function()
    assert.truthy(fault '\nterm { "1026-09-01", "2026-09-01" }':find("waymark.lua:2: term: ", 1, true))
  end)
end)

describe("settings that take memory", function()
  for name, text in pairs {
    ["doubling"] = '\nlocal s = "xx" while true do s = s .. s end',
    ["many at once"] = "\nlocal s = 'xxxxxxxxxxxxxxxx'\n" .. ("s = s" .. (" .. s"):rep(99) .. "\n"):rep(5),
    ["between words"] = '\nlocal s = "xx" while true do s = s .. s sessions(1) end',
    ["kept between words"] = '\nlocal s, t = "xx", {} for i = 1, 18 do s = s .. s end\n'
      .. "for i = 1, 1e9 do t[i] = s .. i; sessions(1) end",
  } do
    it("are stopped with their line: " .. name, function()
      for _ = 1, 5 do
        local message = fault(text)
        assert.truthy(message:find "^waymark.lua:%d: the settings take too much memory; ", message)
      end
      assert.equal("Oak", assert(settings.evaluate(school)).schools[1].name)
    end)
  end
end)

it("what the last return calls is named with its line", function()
  for _, call in ipairs { "school { name = 'a\\tb' }", "year(1)", "use 'x' (3)",
    "(function() return start 'x' end)()" } do
    assert.truthy(fault("\nreturn " .. call):find "^waymark.lua:2: ", call)
  end
end)

it("options that are no values are named with their line", function()
  for options, words in pairs {
    ["{ a = function() end }"] = 'waymark.lua:2: use "x": options: a: a function cannot be sent',
    ["{ a = 0/0 }"] = 'waymark.lua:2: use "x": options: a: not a number that can be written',
    ["{ [1.5] = 1 }"] = 'waymark.lua:2: use "x": options: neither a list',
    ["((function(t) t.t = t return t end) { 1 })"] = 'waymark.lua:2: use "x": options: ',
  } do
    local said = fault('\nuse "x" ' .. options)
    assert.equal(words, said:sub(1, #words))
  end
end)

it("the methods of texts are not there", function()
  for _, text in ipairs { '("a"):rep(27):find((".-"):rep(14) .. "b")', '("x"):rep(2e9)', '(""):dump()', '("").rep("x")',
    '("").format()', 's:rep(9)' } do
    assert.truthy(fault("\nlocal a = " .. text):find "^waymark.lua:2: ", text)
  end
end)

it("each fault is said with its own line, also inside a function of the text", function()
  local text = "local function open(first)\n  term { first, '2025-12-19' }\nend\n" .. school .. "\nopen '2025-13-01'"
  assert.equal('waymark.lua:2: term: "2025-13-01" is not a date; write it as "2025-09-01"', fault(text))
  assert.truthy(fault "\n\nuse 'essex' { a = sessions(0) }":find("waymark.lua:3: sessions(n) takes", 1, true))
  assert.truthy(fault "\nuse 'essex'\n{} (3)":find("waymark.lua:2: use takes options as a table", 1, true))
end)

it("a school of each of a thousand is no loop", function()
  local text = school .. ('\nschool { name = "Elm %d", key = "%d", use "essex" { a = { 1, 2 } } }'):rep(1000)
  local i = 0
  text = text:gsub("%%d", function() i = i + 1; return i // 2 end)
  assert.equal(1001, #assert(settings.evaluate(text)).schools)
end)

it("what a word made is the host's: no text forges or changes it", function()
  local made = "what a word made cannot be changed; write it inside its { … }"
  local school_item = 'school: item 1 should be use "…" or year "…" {…}'
  local year_item = "year: item 1 should be term {…}, inset {…} or closed {…}"
  for text, wanted in pairs {
    ['local u = use "essex" u.name = {}'] = made,
    ['local y = year "a" {} y.days = { { 1, 2, 3 } }'] = made,
    ['local t = term { "2025-09-01", "2025-12-19" } t.last = "2999-01-01"'] = made,
    ['school { name = "A", { is_use = true, name = "../x" } }'] = school_item,
    ['school { name = "A", { days = { { "abc", {}, 3 }, 7 } } }'] = school_item,
    ['school { name = "A", term { "2025-09-01", "2025-12-19" } }'] = school_item,
    ['year "a" { { kind = "inset", "abc" } }'] = year_item,
    ['year "a" { year "b" {} }'] = year_item,
  } do
    assert.equal("waymark.lua:2: " .. wanted, fault("\n" .. text))
  end
end)

it("a nest too deep to read is said as any other slip", function()
  local spoken, message = xpcall(fault, function() return "a fault in Waymark" end, "school" .. ("{"):rep(300))
  assert.is_true(spoken)
  assert.equal("waymark.lua: it is nested too deep; write what is so, flat", message)
end)

it("names and addresses are lines that people can read", function()
  local line = "should be one line of at most 500 bytes"
  for text, wanted in pairs {
    ['school { name = " " }'] = [[school: name: " " ]] .. line,
    ['school { name = "a\\nb" }'] = [[school: name: "a\x0Ab" ]] .. line,
    ['local s = "x" for i = 1, 10 do s = s .. s end school { name = "A", head = s }'] =
      ('school: head: "%s" '):format(("x"):rep(40)) .. line,
    ['staff { head = "a\\r\\nBcc: b@c.d" }'] = [[staff: head: "a\x0D\x0ABcc: b@c.d" ]] .. line,
    ['staff { ["a\\27"] = "b@c.d" }'] = [[staff: "a\x1B" ]] .. line,
    ['staff { [3] = "b@c.d" }'] = 'staff takes named fields: staff { head = "Jo Marsh <jo@…>" }',
  } do
    assert.equal("waymark.lua:2: " .. wanted, fault("\n" .. text))
  end
  assert.truthy(settings.evaluate 'school { name = "A", address = "1 High Street\\nOakford" }')
end)

describe("settings as other programs save them", function()
  local text = 'school { name = "École Thornbury" }\n'

  it("are read with a byte-order mark", function()
    local read = assert(settings.evaluate("\u{FEFF}" .. text))
    assert.same({ "École Thornbury", text }, { read.schools[1].name, read.text })
  end)

  it("are refused as ANSI and as UTF-16, with the line and how to save them again", function()
    local again = "save it again as UTF-8 (Notepad: Save as, Encoding: UTF-8)"
    assert.equal('waymark.lua:2: a letter is not in UTF-8 (it is saved as "ANSI"); ' .. again,
      fault '-- us\nschool { name = "\xC9cole" }\n')
    for _, bytes in ipairs { "\xFF\xFEs\0c\0", "\xFE\xFF\0s\0c" } do
      assert.equal('waymark.lua: it is saved as UTF-16 ("Unicode"); ' .. again, fault(bytes))
    end
    for bytes, line in pairs { ["s\0c\0h\0"] = 1, ["\0s\0c"] = 1, ['use "a"\nuse "b\0"'] = 2 } do
      assert.equal(('waymark.lua:%d: it has a byte that is no letter (it is saved as "Unicode", perhaps); %s'):format(
        line, again), fault(bytes))
    end
    for _, bytes in ipairs { "{\\rtf1\\ansi school}", "PK\3\4\20\0\xE9" } do
      assert.equal("waymark.lua: it is a document of a word processor; save it as plain text, in UTF-8", fault(bytes))
    end
  end)

  it("are refused with curly quotes round a text, and read with them in one", function()
    assert.equal('waymark.lua:2: it has curly quotes, as word processors write them; type straight ones: "…"',
      fault '-- it’s us\nschool { name = “Oak” }\n')
    for _, line in ipairs { "use ‘a’", "use „a“", "use «a»", "use ″a″", "use `a`", 'use ＂a＂', 'inset { “2025-09-01" }',
      'closed { "2026-05-04", ”2026-05-05” }' } do
      assert.equal('waymark.lua:2: it has curly quotes, as word processors write them; type straight ones: "…"',
        fault("\n" .. line))
    end
    for sign, line in pairs { ["\u{A0}"] = 'use%s"a"', ["\u{200B}"] = 'use "a" %s', ["\u{FEFF}"] = '%suse "a"' } do
      assert.equal("waymark.lua:2: it has a space as web pages and word processors write them; type plain spaces in "
        .. "this line", fault("\n" .. line:format(sign)))
    end
    for sign, line in pairs { ["—"] = "— the school", ["–"] = 'use "a" – ours', ["É"] = "École = 1" } do
      assert.equal(('waymark.lua:2: "%s" cannot stand here; type plain quotes and hyphens, and other letters within a '
        .. 'text: "…"'):format(sign), fault("\n" .. line))
    end
    assert.equal("St Mary’s “Oak”", assert(settings.evaluate 'school { name = "St Mary’s “Oak”" }').schools[1].name)
  end)
end)
