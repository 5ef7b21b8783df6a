-- "No longer suggested" names what changed: a mark, the plugin, its options, the road map, the calendar.

local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

describe("what is no longer suggested", function()
  local w

  local map = 'return { road_map = { "visit" } }'
  local usual = workspace.essex:gsub('use ".*', "")

  local function write(version, at_least, init)
    plugins.write(w, "mine", ('reads = { "registers" }, api = 3, version = "%s"'):format(version), {
      ["init.lua"] = init or map,
      ["steps/visit.lua"] = ([[
return step { title = "Visit", principle = "listen", because = "away",
  when = rolling { name = "away", codes = "O", at_least = %d, weeks = 2 } }]]):format(at_least),
      ["steps/call.lua"] = 'return step { title = "Call", principle = "listen", suggest = function() end }' })
  end

  local function settings(text) workspace.write(w.dir .. "/waymark.lua", text .. 'use "england" use "mine"\n') end

  -- Ada missed three half days in the week of Monday 16 March.
  before_each(function()
    w = plugins.school()
    write("1.0", 1)
    settings(usual)
    w:ok "suggest --now 2026-03-18T09:00Z"
  end)
  after_each(function() w:remove() end)

  local function why(time)
    w:ok("suggest --now " .. time)
    local rows = w:json [[sql "SELECT data ->> '$.why' AS why FROM event WHERE kind = 'suggestion.lapsed' ORDER BY id"]]
    return rows[1] and rows[1].why
  end

  it("since its plugin was changed says so, with the versions", function()
    write("1.1", 9)
    local words = "it no longer holds: now 3 of 9 half days in 2 school weeks; since it was suggested, the plugin mine "
      .. "was changed (1.0 to 1.1)"
    assert.are.equal(words, why "2026-03-19T09:00Z")
    assert.is_truthy(w:ok("chronology A1 --now 2026-03-19T10:00Z"):gsub("%s+", " "):find(
      "No longer suggested: Visit " .. words, 1, true))
  end)

  for command, state in pairs { ["bypass A1 visit --note x"] = "bypassed", ["not-now A1 visit --note x"] = "put-off",
    ["record A1 visit"] = "answered" } do
    it("is not what was " .. state .. " on a later day than the one that is looked at", function()
      w:ok(command .. " --now 2026-03-23T09:00Z")
      write("1.1", 9) -- as of Wednesday it would lapse
      w:ok "suggest --as-of 2026-03-18 --now 2026-03-23T10:00Z"
      write("1.0", 1) -- and be found again
      w:ok "suggest --as-of 2026-03-18 --now 2026-03-23T11:00Z"
      assert.same({ { state = state } }, w:json [[sql "SELECT state FROM suggestions WHERE upn = 'A1'"]])
      assert.same({ { n = 1 } },
        w:json [[sql "SELECT count(*) AS n FROM events WHERE kind LIKE 'suggestion.%' AND upn = 'A1'"]])
      w:ok "check"
    end)
  end

  it("says of a fall, or of one weekday, what is asked for, not that it fell", function()
    local function ask(points)
      plugins.write(w, "mine", 'reads = { "registers" }, api = 3, version = "1.0"', { ["init.lua"] = map,
        ["steps/visit.lua"] = ([[return step { title = "Visit", principle = "listen", because = "away",
          when = trend { name = "fall", weeks = 1, before = 1, least_possible = 2, points = %d } }]]):format(points) })
    end
    w:file("before.csv", workspace.registers { A1 = { ["2026-03-12"] = "/ \\", ["2026-03-13"] = "/ \\" } })
    w:ok "import marks before.csv --now 2026-03-18T10:00Z"
    ask(5)
    w:ok "suggest --now 2026-03-20T17:00Z"
    ask(90)
    local out = w:ok("suggest --now 2026-03-20T18:00Z"):gsub("%s+", " ")
    assert.is_truthy(out:find("it no longer holds: attendance fell from", 1, true), out)
    assert.is_truthy(out:find("90 points are asked for", 1, true), out)
  end)

  it("since an option was changed in the settings names it, from what to what", function()
    plugins.write(w, "mine", 'reads = { "registers" }, api = 3, version = "1.0", options = { least = { default = 1, '
      .. 'help = "half days" } }', { ["init.lua"] = map,
      ["steps/visit.lua"] = 'return step { title = "Visit", principle = "listen", because = "away", when = rolling '
        .. '{ name = "away", codes = "O", at_least = config.least, weeks = 2 } }' })
    workspace.write(w.dir .. "/waymark.lua", usual .. 'use "england" use "mine" { least = 9 }\n')
    assert.are.equal("it no longer holds: now 3 of 9 half days in 2 school weeks; since it was suggested, the plugin "
      .. "mine was changed, and the option least of mine was changed (what is usual to 9)", why "2026-03-19T09:00Z")
    workspace.write(w.dir .. "/waymark.lua", usual .. 'use "england" use "mine" { least = 2 }\n')
    w:ok "suggest --now 2026-03-19T10:00Z"
    workspace.write(w.dir .. "/waymark.lua", usual .. 'use "england" use "mine" { least = 8 }\n')
    assert.is_truthy(w:ok("suggest --now 2026-03-19T11:00Z"):find("suggested, the option least of mine was changed "
      .. "(2 to 8)", 1, true))
  end)

  it("since its step was taken from the road map says so", function()
    write("1.0", 1, 'return { road_map = { "call" } }')
    assert.are.equal("the step is not on the road map any more", why "2026-03-19T09:00Z")
  end)

  it("since the calendar was changed says so", function()
    local closed = usual:gsub("closed {", 'closed { "2026-03-16", "2026-03-17",')
    settings(closed)
    assert.are.equal("it no longer holds: now 0 of 1 half day in 2 school weeks; since it was suggested, the calendar "
      .. "was changed", why "2026-03-19T09:00Z")
  end)

  it("since a mark was changed names the mark", function()
    w:file("more.csv", workspace.registers { A1 = { ["2026-03-16"] = "I I", ["2026-03-17"] = "I /" } })
    w:ok "import marks more.csv --now 2026-03-19T08:00Z"
    assert.is_truthy(why("2026-03-19T09:00Z"):find("2026-03-16 AM O → I", 1, true))
  end)

  it("since time went on names nothing that did not change", function()
    w:file("more.csv", workspace.registers { A1 = workspace.present("2026-04-13", "2026-04-24"),
      B1 = workspace.present("2026-04-13", "2026-04-24") })
    w:ok "import marks more.csv --now 2026-04-24T18:00Z"
    assert.are.equal("it no longer holds: now 0 of 1 half day in 2 school weeks", why "2026-04-24T18:30Z")
  end)

  it("since a rate rose says what it is now, before the marks that were changed", function()
    write("1.0", 9, 'return { road_map = { "call" } }')
    w:file("w/plugins/mine/steps/call.lua", 'return step { title = "Call", principle = "listen", because = "low", '
      .. 'when = rate { name = "low", bands = { 90 } } }')
    w:ok "suggest --now 2026-03-18T10:00Z"
    w:file("more.csv", workspace.registers { A1 = { ["2026-03-16"] = "/ /", ["2026-03-17"] = "/ /" } })
    w:ok "import marks more.csv --now 2026-03-19T08:00Z"
    w:ok "suggest --now 2026-03-19T09:00Z"
    local rows = w:json [[sql "SELECT data ->> '$.why' AS why FROM event WHERE kind = 'suggestion.lapsed'
      AND step = 'call'"]]
    assert.equal("attendance is now 100.00 % (4 of 4 half days); 2026-03-16 AM O → /, 2026-03-16 PM O → /, "
      .. "2026-03-17 AM O → /", rows[1].why)
  end)

  it("since another concern took its place says so", function()
    w:file("more.csv", workspace.registers { A1 = { ["2026-04-14"] = "/ O", ["2026-04-15"] = "O O" } })
    w:ok "import marks more.csv --yes --now 2026-04-15T18:00Z"
    assert.are.equal("another concern has taken its place: see the new suggestion", why "2026-04-15T18:30Z")
  end)

  it("since a child came back says that the days in a row have ended, whatever else was corrected meanwhile", function()
    local step = 'return step { title = "Call", principle = "listen", because = "away", when = streak { name = "days", '
      .. 'codes = "O", at_least = 1 } }'
    w:file("w/plugins/mine/steps/call.lua", step)
    write("1.0", 9, 'return { road_map = { "call" } }')
    w:file("w/plugins/mine/steps/call.lua", step)
    local function import(day, marks)
      w:file("more.csv", workspace.registers { A1 = marks })
      w:ok(("import marks more.csv --yes --now %sT08:00Z"):format(day))
    end
    import("2026-03-20", { ["2026-03-18"] = "/ \\", ["2026-03-19"] = "O O", ["2026-03-20"] = "O O" })
    why "2026-03-20T09:00Z"
    import("2026-03-21", { ["2026-03-18"] = "I I" }) -- not one of the days in a row
    import("2026-03-21", { ["2026-03-19"] = "M M" }) -- a wrong file, and the right one again
    import("2026-03-21", { ["2026-03-19"] = "O O" })
    import("2026-03-23", { ["2026-03-23"] = "/ \\" })
    w:ok "suggest --now 2026-03-23T09:00Z"
    local rows = w:json [[sql "SELECT data ->> '$.why' AS why FROM event WHERE kind = 'suggestion.lapsed'
      AND step = 'call'"]]
    assert.are.equal("the half days in a row have ended", rows[1].why)
  end)
end)
