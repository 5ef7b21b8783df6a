-- author/diff: what a plugin that extends another changes, in words, from what both
-- declare to the host and from the texts of their templates. Of a function only that it
-- was written anew can be said.
--
--   lines(parent, own) -> { { about, what }, … }
--     parent, own = { name =, manifest =, declared =, chain = } of the two load sets; `chain`
--     is the plugins from the first that is extended to the last ({ name, manifest, files })

local core = require "waymark.core"
local plugin_forms = require "waymark.plugin.forms"
local tables = require "waymark.base.tables"
local words = require "waymark.plugin.words"
local base_words = require "waymark.base.words"
local problem = require "waymark.base.problem"
local check = core.sdk "check"
local durations = core.sdk "durations"
local manifests = core.sdk "manifest"

local diff = {}

local show
function show(value)
  if value == nil or type(value) == "table" and next(value) == nil then return "nothing" end
  if type(value) ~= "table" then return type(value) == "string" and ('"%s"'):format(value) or tostring(value) end
  if value.unit then return durations.words(value) end
  if #value > 0 then
    local items = {}
    for i, each in ipairs(value) do items[i] = type(each) == "table" and show(each) or tostring(each) end
    return table.concat(items, ", ")
  end
  local parts = {}
  for i, name in ipairs(check.names(value)) do
    local each = value[name]
    parts[i] = ("%s (%s)"):format(name, type(each) == "table" and (each.type or show(each)) or tostring(each))
  end
  return table.concat(parts, ", ")
end

local function is_same(a, b) return problem.check(core.encode(a or {})) == problem.check(core.encode(b or {})) end

