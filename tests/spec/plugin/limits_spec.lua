-- What a plugin may declare and cause is bounded: over a limit one line names the plugin and it.

local core = require "waymark.core"
local limits = core.sdk "limits"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)
before_each(function()
  plugins.clear(w)
  plugins.use(w, 'use "england" use "mine"')
end)

local function rolling(name, n)
  return ('for i = 1, %d do rolling { name = "%s-" .. i, codes = "O", at_least = 1, weeks = 4 } end\n'):format(n, name)
end

local function refused(init, words, files)
  files = files or {}
  files["init.lua"] = init
  plugins.write(w, "mine", 'reads = { "registers", "cases" }, sends = { "note" }', files)
  local err = plugins.refusal(w, "plugin info mine")
  assert.truthy(err:find("^waymark: the plugin mine cannot be used"), err)
  assert.truthy(err:find(words, 1, true) and err:find("; see: waymark help limits", 1, true), err)
end

it("what is declared", function()
  refused('for i = 1, 101 do count { name = "r" .. i, codes = "O", at_least = 1, weeks = 4 } end',
    "mine/init.lua:1: too many: at most 100 rules of a plugin")
  refused(rolling("r", 17), "mine/init.lua:1: too many: at most 16 rules over rolling school weeks of a plugin")
  refused('local map = {} for i = 1, 61 do map[i] = "s" .. i end return { road_map = map }',
    "mine/init.lua: road_map: too many: at most 60 steps of a road map, and as many further ones")
  refused(plugins.map, "outcomes: too many: at most 500 items", { ["steps/visit.lua"] =
    'local many = {} for i = 1, 501 do many[i] = "o" .. i end '
    .. 'return step { title = "T", principle = "listen", outcomes = many }' })
  refused(plugins.map, "records: too many: at most 500 items", { ["steps/visit.lua"] =
    'local many = {} for i = 1, 501 do many["r" .. i] = "text" end '
    .. 'return step { title = "T", principle = "listen", records = many }' })
  refused(('return { reasons = (function() local l = {} for i = 1, %d do l[i] = { "r" .. i, ("x"):rep(190) } end '
    .. "return l end)() }"):format(6000), "too many: at most 1000000 bytes of all that a plugin declares")
end)

it("what is as much as may be is taken, and the other way round a step is named", function()
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = rolling("r", 16) .. plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  local step = [[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local e, more = pupil:count(absent), {}
  for i = 1, %d do more[i] = e end
  return e:because("x", table.unpack(more)) end }]]
  w:file("w/plugins/mine/steps/visit.lua", step:format(9))
  assert.equal(2, #plugins.suggested(w))
  w:file("w/plugins/mine/steps/visit.lua", step:format(10))
  local err = plugins.failures(w)
  assert.truthy(err:find("the plugin mine 0.3 failed, step visit, for Ada Byron", 1, true), err)
  assert.truthy(err:find("because: too many: at most 10 pieces of evidence of one reason", 1, true), err)
end)

-- A school of so many pupils, who have these marks, with `mine` in use.
local function large_school(n, days)
  local marks, pupils = {}, { "upn,surname,forename" }
  for i = 1, n do
    pupils[i + 1] = ("P%03d,Moss,Ben %d"):format(i, i)
    marks[("P%03d"):format(i)] = days
  end
  local large = workspace.new { files = { ["pupils.csv"] = table.concat(pupils, "\n") .. "\n",
    ["marks.csv"] = workspace.registers(marks) } }
  large:ok "import pupils pupils.csv"
  large:ok "import marks marks.csv"
  plugins.use(large, 'use "england" use "mine"')
  return large
end

it("bytes of evidence of a reason, and of a step for one school", function()
  local days, day = {}, "2025-09-02"
  while day <= "2026-03-20" do
    local is_closed = core.date.weekday(day) > 5 or day > "2025-10-23" and day < "2025-11-04"
      or day > "2025-12-19" and day < "2026-01-05" or day > "2026-02-13" and day < "2026-02-23"
    if not is_closed then days[day] = "O O" end
    day = core.date.add(day, 1)
  end
  local large = large_school(230, days)
  local function said(n)
    plugins.write(large, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = ([[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 60 }
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local e, more = pupil:count(absent), {}
  for i = 1, %d do more[i] = e end
  return e:because("x", table.unpack(more)) end }]]):format(n) })
    return large:expect(3, "suggest --dry-run --format json" .. plugins.day).err
  end
  local err = said(9)
  assert.truthy(err:find("because: too many: at most 50000 bytes of the half days in the evidence of", 1, true), err)
  assert.truthy(err:find("step visit, for Ben 1 Moss and for", 1, true), err)
  err = said(7)
  assert.truthy(err:find("failed, step visit: too many: at most 10000000 bytes of the same of a step for one school "
    .. "in one run; see: waymark help limits; nothing of this step is kept", 1, true), err)
  large:remove()
end)

