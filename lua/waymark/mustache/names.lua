-- mustache/names: is every name of a template there, and used as what it is? Looked at
-- without a view, so that a name in a section that is not shown today is found too.
--
-- The names that there are (`known`) are a table, name by name:
--   true                    a text
--   "raw"                   HTML of the host's own, put in with {{{name}}} and only so
--   { name = …, … }         a table
--   { … , [check.own] = true }   a table that has a text too
--   { [1] = … }             a list: what each item has (true: a text, {{.}})
--   { [check.any] = … }     names that cannot be known before
--   { [check.withheld] = a problem, "it needs the grant …" }   there, and not for this plugin
--
-- In a section the names outside it are there too, as mustache finds them.

local core = require "waymark.core"
local parse = require "waymark.mustache.parse"
local problem = require "waymark.base.problem"

local check = {}

check.own, check.any, check.withheld = { "own" }, { "any" }, { "withheld" }

local most_nodes = 200000
local most_bytes = 8 * 1024 * 1024 -- of all parts, with the blanks before their lines

-- Partials -----------------------------------------------------------------------------

-- The text of a partial as it stands in its place. -> text | nil, fault
local function indented(state, name, text, indent)
  local _, lines = text:gsub("[^\n]+", "")
  state.taken = (state.taken or 0) + #text + lines * #indent
  if state.taken > most_bytes then
    return nil, problem.at(name, 1, "its parts come to more than %d MB", most_bytes // 1024 // 1024)
  end
  return indent == "" and text or (text:gsub("[^\n]+\n?", function(line) return indent .. line end))
end

-- The template of a partial, parsed once for each indent. `state` has { read, options }.
-- -> template | nil (there is none) | nil, fault
function check.partial(state, node)
  local text, name
  if state.options.partials then text, name = state.options.partials(node.name) end
  if not text then return nil end
  name = name or node.name
  local key = node.indent .. ">" .. name
  if not state.read[key] then
    local whole, fault = indented(state, name, text, node.indent)
    if not whole then return nil, fault end
    local template, why = parse(whole, name)
    if not template then return nil, why end
    state.read[key] = template
  end
  return state.read[key]
end

-- Looking names up -----------------------------------------------------------------------

local function kind_of(known)
  if type(known) ~= "table" then return known end
  if known[check.withheld] then return "withheld" end
  if known[1] ~= nil then return "list" end
  return "table"
end

local function field(known, name)
  if kind_of(known) ~= "table" then return nil end
  local found = known[name]
  if found == nil then found = known[check.any] end
  return found
end

-- What a path leads to | nil; second, the part of it that is a list or is withheld.
local function find(stack, path)
  if #path == 0 then return stack[#stack] end
  local found, whole = nil, path[1]
  for i = #stack, 1, -1 do
    found = field(stack[i], path[1])
    if found ~= nil then break end
  end
  for i = 2, #path do
    local kind = kind_of(found)
    if kind == "withheld" then return found, whole end
    if kind == "list" then return nil, whole end
    found, whole = field(found, path[i]), whole .. "." .. path[i]
  end
  return found
end

local function add_names(names, known, prefix, depth)
  if kind_of(known) ~= "table" or depth > 4 then return end
  for name, inner in next, known do
    if type(name) == "string" then
      names[prefix .. name] = true
      add_names(names, inner, prefix .. name .. ".", depth + 1)
    end
  end
end

local function names_of(stack)
  local names, list = {}, {}
  for _, known in ipairs(stack) do add_names(names, known, "", 1) end
  for name in next, names do list[#list + 1] = name end
  table.sort(list)
  return list
end

-- Faults ----------------------------------------------------------------------------------

local function fail(state, template, node, ...) state.fault = problem.at(template.name, node.line, ...) end

-- The same of a name that is not there, with the nearest that is.
local function fail_unknown(state, template, node, words, name, names)
  local nearest = core.nearest(name, names)
  fail(state, template, node, "%s", words)
  state.fault.todo = nearest and ('did you mean "%s"?'):format(nearest)
end

local function written(node) return node.raw and ("{{{%s}}}"):format(node.name) or ("{{%s}}"):format(node.name) end

-- What the tag's name leads to | nil, when there is none; then the fault is kept.
local function look_up(state, template, node)
  local found, part = find(state.stack, node.path)
  if kind_of(found) == "withheld" then
    fail(state, template, node, "%s: %s", written(node), found[check.withheld].what)
    state.fault.todo = found[check.withheld].todo
    return nil
  end
  if found ~= nil then return found end
  if part then
    fail(state, template, node, "%s: %s is a list; write {{#%s}} … {{/%s}} around its names", written(node), part,
      part, part)
  else
    fail_unknown(state, template, node, "there is nothing to fill in for " .. written(node), node.name,
      names_of(state.stack))
  end
end

local function check_value(state, template, node, found)
  local kind, name = kind_of(found), node.name
  if kind == "raw" and not node.raw then
    fail(state, template, node, "{{%s}} is HTML already; write {{{%s}}}", name, name)
  elseif kind ~= "raw" and node.raw then
    fail(state, template, node, "{{{%s}}} would be put in unescaped; write {{%s}}", name, name)
  elseif kind == "list" then
    fail(state, template, node, "{{%s}} is a list; write {{#%s}} … {{/%s}}", name, name, name)
  elseif kind == "table" and not found[check.own] and not found[check.any] then
    fail(state, template, node, "{{%s}} is several things: %s", name, table.concat(names_of { found }, ", "))
  end
end

-- Walking -----------------------------------------------------------------------------------

local walk

local visit = {}

function visit.value(state, template, node)
  local found = look_up(state, template, node)
  if found ~= nil then check_value(state, template, node, found) end
end

function visit.section(state, template, node)
  local found = look_up(state, template, node)
  if found == nil then return end
  local stack = state.stack
  stack[#stack + 1] = kind_of(found) == "list" and found[1] or found
  walk(state, template, node.nodes)
  stack[#stack] = nil
end

function visit.inverted(state, template, node)
  if look_up(state, template, node) ~= nil then walk(state, template, node.nodes) end
end

function visit.partial(state, template, node)
  local partial, fault = check.partial(state, node)
  if fault then
    state.fault = fault
  elseif not partial then
    fail_unknown(state, template, node, ("{{> %s}}: there is no such part"):format(node.name), node.name,
      state.options.partial_names or {})
  elseif state.inside[partial.name] then
    fail(state, template, node, "{{> %s}} includes itself", node.name)
  else
    state.inside[partial.name] = true
    walk(state, partial, partial.nodes)
    state.inside[partial.name] = nil
  end
end

function walk(state, template, nodes)
  for _, node in ipairs(nodes) do
    state.nodes = state.nodes + 1
    if state.nodes > most_nodes then fail(state, template, { line = 1 }, "its parts include too many others") end
    if type(node) == "table" and not state.fault then visit[node.kind](state, template, node) end
    if state.fault then return end
  end
end

-- nil, or the first fault of a template, as waymark.mustache.parse has them
function check.fault(template, options)
  local state = { stack = { options.known }, options = options, read = options.read or {},
    inside = { [template.name] = true }, nodes = 0 }
  walk(state, template, template.nodes)
  return state.fault
end

-- The names in the tags of a template and its parts, whole and their first part. A part that
-- cannot be read asks for nothing: what is wrong with it is said when it is looked through.
function check.asked(template, options)
  local asked, seen = {}, {}
  local state = { options = options, read = options.read or {} }
  local function add(nodes)
    for _, node in ipairs(nodes) do
      if type(node) == "table" then
        if node.path and node.path[1] then asked[node.path[1]], asked[node.name] = true, true end
        local part = node.kind == "partial" and not seen[node.name] and check.partial(state, node)
        if node.kind == "partial" then seen[node.name] = true end
        if part or node.nodes then add((part or node).nodes) end
      end
    end
  end
  add(template.nodes)
  return asked
end

return check