local function add(lines, about, format, ...) lines[#lines + 1] = { about = about, what = format:format(...) } end

-- Lists of names -------------------------------------------------------------------

local function index(list, key)
  local by_name = {}
  for i, each in ipairs(list) do by_name[key and each[key] or each] = key and each or i end
  return by_name
end

-- The names that keep their order in both lists: a longest common subsequence. The
-- others were moved.
local function in_order(a, b)
  local length = {}
  for i = #a + 1, 1, -1 do
    length[i] = {}
    for j = #b + 1, 1, -1 do
      if i > #a or j > #b then
        length[i][j] = 0
      elseif a[i] == b[j] then
        length[i][j] = length[i + 1][j + 1] + 1
      else
        length[i][j] = math.max(length[i + 1][j], length[i][j + 1])
      end
    end
  end
  local kept, i, j = {}, 1, 1
  while i <= #a and j <= #b do
    if a[i] == b[j] then
      kept[a[i]], i, j = true, i + 1, j + 1
    elseif length[i + 1][j] >= length[i][j + 1] then
      i = i + 1
    else
      j = j + 1
    end
  end
  return kept
end

-- Steps ------------------------------------------------------------------------------

local fields = { { "title", "title" }, { "principle", "principle" }, { "about", "description" }, { "scope", "scope" },
  { "period", "period" }, { "checks", "looked at in between" }, { "documents", "documents" },
  { "outcomes", "outcomes" }, { "attempts", "outcomes that are attempts only" },
  { "goes_on", "outcomes after which the plan goes on" },
  { "wrong_number", "outcomes that say that a number is wrong" }, { "audience", "audience" },
  { "plan", "a plan, with versions" }, { "each_parent", "one for each parent" },
  { "because", "reason" },
  { "counts", "what counts during the period" },
  { "together", "of what the children of a family stand together in its letters" },
  { "tolerance", "the field that says how many are tolerated" },
  { "adds", "what is added to it while it runs" }, { "meanwhile", "what the list says while it runs" } }

-- Functions of a step, and what it means to have one.
local functions = { { "suggest", "is suggested now", "is not suggested any more" },
  { "gate", "may be held back now (gate)", "is never held back any more (no gate)" },
  { "complete", "works out what was not given now (complete)",
    "works out nothing any more (no complete)" },
  { "checklist", "has a checklist now", "has no checklist any more" },
  { "routes", "says which routes are open now", "does not say which routes are open any more" },
  { "fills", "fills words of its documents now (fills)",
    "fills no words of its documents any more (no fills)" } }

local function place_words(names, at)
  return at == 1 and "first of all" or ("after %s"):format(names[at - 1])
end

-- Fields of one record: "what is written down, amount, most: 100 → 200".
local function compare_records(lines, step, was, now)
  for _, name in ipairs(check.names(now)) do
    if not was[name] then add(lines, step, "writes down besides: %s (%s)", name, now[name].type) end
    local either = {}
    for field in next, was[name] or {} do either[field] = true end
    for field in next, was[name] and now[name] or {} do either[field] = true end
    for _, field in ipairs(was[name] and check.names(either) or {}) do
      if not is_same({ was[name][field] }, { now[name][field] }) then
        add(lines, step, "what is written down, %s, %s: %s → %s", name, (field:gsub("_", " ")), show(was[name][field]),
          show(now[name][field]))
      end
    end
  end
  for _, name in ipairs(check.names(was)) do
    if not now[name] then add(lines, step, "does not write down any more: %s (%s)", name, was[name].type) end
  end
end

local function compare_functions(lines, was, now)
  for _, each in ipairs(functions) do
    local name, added, gone = table.unpack(each)
    local flag = plugin_forms.told(name)
    if was[flag] ~= now[flag] then
      add(lines, now.name, "%s", now[flag] and added or gone)
    elseif now[flag] and was.plugin ~= now.plugin and tables.has(now.own, name) then
      add(lines, now.name, "%s is written anew by %s", name, now.plugin)
    end
  end
end

-- Of whom a step is asked that is suggested.
local function when_words(step)
  if not step.when then return "every pupil" end
  local list = table.move(step.when.rules, 1, #step.when.rules, 1, {})
  for _, name in ipairs(step.when.recorded) do list[#list + 1] = ('recorded "%s"'):format(name) end
  if step.when.anything then list[#list + 1] = "recorded()" end
  return table.concat(list, ", ")
end

local function compare_step(lines, was, now)
  local before = #lines
  for _, each in ipairs(fields) do
    local field, word = each[1], each[2]
    if not is_same({ was[field] }, { now[field] }) then
      add(lines, now.name, "%s: %s → %s", word, show(was[field]), show(now[field]))
    end
  end
  if was.suggests and now.suggests and not is_same(was.when, now.when) then
    add(lines, now.name, "asked about (when): %s → %s", when_words(was), when_words(now))
  end
  compare_records(lines, now.name, was.records or {}, now.records or {})
  compare_functions(lines, was, now)
  if was.plugin ~= now.plugin and #lines == before then
    add(lines, now.name, "comes from a file of %s; nothing of it differs", now.plugin)
  end
end

-- The steps of the road map, or the further ones.
local function part_of(steps, further)
  local list = {}
  for _, step in ipairs(steps) do
    if (step.further or false) == further then list[#list + 1] = step end
  end
  return list
end

local function compare_further(lines, was, now)
  local old, new = index(part_of(was, true), "name"), index(part_of(now, true), "name")
  local all_now = index(now, "name")
  for _, step in ipairs(part_of(now, true)) do
    if old[step.name] then compare_step(lines, old[step.name], step) else
      add(lines, step.name, "can be recorded besides, and is no stop of the road map: %s", step.title)
    end
  end
  for _, step in ipairs(part_of(was, true)) do
    if not new[step.name] and not all_now[step.name] then
      add(lines, step.name, "cannot be recorded any more: %s", step.title)
    end
  end
end

local function compare_steps(lines, was, now)
  local old, new = index(was, "name"), index(now, "name")
  local common_a, common_b, names = {}, {}, {}
  for _, step in ipairs(was) do common_a[#common_a + 1] = new[step.name] and step.name or nil end
  for i, step in ipairs(now) do
    names[i] = step.name
    common_b[#common_b + 1] = old[step.name] and step.name or nil
  end
  local kept = in_order(common_a, common_b)
  for at, name in ipairs(names) do
    if not old[name] then
      add(lines, name, "step added %s: %s (%s)", place_words(names, at), new[name].title, new[name].principle)
    else
      if not kept[name] then add(lines, name, "step moved: now %s", place_words(names, at)) end
      compare_step(lines, old[name], new[name])
    end
  end
  for _, step in ipairs(was) do
    if not new[step.name] then add(lines, step.name, "step removed: %s", step.title) end
  end
end

-- Everything else ----------------------------------------------------------------------

local function compare_lists(lines, was, now, about, meanings, added, gone)
  local old, new = index(was), index(now)
  for _, name in ipairs(now) do
    if not old[name] then add(lines, about, "%s %s", added, meanings[name] or name) end
  end
  for _, name in ipairs(was) do
    if not new[name] then add(lines, about, "%s %s", gone, meanings[name] or name) end
  end
end

local function config_of(declared, name)
  for _, each in ipairs(declared.plugins) do
    if each.name == name then return each.config or {} end
  end
  return {}
end

-- An option that a plugin declares although it has it from the one that it extends.
local function compare_declared(lines, about, was, now)
  if is_same(was, now) then return add(lines, about, "option declared again, with nothing changed") end
  if not is_same({ was.default }, { now.default }) then
    add(lines, about, "option, default: %s → %s", show(was.default), show(now.default))
  end
  local old, new = base_words.range(was) or "any", base_words.range(now) or "any"
  if old ~= new then add(lines, about, "option, range: %s → %s", old, new) end
  if was.help ~= now.help then add(lines, about, "option, help: %s → %s", show(was.help), show(now.help)) end
end

local function compare_values(lines, name, names, was, now)
  for _, option in ipairs(names) do
    if not is_same({ was[option] }, { now[option] }) then
      add(lines, ("%s.%s"):format(type(name) == "table" and name[option].plugin or name, option),
        "option set: %s → %s", show(was[option]), show(now[option]))
    end
  end
end

-- Those that are inherited once, under the plugin that declares them; then those of the
-- other plugins.
local function compare_options(lines, parent, own)
  local inherited, in_chain = manifests.options(parent.chain), {}
  for _, plugin in ipairs(parent.chain) do in_chain[plugin.name] = true end
  compare_values(lines, inherited, check.names(inherited), config_of(parent.declared, parent.name),
    config_of(own.declared, parent.name))
  for _, each in ipairs(parent.declared.plugins) do
    if not in_chain[each.name] then
      compare_values(lines, each.name, check.names(each.config or {}), each.config or {},
        config_of(own.declared, each.name))
    end
  end
  for _, name in ipairs(check.names(own.manifest.options or {})) do
    local about, option = ("%s.%s"):format(own.name, name), own.manifest.options[name]
    if inherited[name] then
      compare_declared(lines, about, inherited[name].option, option)
    else
      add(lines, about, "option added, %s: %s", show(config_of(own.declared, own.name)[name]), option.help)
    end
  end
end

local function compare_rule(lines, was, now)
  if was.kind ~= now.kind then add(lines, now.name, "rule, kind: %s → %s", was.kind, now.kind) end
  local either = {}
  for name in next, was.spec do either[name] = true end
  for name in next, now.spec do either[name] = true end
  for _, name in ipairs(check.names(either)) do
    if not is_same({ was.spec[name] }, { now.spec[name] }) then
      add(lines, now.name, "rule, %s: %s → %s", name:gsub("_", " "), show(was.spec[name]), show(now.spec[name]))
    end
  end
end

local function compare_rules(lines, parent, own)
  local old, new = {}, {}
  for _, rule in ipairs(parent.declared.rules) do old[rule.name] = rule end
  for _, rule in ipairs(own.declared.rules) do new[rule.name] = rule end
  for _, rule in ipairs(parent.declared.rules) do
    if new[rule.name] then compare_rule(lines, rule, new[rule.name]) else add(lines, rule.name, "rule removed") end
  end
  for _, rule in ipairs(own.declared.rules) do
    if not old[rule.name] then add(lines, rule.name, "rule added (%s)", rule.kind) end
  end
end

local function compare_tables(lines, was, now, about)
  for _, name in ipairs(check.names(now or {})) do
    if not is_same({ (was or {})[name] }, { now[name] }) then
      add(lines, about, "%s: %s → %s", name:gsub("_", " "), show((was or {})[name]), show(now[name]))
    end
  end
end

local function compare_reasons(lines, parent, own)
  local was, now = {}, {}
  for _, each in ipairs(parent.declared.reasons or {}) do was[each.code] = each.words end
  for _, each in ipairs(own.declared.reasons or {}) do now[each.code] = each.words end
  compare_tables(lines, was, now, "reasons")
  for _, code in ipairs(check.names(was)) do
    if not now[code] then add(lines, "reasons", "%s: taken out", code) end
  end
end

-- What is sent to the authority.
local function compare_returns(lines, was, now)
  local old, new = index(was, "name"), index(now, "name")
  for _, each in ipairs(now) do
    local before = old[each.name]
    if not before then add(lines, "returns", "list added, %s: %s", each.name, each.title) end
    for _, field in ipairs(before and { "title", "rule", "period", "words" } or {}) do
      if before[field] ~= each[field] then
        add(lines, "returns", "%s, %s: %s → %s", each.name, field, show(before[field]), show(each[field]))
      end
    end
  end
  for _, each in ipairs(was) do
    if not new[each.name] then add(lines, "returns", "list taken out, %s: %s", each.name, each.title) end
  end
end

-- Templates ----------------------------------------------------------------------------

local function lines_of(text)
  local list = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\r?\n" do list[#list + 1] = line end
  return list
end

-- How many lines of one text the other has not, the more of the two ways; and how many
-- there are.
local function count_differing(was, now)
  local count, gone, new = {}, 0, 0
  local old, own = lines_of(was), lines_of(now)
  for _, line in ipairs(old) do count[line] = (count[line] or 0) + 1 end
  for _, line in ipairs(own) do
    if (count[line] or 0) > 0 then count[line] = count[line] - 1 else new = new + 1 end
  end
  for _, left in next, count do gone = gone + left end
  return math.max(gone, new), math.max(#old, #own)
end

-- A template of the same name wins over that of the plugin that is extended.
local function compare_templates(lines, parent, own)
  local before = {}
  for _, plugin in ipairs(parent.chain) do
    for path, text in next, plugin.files do before[path] = text end
  end
  local files = own.chain[#own.chain].files
  for _, path in ipairs(check.names(files)) do
    local name = path:match "^templates/(.+)$"
    local was, now = before[path], files[path]
    if name and not was then add(lines, name, "template added") end
    if name and was == now then add(lines, name, "template: a copy, no line differs") end
    if name and was and was ~= now then
      local n, of = count_differing(was, now)
      local what = n == 0 and "template: the same lines in another order" or "template: %d of %d lines differ"
      add(lines, name, what, n, of)
    end
  end
end

function diff.lines(parent, own)
  local lines = {}
  compare_steps(lines, part_of(parent.declared.steps, false), part_of(own.declared.steps, false))
  compare_further(lines, parent.declared.steps, own.declared.steps)
  compare_options(lines, parent, own)
  compare_rules(lines, parent, own)
  compare_tables(lines, parent.declared.lists, own.declared.lists, "lists")
  compare_reasons(lines, parent, own)
  compare_returns(lines, parent.declared.returns or {}, own.declared.returns or {})
  compare_templates(lines, parent, own)
  compare_lists(lines, parent.declared.hooks, own.declared.hooks, "hooks", {}, "is told of", "is not told of")
  compare_lists(lines, parent.manifest.reads, own.manifest.reads, "grants", words.grants, "sees besides:",
    "does not see:")
  compare_lists(lines, parent.manifest.consults or {}, own.manifest.consults or {}, "grants", words.grants,
    "sees besides when one pupil is looked at:", "does not see when one pupil is looked at:")
  compare_lists(lines, parent.manifest.sends, own.manifest.sends, "grants", words.sends, "may ask besides for",
    "may not ask for")
  return lines
end

return diff
