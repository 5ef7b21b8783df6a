-- document/templates: the templates of a road map's documents: where each is, in which
-- languages, whom it is written to, what it asks for.
--
--   local all = templates.of(map)
--   all:documents()            { { name, steps, languages }, … } in the order of the road map
--   all:find(name, code)       -> text, path | nil; code nil: the English one
--   all:read(name, code)       -> { template, options, title, path } ; raises problems
--   all:asked(read)            -> { figures = true, ["parent.salutation"] = true, … }
--
-- The plugins of the road map's load set are looked through from the outermost: a child's
-- templates/NAME.html stands before its parent's, and so do its parts ({{> NAME}}). A part
-- is looked for in the document's language first.
--
-- A document's title is that of a comment in its template, {{! title: Notice to Improve }},
-- else its name; {{! needs: outcome }} says that it is about an outcome. A letter is written
-- to one parent when it has the parent's salutation or address in it.

local core = require "waymark.core"
local language = require "waymark.document.language"
local mustache = require "waymark.mustache"
local problem = require "waymark.base.problem"
local check = core.sdk "check"

local templates = {}
templates.__index = templates

-- Finding ---------------------------------------------------------------------------------

function templates.of(map)
  if not map.set then problem.no_road_map(map) end
  return setmetatable({ map = map, list = map.set.list }, templates)
end

local function path_of(name, code)
  return ("templates/%s%s.html"):format(name, code and "." .. code or "")
end

function templates:find(name, code)
  if code == language.usual then code = nil end
  local path = path_of(name, code)
  for i = #self.list, 1, -1 do
    local text = self.list[i].files[path]
    if text then return text, self.list[i].name .. "/" .. path end
  end
end

-- Every name of a template or a part of one, without language.
function templates:names()
  local names = {}
  for _, plugin in ipairs(self.list) do
    for path in next, plugin.files do
      local name = path:match "^templates/([%w_-]+)%.html$"
      if name then names[name] = true end
    end
  end
  return check.names(names)
end

-- The codes of the languages that a document is there in besides English.
function templates:languages(name)
  local found = {}
  for _, plugin in ipairs(self.list) do
    for path in next, plugin.files do
      local base, code = path:match "^templates/([%w_-]+)%.([%a-]+)%.html$"
      if base == name then found[code] = true end
    end
  end
  return check.names(found)
end

-- Documents --------------------------------------------------------------------------------

-- The documents of the road map's steps, in its order.
function templates:documents()
  local list, by_name = {}, {}
  for _, step in ipairs(self.map.declared.steps) do
    for _, name in ipairs(step.documents or {}) do
      if not by_name[name] then
        by_name[name] = { name = name, steps = {}, languages = self:languages(name), there = self:find(name) ~= nil }
        list[#list + 1] = by_name[name]
      end
      table.insert(by_name[name].steps, step)
    end
  end
  return list, by_name
end

-- The steps of a document; raises when no step has it.
function templates:document(name)
  local list, by_name = self:documents()
  if by_name[name] then return by_name[name] end
  local names = {}
  for i, each in ipairs(list) do names[i] = each.name end
  local near = check.did_you_mean(name, names)
  if near == "" then near = #names > 0 and "; there are: " .. table.concat(names, ", ") or "; there is none" end
  problem.raise('the road map has no document "%s"%s', name, near)
end

function templates.title(text, name)
  local given = text:match "{{!%s*title:([^{}]*)}}"
  local first = given and given:find "%S"
  given = first and given:match("^.*%S", first)
  local words = name:gsub("[_-]+", " ")
  return given or (words:gsub("^%l", string.upper))
end

-- Reading ------------------------------------------------------------------------------------

-- What a step says for its documents is never left blank in a sentence, nor is a period: the
-- amounts and days of the law stand there.
local needed = { words = true, period = true }

-- known: the names that there are (waymark.document_names), nil where nothing is checked.
-- -> { template, options, title, path } | nil, words, fault
function templates:parse(name, code, known)
  local text, path = self:find(name, code)
  if not text then return nil, ("there is no %s"):format(path_of(name, code)) end
  local function part_of(part)
    local found, where = nil, nil
    if code then found, where = self:find(part, code) end
    if not found then found, where = self:find(part) end
    return found, where
  end
  local options = { known = known, needed = needed, partial_names = self:names(),
    partials = part_of }
  local template, words, fault = mustache.parse(text, path)
  if not template then return nil, words, fault end
  return { template = template, options = options, title = templates.title(text, name), path = path,
    needs_outcome = text:find "{{!%s*needs:%s*outcome%s*}}" ~= nil }
end

function templates:read(name, code, known)
  local read, words = self:parse(name, code, known)
  if not read then problem.raise("%s", words) end
  return read
end

-- What it asks for ---------------------------------------------------------------------------

local add_asked

local function add_partial(asked, read, name, seen)
  if seen[name] then return end
  seen[name] = true
  local text, path = read.options.partials(name)
  local part = text and mustache.parse(text, path)
  if part then add_asked(asked, read, part.nodes, seen) end
end

function add_asked(asked, read, nodes, seen)
  for _, node in ipairs(nodes) do
    if type(node) == "table" then
      if node.path and node.path[1] then
        asked[node.path[1]], asked[node.name] = true, true
      end
      if node.kind == "partial" then add_partial(asked, read, node.name, seen) end
      if node.nodes then add_asked(asked, read, node.nodes, seen) end
    end
  end
end

-- The names that a template and its parts have in tags, whole and their first part.
function templates.asked(read)
  local asked = {}
  add_asked(asked, read, read.template.nodes, {})
  return asked
end

-- Whether a document is a letter to one parent.
function templates.is_letter(read)
  local asked = templates.asked(read)
  return asked["parent.salutation"] == true or asked["parent.address"] == true
end

return templates
