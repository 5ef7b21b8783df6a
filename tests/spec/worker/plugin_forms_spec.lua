-- The closed forms of what plugins answer: what the plugins that ship with Waymark declare is
-- taken, and so is what a worker may answer besides; whatever is changed in them is refused,
-- and nothing raises.

local chance = require "tests.support.chance"
local core = require "waymark.core"
local finder = require "waymark.plugin"
local jobs = require "waymark.plugin.worker"
local lfs = require "lfs"
local plugin_forms = require "waymark.plugin.forms"

local seeds = "tests/fuzz/seeds/fuzz_answer/"

-- Answers that are taken -----------------------------------------------------------

-- What a load set declares, as its worker answers it, before anything is made of it.
local function declared(name)
  local set = finder.load_set(name, { known = {} })
  local request = jobs.request(set, {}, "2000-01-01")
  request.kind = "declare"
  local job <close> = assert(jobs.start(jobs.declare_limits))
  local answer, outcome = jobs.load(job, request, jobs.declare_limits)
  return assert(answer, outcome and outcome.message)
end

local function copy_of(value) return assert(core.decode(assert(core.encode(value)))) end

local good = {} -- { kind, answer }, …

local function add(kind, answer) good[#good + 1] = { kind = kind, answer = answer } end

setup(function()
  add("declared", declared "essex")
  for name in lfs.dir(seeds) do
    local kind = name == "manifest" and "declared" or name:match "^%l+"
    if kind == "declared" or kind == "effects" or kind == "consulted" then
      local file <close> = assert(io.open(seeds .. name, "rb"))
      add(kind, assert(core.decode((file:read "a":sub(2)))))
    end
  end
end)

-- Changing them ----------------------------------------------------------------------

-- What a plugin may fill as it likes; and what may be left out, or is one of several.
local free = { "%.spec%f[.\0]", "%.config%f[.\0]", "%.default%f[.\0]", "%.choices%.", "%.body%f[.\0]" }

local function is_free(path)
  for _, pattern in ipairs(free) do
    if path:find(pattern) then return true end
  end
  return false
end

-- Places in an answer, a few of each path: { inside = table, key, path }
local function places_of(value, path, list, seen)
  for key, each in next, value do
    local here = path .. "." .. (type(key) == "number" and "#" or key)
    seen[here] = (seen[here] or 0) + 1
    if seen[here] <= 2 then list[#list + 1] = { inside = value, key = key, path = here } end
    if type(each) == "table" then places_of(each, here, list, seen) end
  end
  return list
end

local function json_type(value)
  if type(value) ~= "table" then return math.type(value) or type(value) end
  return (value[1] ~= nil or getmetatable(value) == false) and "list" or "map"
end

local others = { string = "x", integer = 7, float = 0.5, boolean = true, list = core.array { "x" }, map = { x = 1 } }

-- Types that a field may have besides its own.
local function may_be(kind, path, was, becomes)
  local number = { integer = true, float = true }
  if path:find "%.least$" or path:find "%.most$" then return number[becomes] end
  if kind == "declared" and path:find "%.lists%.[%w_]+$" then return false end
  if kind ~= "consulted" then return false end
  if path:find "^%.fields%.[%w_]+$" then return becomes ~= "map" end
  return path:find "^%.fields%.[%w_]+%.#$" and (was == "string" or was == "map") and becomes == "string"
end

local function refused(kind, answer, what)
  assert.is_false(plugin_forms.fits(kind, answer), what)
end

describe("the form of a plugin's answer", function()
  it("is that of what the plugins here declare, and of every other kind of answer", function()
    assert.is_true(#good > 10)
    for _, each in ipairs(good) do
      assert.is_true(plugin_forms.fits(each.kind, each.answer), core.encode(each.answer):sub(1, 300))
    end
  end)

  it("knows each question's field", function()
    local names = {}
    for _, what in ipairs { "complete", "checklist", "routes", "fills" } do
      names[#names + 1] = plugin_forms.told(what)
    end
    assert.same({ "completes", "lists", "routes", "fills" }, names)
    assert.is_nil(plugin_forms.told "about")
    assert.is_nil(plugin_forms.told "made-up")
  end)

  it("is left by a value of another type, wherever it lies", function()
    local tried = 0
    for _, each in ipairs(good) do
      for _, at in ipairs(places_of(each.answer, "", {}, {})) do
        local was = at.inside[at.key]
        for becomes, value in next, others do
          local kind = json_type(was)
          if kind ~= becomes and not is_free(at.path) and not may_be(each.kind, at.path, kind, becomes) then
            at.inside[at.key] = value
            refused(each.kind, each.answer, ("%s: %s as %s"):format(each.kind, at.path, becomes))
            tried = tried + 1
          end
        end
        at.inside[at.key] = was
      end
    end
    assert.is_true(tried > 1500, tostring(tried))
  end)

  it("is left by a field more, wherever it lies", function()
    local tried = 0
    for _, each in ipairs(good) do
      local whole = { inside = { answer = each.answer }, key = "answer", path = "" }
      local all = places_of(each.answer, "", { whole }, {})
      for _, at in ipairs(all) do
        local map = at.inside[at.key]
        local own_names = each.kind == "consulted" and (at.path:find "^%.fields" or at.path:find "^%.words")
        if json_type(map) == "map" and not is_free(at.path) then
          map.further_field = own_names and function() end or 1
          refused(each.kind, each.answer, at.path)
          map.further_field = nil
          map["\27[2J"] = map[next(map)]
          if next(map) then refused(each.kind, each.answer, at.path) end
          map["\27[2J"] = nil
          tried = tried + 1
        end
      end
    end
    assert.is_true(tried > 100, tostring(tried))
  end)

  -- What is needed: whatever a record of the shipped plugins always has.
  it("is left when a step, a manifest, a rule or an item of a list has not all that it needs", function()
    local needed = { plugins = { "name", "version", "api", "requires", "reads", "consults", "sends", "options" },
      rules = { "plugin", "name", "kind", "spec" }, codes = { "text", "class", "meaning", "physical" },
      reasons = { "code", "words" }, returns = { "name", "title", "rule", "period" },
      steps = { "name", "plugin", "version", "title", "principle", "scope", "documents", "outcomes", "attempts",
        "records", "suggests", "gated", "further", "own", "plan", "each_parent", "checks", "completes", "lists",
        "routes", "fills" },
      checklist = { "item", "there", "needed" }, routes = { "contact", "route", "open" },
      effects = { "event", "number", "kind", "body" } }
    local seen = {}
    for _, each in ipairs(good) do
      for part, names in next, needed do
        local list = each.answer[part]
        for _, record in ipairs(type(list) == "table" and list or {}) do
          for _, name in ipairs(names) do
            local was = record[name]
            record[name] = nil
            refused(each.kind, each.answer, part .. "." .. name)
            record[name], seen[part] = was, true
          end
        end
      end
      if each.answer.plugins then
        for _, part in ipairs { "rules", "codes", "steps", "reasons", "lists", "returns", "hooks" } do
          local was = each.answer[part]
          each.answer[part] = nil
          refused(each.kind, each.answer, part)
          each.answer[part] = was
        end
      end
    end
    for part in next, needed do assert.is_true(seen[part], part) end
  end)

  it("has bounds: of items, of texts, of names", function()
    local function many(n, item)
      local list = core.array {}
      for i = 1, n do list[i] = item end
      return list
    end
    local item = { item = "a", there = true, needed = false }
    local note = { event = 1, number = 1, kind = "note", body = { text = "x" } }
    local map = {}
    for i = 1, 201 do map["f" .. i] = "x" end
    for _, each in ipairs { { "consulted", { checklist = many(200, item) }, { checklist = many(201, item) } },
      { "consulted", { why = ("x"):rep(500) }, { why = ("x"):rep(501) } },
      { "consulted", { failed = ("x"):rep(4096) }, { failed = ("x"):rep(4097) } },
      { "consulted", { words = { a = ("x"):rep(16384) } }, { words = { a = ("x"):rep(16385) } } },
      { "consulted", { fields = { a = 1 } }, { fields = map } },
      { "consulted", { fields = { [("n"):rep(100)] = 1 } }, { fields = { [("n"):rep(101)] = 1 } } },
      { "consulted", { fields = { a = many(200, "x") } }, { fields = { a = many(201, "x") } } },
      { "consulted", { routes = { { contact = 1, route = "a", open = true, from = "2026-05-01" } } },
        { routes = { { contact = 1, route = "a", open = true, from = "01/05/2026" } } } },
      { "effects", { effects = many(10000, note) }, { effects = many(10001, note) } },
      { "effects", { effects = core.array {}, failed = { event = 1, message = "x" } },
        { effects = { note }, failed = { event = 1, message = "x" } } },
      { "effects", { effects = { note } },
        { effects = { { event = 1, number = 1, kind = "note", body = { text = ("x"):rep(65536) } } } } },
      { "effects", { effects = { note } }, { effects = { { event = 0, number = 1, kind = "note", body = {} } } } },
      { "effects", { effects = { note } }, { effects = { { event = 1, number = 1, kind = "http", body = {} } } } },
    } do
      local kind, fine, wrong = table.unpack(each)
      assert.is_true(plugin_forms.fits(kind, fine), core.encode(fine):sub(1, 60))
      refused(kind, wrong, core.encode(wrong):sub(1, 60))
    end
  end)

  it("raises for nothing, and takes nothing that is not an answer", function()
    local random = chance.new(20260320)
    local names = { "plugins", "steps", "name", "records", "period", "or_sooner", "unit", "n", "checks", "effects",
      "failed", "fields", "why", "routes", "contact", "\27", "" }
    local leaves = { 0, -1, 1 << 62, 0.5, "", "x", "2026-13-01", true, false }
    local function anything(depth)
      local roll = random:whole(1, depth > 0 and 4 or 2)
      if roll <= 2 then return random:one_of(leaves) end
      local value = core.array {}
      if roll == 4 then value = {} end
      for _ = 1, random:whole(0, 4) do
        value[roll == 4 and random:one_of(names) or #value + 1] = anything(depth - 1)
      end
      return value
    end
    for _, each in ipairs(good) do
      for _ = 1, 40 do
        local answer = copy_of(each.answer)
        for _ = 1, random:whole(1, 3) do
          local at = random:one_of(places_of(answer, "", {}, {}))
          at.inside[at.key] = anything(3)
        end
        assert.is_boolean(plugin_forms.fits(each.kind, answer))
      end
    end
    for _ = 1, 3000 do
      local answer = anything(4)
      for _, kind in ipairs { "declared", "effects", "consulted" } do
        if type(answer) == "table" then assert.is_boolean(plugin_forms.fits(kind, answer)) end
      end
    end
  end)
end)
