-- mustache: templates as mustache(5) has them: values, sections, inverted sections,
-- partials, comments and delimiters of one's own. Of the optional parts of the
-- specification there are none: no lambdas (nothing of a template runs), no dynamic
-- names, no inheritance.
--
--   local t = mustache.parse(text, "letter.html")     -> template | nil, fault
--   mustache.render(t, view, options)                 -> text | nil, fault
--   mustache.fault(t, options)                        -> nil | fault
--   mustache.asked(t, options)                        -> { [name] = true }: the names in its tags,
--                                                        whole and their first part
--   mustache.page(module, view)                       -> text: a page of the host's own, whose
--                                                        template lies beside the module; {{{policy}}}
--                                                        in it is words.page_policy
--
-- options:
--   escape(text)     what is done to a value (else words.html); {{{name}}} goes without
--   partials(name)   -> text, name to show | nil
--   known            strict: the names that there are, as waymark.mustache_check has them;
--                    a name that is not there is a fault, wherever in the template it stands
--   needed           { words = true }: a value words.NAME that comes out empty is a fault
--   partial_names    strict: the names of partials, for the nearest
--   read             { }: keeps partials that were parsed, for whoever asks again
--
-- A fault is a problem: { where = the template's name, line, what, todo }. A view is a table
-- of texts, numbers, booleans, tables and lists of these. Absent, false, nought, an empty text and
-- an empty list are false in a section. A table may have a text of its own besides its
-- names: view.why = { [mustache.own] = "ten half days", count = 10 }.
--
-- 1. Partials lie at most 20 deep; what comes out has at most 8 MB, and nodes are looked
--    at, each through all tables that it lies in, a million times: a template cannot hold
--    the program up.
-- 2. Same template and view, same text.

local check = require "waymark.mustache.names"
local files = require "waymark.base.files"
local parse = require "waymark.mustache.parse"
local paths = require "waymark.base.paths"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local mustache = {}

local most_depth, most_bytes, most_looks = 20, 8 * 1024 * 1024, 1000000

mustache.own, mustache.any, mustache.withheld = check.own, check.any, check.withheld

function mustache.parse(text, name) return parse(text, name or "template") end

-- Values ------------------------------------------------------------------------------

local function is_list(value)
  return type(value) == "table" and value[mustache.own] == nil and (value[1] ~= nil or next(value) == nil)
end

local function is_true(value)
  if value == nil or value == false or value == "" or value == 0 then return false end
  return not is_list(value) or #value > 0
end

local function text_of(value)
  if type(value) == "table" then value = value[mustache.own] end
  local kind = type(value)
  if kind == "string" then return value end
  if kind == "number" or kind == "boolean" then return tostring(value) end
  return ""
end

local function field(value, name)
  if type(value) == "table" then return value[name] end
end

-- The value of a path, its first name looked for from the innermost table outwards.
local function value_of(stack, path)
  if #path == 0 then return stack[#stack] end
  local value
  for i = #stack, 1, -1 do
    value = field(stack[i], path[1])
    if value ~= nil then break end
  end
  for i = 2, #path do value = field(value, path[i]) end
  return value
end

-- Filling in ---------------------------------------------------------------------------

local function fail(template, node, ...) error(problem.at(template.name, node.line or 1, ...), 0) end

local function add(state, template, node, text)
  state.bytes = state.bytes + #text
  if state.bytes > most_bytes then
    fail(template, node, "more than %d MB would come out", most_bytes // 1024 // 1024)
  end
  state.out[#state.out + 1] = text
end

local render_nodes

local function render_with(state, template, nodes, context)
  local stack = state.stack
  stack[#stack + 1] = context
  render_nodes(state, template, nodes)
  stack[#stack] = nil
end

local render = {}

function render.value(state, template, node)
  local text = text_of(value_of(state.stack, node.path))
  if node.path[2] and state.needed[node.path[1]] and not text:find "%S" then
    fail(template, node, "{{%s}} is empty, and nothing else says it; fill it in, or write {{#%s}} … {{/%s}} around "
      .. "what can do without it", node.name, node.name, node.name)
  end
  add(state, template, node, node.raw and text or state.escape(text))
end

function render.section(state, template, node)
  local value = value_of(state.stack, node.path)
  if not is_true(value) then return end
  if not is_list(value) then return render_with(state, template, node.nodes, value) end
  for _, item in ipairs(value) do render_with(state, template, node.nodes, item) end
end

function render.inverted(state, template, node)
  if not is_true(value_of(state.stack, node.path)) then render_nodes(state, template, node.nodes) end
end

function render.partial(state, template, node)
  local partial, fault = check.partial(state, node)
  if fault then error(fault, 0) end
  if not partial then return end
  if state.depth >= most_depth then
    fail(template, node, "{{> %s}}: partials lie more than %d deep", node.name, most_depth)
  end
  state.depth = state.depth + 1
  render_nodes(state, partial, partial.nodes)
  state.depth = state.depth - 1
end

function render_nodes(state, template, nodes)
  for _, node in ipairs(nodes) do
    state.looks = state.looks + #state.stack
    if state.looks > most_looks then fail(template, node, "it does not come to an end") end
    if type(node) == "string" then
      add(state, template, { line = 1 }, node)
    else
      render[node.kind](state, template, node)
    end
  end
end

function mustache.asked(template, options) return check.asked(template, options or {}) end

-- nil, or the first name that is not there; partials are looked through too.
mustache.fault = check.fault

function mustache.render(template, view, options)
  options = options or {}
  if options.known then
    local fault = mustache.fault(template, options)
    if fault then return nil, fault end
  end
  local state = { stack = { view }, out = {}, bytes = 0, looks = 0, depth = 0, read = options.read or {},
    options = options, needed = options.needed or {}, escape = options.escape or words.html }
  local good, raised = pcall(render_nodes, state, template, template.nodes)
  if good then return table.concat(state.out) end
  if not problem.is(raised) then error(raised, 0) end
  return nil, raised
end

local pages = {} -- read once

function mustache.page(module, view)
  view.policy = words.page_policy
  if not pages[module] then
    local path = problem.check(paths.beside(module, "html"))
    pages[module] = problem.check(mustache.parse(problem.check(files.read(path)), path))
  end
  return problem.check(mustache.render(pages[module], view))
end

return mustache