it("suggestions of a step whose concern is another one each day", function()
  local large = large_school(240, { ["2026-03-02"] = "O O" })
  plugins.write(large, "mine", 'api = 3, reads = { "registers" }', {
    ["init.lua"] = 'return { road_map = { "visit", "tea" } }',
    ["steps/visit.lua"] = 'local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }\n'
      .. 'return step { title = "Visit", principle = "listen", suggest = function(pupil)\n'
      .. 'local r = pupil:count(absent):because "x" r.concern = "day " .. today return r end }',
    ["steps/tea.lua"] = 'local here = count { name = "here", codes = "O", at_least = 1, weeks = 4 }\n'
      .. 'return step { title = "Tea", principle = "listen", when = here, because = "x" }' })
  for day = 3, 9 do
    local r = large:run(("suggest --format json --as-of 2026-03-%02d --now 2026-03-%02dT17:00Z"):format(day, day))
    if day < 8 then
      assert.same({ 0, 480 }, { r.status, #core.decode(r.out) }, r.err)
    else
      assert.equal("waymark: the plugin mine 0.3 failed, step visit: too many: at most 5 suggestions of a step in four "
        .. "weeks for each pupil of a school (at least 200), on average; see: waymark help limits; nothing of this "
        .. "step is kept, the others went on; see: waymark plugin check mine\n", r.err)
      assert.equal(240, #core.decode(r.out))
    end
  end
  assert.same({ { step = "tea", n = 240 }, { step = "visit", n = 1200 } },
    large:json [[sql "SELECT step, count(*) AS n FROM event WHERE kind = 'suggestion.made' GROUP BY step"]])
  large:remove()
end)

it("rules over rolling school weeks of all plugins together", function()
  local uses = { 'use "england"' }
  for i = 1, 5 do
    plugins.write(w, "many-" .. i, "", { ["init.lua"] = rolling("m" .. i, 16) })
    uses[#uses + 1] = ('use "many-%d"'):format(i)
  end
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  plugins.use(w, table.concat(uses, " ") .. ' use "mine"')
  local err = plugins.refusal(w, "figures" .. plugins.day)
  local words = "waymark: the plugins in use, with many-5 the last: too many: at most 64 rules over"
  assert.truthy(err:find(words, 1, true), err)
  w:ok("suggest --dry-run" .. plugins.day) -- nobody is told of them
end)

it("thresholds are told of for a road map and for a hook that asks, and for nobody else", function()
  local function told()
    w:ok("suggest" .. plugins.day)
    return w:json([[sql "SELECT count(*) AS n FROM events WHERE kind = 'threshold.met'
      AND concern LIKE 'quiet%'"]])[1].n
  end
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  plugins.write(w, "quiet", "", { ["init.lua"] = rolling("quiet", 2) })
  plugins.use(w, 'use "england" use "quiet" use "mine"')
  assert.equal(0, told())
  plugins.write(w, "quiet", "", { ["init.lua"] = rolling("quiet", 2) .. 'on("threshold.met", function() end)' })
  assert.equal(4, told())
  assert.truthy(w:ok("figures --format csv" .. plugins.day):find("quiet_1", 1, true))
end)

it("hooks of a plugin, and the mails that they ask for of one pupil in one run", function()
  refused('for i = 1, 101 do on("suggestion.made", function() end) end', "mine/init.lua:1: too many: at most 100 hooks")
  local mails = 'on("suggestion.made", function() local list = {} for i = 1, 20 do '
    .. 'list[i] = mail { to = staff "head", subject = "x", template = "t", data = { x = ("x"):rep(%d) } } end '
    .. "return list end)"
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = 'return { road_map = { "a", "b", "c", "d" } }',
    ["steps/a.lua"] = plugins.visit "'x'", ["steps/b.lua"] = (plugins.visit "'x'"):gsub('"absent"', '"b"'),
    ["steps/c.lua"] = (plugins.visit "'x'"):gsub('"absent"', '"c"'),
    ["steps/d.lua"] = (plugins.visit "'x'"):gsub('"absent"', '"d"') })
  plugins.write(w, "mailer", 'sends = { "mail" }', { ["init.lua"] = mails:format(1), ["templates/t.txt"] = "hello" })
  plugins.use(w, 'staff { head = "Jo Marsh <jo@oakfield.example>" } use "england" use "mine" use "mailer"')
  local err = w:expect(3, "suggest" .. plugins.day).err
  assert.truthy(err:find("the plugin mailer 0.3 failed", 1, true), err)
  assert.truthy(err:find("too many: at most 40 mails by a plugin about one pupil in one run", 1, true), err)
  w:file("w/plugins/mailer/init.lua", mails:format(60000))
  err = w:expect(3, "suggest" .. plugins.day).err
  assert.truthy(err:find('mailer: on("suggestion.made"): too many: at most 4000000 bytes of all effects of a hundred '
    .. "events", 1, true), err)
end)

it("notes by a hook in one run", function()
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = 'return { road_map = { "call" } }',
    ["steps/call.lua"] = plugins.visit "'x'" })
  local hook = 'on("suggestion.made", function() local list = {} for i = 1, %d do list[i] = note { text = "n" } end '
    .. "return list end)"
  plugins.use(w, 'use "england" use "mine" use "noter"')
  plugins.write(w, "noter", 'sends = { "note" }', { ["init.lua"] = hook:format(11) })
  local err = w:expect(3, "suggest" .. plugins.day).err
  assert.truthy(err:find("the plugin noter 0.3 failed", 1, true), err)
  assert.truthy(err:find("too many: at most 10 notes and reviews by a plugin for one pupil in one run", 1, true), err)
end)

it("the manual lists each", function()
  local shown, page = w:ok "help limits", workspace.read "plugins/README.md"
  assert.equal(2000000, core.store.case_most)
  for _, text in ipairs { shown, page } do
    assert.truthy(text:find("told of the latest entries that fit into 2,000,000 bytes", 1, true), text)
  end
  for _, each in ipairs(limits.list) do
    local number = tostring(each[2]):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
    assert.truthy(shown:gsub("%s+", " "):find(number .. " " .. each[3], 1, true), each[1])
    assert.truthy(page:find(("| %s | %s |"):format(number, each[3]), 1, true), each[1])
  end
end)
