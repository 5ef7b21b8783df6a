-- The manual out of the declaration of the API: `waymark help`, and the REPL's help and
-- completion.

local core = require "waymark.core"
local examples = require "tests.support.api_examples"
local manual = require "waymark.manual"
local workspace = require "tests.support.workspace"

local api = core.sdk "api"
local w

setup(function()
  w = examples.school()
  workspace.write(w.dir .. "/waymark.lua", workspace.essex)
end)
teardown(function() w:remove() end)

describe("waymark help", function()
  it("lists the subjects", function()
    local out = w:ok "help"
    for _, name in ipairs(api.subjects) do assert.truthy(out:find("\n  " .. name .. " ", 1, true), name) end
  end)

  it("says where the pages of the manual lie, and commands name those that say more", function()
    local place = w:ok "help":match "in (/[^\n]*):\n"
    for name in w:ok "help":gmatch "\n  (%l+%.md) " do assert.truthy(#workspace.read(place .. "/" .. name) > 500) end
    for _, command in ipairs { "import", "today", "suggest", "sql" } do
      local name = w:ok(command .. " --help"):match "In the manual [^\n]*:\n  (%l+%.md): "
      assert.truthy(#workspace.read(place .. "/" .. name) > 500, command)
    end
  end)

  it("has a page for every name, within the width", function()
    for _, name in ipairs(api.names()) do
      local lines = assert(manual.about(name, 80))
      for _, line in ipairs(lines) do
        assert.falsy(line:find "%z" or line:find "\n")
        assert.truthy(utf8.len(line) <= 80 or line:find "^    " or not line:find "^ ", line)
      end
    end
  end)

  it("shows an entry: what it takes and gives, its grant, an example", function()
    local out = w:ok "help pupil:rolling"
    for _, words in ipairs { "pupil:rolling(rule) gives rolling_evidence", "rule: made by rolling { … }",
      "grant registers", "since API level 1", "    pupil:rolling(england.national).count" } do
      assert.truthy(out:find(words, 1, true), words)
    end
  end)

  it("finds a name without its object, with a full stop for the colon, and with brackets", function()
    assert.truthy(w:ok("help weeks_period"):find("calendar:weeks_period(start, n)", 1, true))
    assert.equal(w:ok "help evidence:because", w:ok "help evidence.because")
    assert.equal(w:ok "help evidence:because", w:ok "help 'evidence:because(\"x\")'")
    assert.truthy(w:ok("help least_possible"):find("a field of rate { }", 1, true))
    assert.truthy(w:ok("help principle"):find("expect, monitor, listen", 1, true))
  end)

  it("knows every event and every right in words, all rights together, and the kit", function()
    local choices, rights = api.choices(), table.concat(manual.about("rights", 80), "\n")
    for _, name in ipairs(choices.event_kind) do
      local lines = manual.about(name, 80)
      assert.equal(('  on("%s", function(event, pupil) … end)'):format(name), lines[#lines])
    end
    for _, choice in ipairs { "grant", "sends" } do
      for _, name in ipairs(choices[choice]) do
        assert.equal(name .. ", a right: ", manual.about(name, 80)[1]:match "^.-: ")
        assert.truthy(rights:find("\n  " .. name .. " ", 1, true), name)
      end
    end
    local kit = table.concat(manual.about("kit", 80), "\n")
    for name in workspace.read "lua/waymark/kit/types.d.lua":gmatch "\nfunction %l+[.:]([%l_]+)" do
      assert.truthy(kit:find(name, 1, true), name)
    end
    assert.truthy(w:expect(1, "help period.exceded").err:find('did you mean "period.exceeded"', 1, true))
  end)

  it("names the nearest when there is none", function()
    local r = w:expect(1, "help pupil:roling")
    assert.truthy(r.err:find('nothing called "pupil:roling" (did you mean "pupil:rolling"?)', 1, true), r.err)
    assert.falsy(w:expect(1, "help $'zz\27[2Jq'").err:find "\27")
  end)

  it("gives it to other programs as JSON", function()
    local list = w:json "help pupil:mark"
    assert.same({ "pupil:mark", "method", "pupil", 1 }, { list[1].name, list[1].kind, list[1].subject, list[1].since })
    assert.same({ { name = "date", type = "date" }, { name = "half", type = "half" } }, list[1].takes)
    assert.truthy(#w:json "help" > 80)
  end)

  it("gives as JSON what is no entry of the API too, with the same words", function()
    for _, name in ipairs { "rights", "limits", "kit", "suggestion.made", "mail-staff", "grant", "early-help" } do
      local list = w:json("help " .. name)
      assert.same({ name, "topic", 1 }, { list[1].name, list[1].kind, #list })
      assert.equal(w:ok("help " .. name):gsub("%s+", " "), (list[1].text .. "\n"):gsub("%s+", " "))
    end
  end)

  it("is not read by a command that does not need it", function()
    local path = w:file("loaded.lua", "for name in pairs(package.loaded) do print(name) end")
    assert.falsy(w:ok("run " .. path):find "manual")
  end)
end)

describe("the REPL", function()
  local function repl(lines)
    w:file("lines", lines)
    local pipe = io.popen(("HOME='%s' TERM=dumb '%s' -C '%s' repl 2>&1 <'%s/lines'"):format(w.top, workspace.program(),
      w.dir, w.top))
    local out = pipe:read "a"
    pipe:close()
    return out
  end

  it("shows the manual", function()
    for _, line in ipairs { 'help "pupil:rolling"', "?pupil:rolling", "? pupil:rolling " } do
      assert.truthy(repl(line .. "\n"):find("pupil:rolling(rule) gives rolling_evidence", 1, true), line)
    end
    assert.truthy(repl("?\n"):find("road-map", 1, true))
    assert.truthy(repl("help()\n"):find("road-map", 1, true))
    assert.truthy(repl("?roling\n1 + 1\n"):find('did you mean "rolling"?.*\n2\n'))
  end)

  it("completes names by the tabulator key", function()
    assert.truthy(repl('date.engl\t("2026-03-20")\n'):find("Friday 20 March 2026", 1, true))
    assert.truthy(repl("engla\t.nati\t.at_least\n"):find("\n10\n", 1, true))
    assert.truthy(repl("for p in pup\t() do print(p:persis\t()) end\n"):find("\nfalse\n", 1, true))
  end)

  it("completes what there is, and nothing else", function()
    local env = { england = { national = 1 }, date = core.date, pupils = print }
    assert.same({ "date.academic_year", "date.add" }, manual.complete("date.a", env))
    assert.same({ "england.national" }, manual.complete("england.", env))
    assert.same({ "p:weeks_period" }, manual.complete("p:weeks", env))
    assert.same({ "e.hundredths" }, manual.complete("e.hun", env))
    assert.same({}, manual.complete("zzz", env))
    local asked = false
    local lazy = setmetatable({}, { __index = function() asked = true end })
    manual.complete("it.x", { it = lazy })
    assert.falsy(asked)
  end)
end)

describe("make install", function()
  it("installs the types for editors", function()
    local pipe = io.popen "make -n install DESTDIR=/nowhere 2>&1"
    assert.truthy(pipe:read("a"):find("find lua/types", 1, true))
    pipe:close()
  end)
end)
