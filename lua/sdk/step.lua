-- step: one stop on the road map, as a checked table.
--
--   return step {
--     title = "Notice to Improve", principle = "formalise",
--     suggest = function(pupil, case) … end,   -- nil, or a reason
--     gate = function(pupil, case) … end,      -- nil, or why it should not be
--   }
--
-- `base:with { … }` gives a changed copy: how a local plugin changes one thing.
-- principle and the fields below are those of DfE, "Working together to improve
-- school attendance" (the six principles), and of the authority's road map.

local core = require "core"
local check = require "check"
local declared = require "api_fields"

local steps = {}

steps.principles = declared.choices.principle

local methods = {}
local step_mark = { __index = methods }

function steps.is_step(value) return type(value) == "table" and getmetatable(value) == step_mark end

steps.field_types = declared.choices.field_type

local function records_fault(records)
  for _, name in ipairs(check.names(records)) do
    local fault = check.value(records[name], { type = "text", choices = steps.field_types }, tostring(name))
    if fault then return "records: " .. fault end
  end
end

-- An attempt (no answer, wrong number) is an outcome that answers nothing.
local function attempts_fault(fields)
  for _, attempt in ipairs(fields.attempts or {}) do
    local fault = check.value(attempt, { choices = fields.outcomes or {} }, "attempts")
    if fault then return fault end
  end
end

function steps.new(fields)
  local fault = check.fields(fields, declared.fields.step, "step")
  if fault then error(fault, 2) end
  fault = records_fault(fields.records or {}) or attempts_fault(fields)
  if fault then error("step: " .. fault, 2) end
  if fields.scope == "school" and fields.suggest then
    error("step: a step of the school is not suggested for a pupil: leave out suggest", 2)
  end
  local copy = {}
  for name, value in next, fields do copy[name] = value end
  copy.scope = copy.scope or "pupil"
  return setmetatable(copy, step_mark)
end

function methods.with(base, changes)
  if type(changes) ~= "table" then check.arguments("step:with", base, changes) end
  local fields = {}
  for name, value in next, base do fields[name] = value end
  for name, value in next, changes do fields[name] = value end
  return steps.new(fields)
end

-- What the host is told of a step: everything but its functions.
function steps.declared(step, name, plugin)
  return {
    name = name, plugin = plugin.name, version = plugin.version, title = step.title,
    principle = step.principle, about = step.about, scope = step.scope, period = step.period,
    documents = core.array(step.documents or {}), outcomes = core.array(step.outcomes or {}),
    attempts = core.array(step.attempts or {}), records = step.records or {}, audience = step.audience,
    suggests = step.suggest ~= nil, gated = step.gate ~= nil,
  }
end

-- A road map: the names of the steps in order, with two ways to add one.
local map_methods = {}
local map_mark = { __index = map_methods }

local function position(map, name)
  for i, each in ipairs(map) do
    if each == name then return i end
  end
  error(('the road map has no step "%s"%s'):format(name, check.did_you_mean(name, map)), 3)
end

function map_methods.insert_after(map, place, name)
  if type(place) ~= "string" or type(name) ~= "string" then
    check.arguments("road_map:insert_after", map, place, name)
  end
  table.insert(map, position(map, place) + 1, name)
  return map
end

function map_methods.insert_before(map, place, name)
  if type(place) ~= "string" or type(name) ~= "string" then
    check.arguments("road_map:insert_before", map, place, name)
  end
  table.insert(map, position(map, place), name)
  return map
end

function map_methods.remove(map, name)
  if type(name) ~= "string" then check.arguments("road_map:remove", map, name) end
  table.remove(map, position(map, name))
  return map
end

local function check_names(names)
  local seen = {}
  for i, name in ipairs(names) do
    if type(name) ~= "string" or not name:find "^[a-z][a-z0-9-]*$" then
      error(("road_map: item %d is not a step's name (lower case, digits, hyphens)"):format(i), 3)
    end
    if seen[name] then error(('road_map: "%s" is there twice'):format(name), 3) end
    seen[name] = true
  end
end

function steps.road_map(names)
  check_names(names)
  local map = {}
  for i, name in ipairs(names) do map[i] = name end
  return setmetatable(map, map_mark)
end

return steps
