-- plugin_diff: what a plugin that extends another changes, in words, from what both
-- declare to the host. Functions are not compared: of a step that has a file of its
-- own it is said that it has.
--
--   lines(parent, own) -> { { about, what }, … }
--     parent, own = { name =, manifest =, declared = } of the two load sets

local core = require "waymark.core"
local words = require "waymark.plugin_words"
local check = core.sdk "check"
local durations = core.sdk "durations"

local diff = {}

local function show(value)
  if value == nil or type(value) == "table" and next(value) == nil then return "nothing" end
  if type(value) ~= "table" then return type(value) == "string" and ('"%s"'):format(value) or tostring(value) end
  if value.unit then return durations.words(value) end
  if #value > 0 then return table.concat(value, ", ") end
  local parts = {}
  for i, name in ipairs(check.names(value)) do parts[i] = ("%s (%s)"):format(name, tostring(value[name])) end
  return table.concat(parts, ", ")
end

local function is_same(a, b) return assert(core.encode(a or {})) == assert(core.encode(b or {})) end

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

local function names_of(steps)
  local names = {}
  for i, step in ipairs(steps) do names[i] = step.name end
  return names
end

-- Steps ------------------------------------------------------------------------------

local fields = { { "title", "title" }, { "principle", "principle" }, { "about", "description" }, { "scope", "scope" },
  { "period", "period" }, { "documents", "documents" }, { "outcomes", "outcomes" },
  { "attempts", "outcomes that are attempts only" }, { "records", "what is written down besides" },
  { "audience", "audience" } }

local function place_words(names, at)
  return at == 1 and "first of all" or ("after %s"):format(names[at - 1])
end

local function compare_step(lines, was, now)
  local before = #lines
  for _, each in ipairs(fields) do
    local field, word = each[1], each[2]
    if not is_same(was[field], now[field]) then
      add(lines, now.name, "%s: %s → %s", word, show(was[field]), show(now[field]))
    end
  end
  if was.suggests ~= now.suggests then
    add(lines, now.name, now.suggests and "is suggested now" or "is not suggested any more")
  end
  if was.gated ~= now.gated then
    add(lines, now.name, now.gated and "may be held back now (gate)" or "is never held back any more (no gate)")
  end
  if was.plugin ~= now.plugin then
    local also = #lines > before and "" or "; nothing that it declares differs"
    add(lines, now.name, "comes from a file of %s: its reasons may differ%s", now.plugin, also)
  end
end

local function compare_steps(lines, was, now)
  local a, b = names_of(was), names_of(now)
  local old, new = index(was, "name"), index(now, "name")
  local common_a, common_b = {}, {}
  for _, name in ipairs(a) do common_a[#common_a + 1] = new[name] and name or nil end
  for _, name in ipairs(b) do common_b[#common_b + 1] = old[name] and name or nil end
  local kept = in_order(common_a, common_b)
  for at, name in ipairs(b) do
    if not old[name] then
      add(lines, name, "step added %s: %s (%s)", place_words(b, at), new[name].title, new[name].principle)
    else
      if not kept[name] then add(lines, name, "step moved: now %s", place_words(b, at)) end
      compare_step(lines, old[name], new[name])
    end
  end
  for _, name in ipairs(a) do
    if not new[name] then add(lines, name, "step removed: %s", old[name].title) end
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

local function compare_options(lines, parent, own)
  for _, each in ipairs(parent.declared.plugins) do
    local was, now = each.config or {}, config_of(own.declared, each.name)
    for _, name in ipairs(check.names(was)) do
      if not is_same({ was[name] }, { now[name] }) then
        add(lines, ("%s.%s"):format(each.name, name), "option set: %s → %s", show(was[name]), show(now[name]))
      end
    end
  end
  for _, name in ipairs(check.names(own.manifest.options or {})) do
    add(lines, ("%s.%s"):format(own.name, name), "option added, %s: %s", show(config_of(own.declared, own.name)[name]),
      own.manifest.options[name].help)
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
  for _, rule in ipairs(own.declared.rules) do
    new[rule.name] = rule
    if old[rule.name] then
      compare_rule(lines, old[rule.name], rule)
    else
      add(lines, rule.name, "rule added (%s)", rule.kind)
    end
  end
  for _, rule in ipairs(parent.declared.rules) do
    if not new[rule.name] then add(lines, rule.name, "rule removed") end
  end
end

local function compare_tables(lines, was, now, about)
  for _, name in ipairs(check.names(now or {})) do
    if not is_same({ (was or {})[name] }, { now[name] }) then
      add(lines, about, "%s: %s → %s", name:gsub("_", " "), show((was or {})[name]), show(now[name]))
    end
  end
end

local function reasons_by_code(declared)
  local by_code = {}
  for _, each in ipairs(declared.reasons or {}) do by_code[each.code] = each.words end
  return by_code
end

local function compare_reasons(lines, parent, own)
  local was, now = reasons_by_code(parent.declared), reasons_by_code(own.declared)
  compare_tables(lines, was, now, "reasons")
  for _, code in ipairs(check.names(was)) do
    if not now[code] then add(lines, "reasons", "%s: taken out", code) end
  end
end

function diff.lines(parent, own)
  local lines = {}
  compare_steps(lines, parent.declared.steps, own.declared.steps)
  compare_options(lines, parent, own)
  compare_rules(lines, parent, own)
  compare_tables(lines, parent.declared.lists, own.declared.lists, "lists")
  compare_reasons(lines, parent, own)
  compare_lists(lines, parent.declared.hooks, own.declared.hooks, "hooks", {}, "is told of", "is not told of")
  compare_lists(lines, parent.manifest.reads, own.manifest.reads, "grants", words.grants, "sees besides:",
    "does not see:")
  compare_lists(lines, parent.manifest.sends, own.manifest.sends, "grants", words.sends, "may ask besides for",
    "may not ask for")
  return lines
end

return diff
