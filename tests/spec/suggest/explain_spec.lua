-- What names the plugins behind a suggestion: explain, the list as JSON, plugin list, and
-- the digest that an event keeps of all that was in force.

local core = require "waymark.core"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local pupil = "C801200005002"
local now = "--now 2025-09-08T18:00Z "

local function new(settings, files)
  local all = { ["pupils.csv"] = "upn,surname,forename,dob\n" .. pupil .. ",Marsh,Ben,2015-06-11\n",
    ["marks.csv"] = workspace.registers { [pupil] = { ["2025-09-08"] = "N N" } } }
  for name, text in pairs(files or {}) do all[name] = text end
  local w = workspace.new { settings = settings, files = all }
  for _, kind in ipairs { "pupils", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
  return w
end

local w

after_each(function() w:remove() end)

-- The digest of a load set, from what `plugin info` says of each plugin of it, in order.
local function digest_of(names)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = ("%s %s\n"):format(name, w:json("plugin info " .. name).digest) end
  return core.system.sha256(table.concat(parts))
end

local function kept()
  return w:json [[sql "SELECT plugin, version, text AS digest FROM event v
    JOIN plugin_digest d ON d.id = v.plugin_digest ORDER BY v.id"]]
end

local own = {
  ["w/plugins/local/plugin.lua"] = 'return { name = "local", version = "2", api = 2, extends = "essex",\n'
    .. '  reads = { "registers", "cases", "pupil.dob" } }\n',
  ["w/plugins/local/init.lua"] = "return {}\n",
}

describe("the plugins behind a suggestion", function()
  it("are named where the road map is another plugin's than the step's file", function()
    w = new()
    local text = w:ok(now .. "explain Ben absence-callback")
    assert.truthy(text:find "by the plugin essex [%d.]+, step of support%-first [%d.]+\n", text)
    local answer = w:json(now .. "explain Ben absence-callback")
    assert.same({ "support-first", "essex" }, { answer.plugin, answer.road_map.plugin })
    local item = w:json(now .. "suggest")[1]
    assert.same({ "support-first", answer.road_map }, { item.plugin, item.road_map })
  end)

  it("are said to be used, through which", function()
    w = new()
    local text = w:ok "plugin list"
    assert.truthy(text:find "\nessex +%S+ +ships with Waymark +yes ", text)
    assert.truthy(text:find "\nsupport%-first +%S+ +ships with Waymark +through essex ", text)
    assert.truthy(text:find "\nnorfolk +%S+ +ships with Waymark +%u", text)
  end)

  it("are proved by one digest over all of them, in suggestions and in entries", function()
    w = new()
    w:ok(now .. "suggest")
    w:ok(now .. "record Ben absence-callback --outcome spoke")
    local digest = digest_of { "england", "support-first", "essex" }
    for _, event in ipairs(kept()) do assert.same({ "support-first", digest }, { event.plugin, event.digest }) end
    assert.equal(2, #kept())
    assert.equal(digest, w:json("plugin info essex").set_digest)
  end)

  it("have another digest once any of them is changed", function()
    w = new(workspace.essex:gsub('use "essex"', 'use "local"'), own)
    w:ok(now .. "record Ben absence-callback --outcome spoke")
    w:file("w/plugins/local/init.lua", "return {} -- changed\n")
    w:ok(now .. "record Ben absence-callback --outcome spoke")
    local first, second = kept()[1], kept()[2]
    assert.are_not.equal(first.digest, second.digest)
    assert.equal(second.digest, digest_of { "england", "support-first", "essex", "local" })
    assert.same({ first.plugin, first.version }, { second.plugin, second.version })
  end)
end)

describe("the summary of suggestions", function()
  it("names the stops of the road map alone: nothing that is only ever recorded", function()
    w = new()
    local text = w:ok(now .. "suggest")
    assert.truthy(text:find("Legal intervention", 1, true))
    assert.falsy(text:find("Penalty notice", 1, true), text)
  end)
end)

-- A step with a checklist and routes; `list` and `routes` are the inside of its functions.
local function deciding(list, routes)
  w = plugins.school()
  plugins.write(w, "mine", 'reads = { "registers" }, consults = { "contacts" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit('"away"', ([[
      checklist = function(pupil) %s end,
      routes = function(pupil) %s end,
    ]]):format(list, routes)) })
  plugins.use(w, 'use "england" use "mine"')
end

local items = [[return {
  { item = "marks", there = true, words = "all " .. pupil:mark("2026-03-17", "AM") },
  { item = "a contract", there = false, needed = true },
  { item = "a note", there = false, needed = false, words = "by " .. today } }]]
local ways = [[local mother = pupil.contacts[1].id return {
  { contact = mother, route = "first notice", open = false, words = "two were issued", from = "2026-05-01" },
  { contact = mother, route = "court", open = true } }]]

local visit = "explain A1 visit" .. plugins.day

describe("explain of a step that decides", function()
  it("says what is there, what is missing, and the routes of each parent", function()
    deciding(items, ways)
    local text = w:ok(visit)
    assert.truthy(text:find([[
What is there, and what is missing:
  there    marks: all O
  missing  a contract
  not yet  a note: by 2026-03-20
Routes, for each parent:
  Annabella Milbanke
    not open  first notice: two were issued (from Friday 1 May 2026)
    possible by the figures  court
]], 1, true), text)
  end)

  it("calls a route open only when all that is needed is there and no gate holds the step back", function()
    local standing = require "waymark.ask.consult".standing
    local missing, optional = { needed = true, there = false }, { needed = false, there = false }
    local possible = { open = true }
    assert.same({ "open", "open", "possible by the figures", "possible by the figures", "not open" },
      { standing(possible), standing(possible, { optional }), standing(possible, { optional, missing }),
        standing(possible, {}, "not yet"), standing({ open = false }, {}) })
  end)

  it("gives both to programs, with the parents' names", function()
    deciding(items, ways)
    local answer = w:json(visit)
    assert.same({ item = "a contract", there = false, needed = true }, answer.checklist[2])
    assert.same({ "Annabella Milbanke", "first notice", false, "2026-05-01" }, { answer.routes[1].parent,
      answer.routes[1].route, answer.routes[1].open, answer.routes[1].from })
  end)

  it("sees the registers as they were known at the time that is asked for", function()
    deciding(items, "return {}")
    local words = w:json("explain A1 visit --known-at 2026-03-17T09:00 --as-of 2026-03-20").checklist[1].words
    assert.equal("all ", words) -- nothing was known yet
  end)

  it("answers as it can where the step fails, and ends with 3", function()
    deciding('error "no such list"', ways)
    local got = w:expect(3, visit)
    assert.truthy(got.out:find("Suggested: away", 1, true), got.out)
    assert.truthy(got.err:find("no such list", 1, true), got.err)
  end)
end)
