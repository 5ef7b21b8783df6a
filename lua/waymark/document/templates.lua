-- document/templates: the templates of a road map's documents: where each is, in which
-- languages, whom it is written to, what it asks for.
--
--   local all = templates.of(map, extra)   extra: as document/names has it
--   all:documents()            { { name, steps, languages, there }, … } in the order of the road map
--   all:find(name, code)       -> text, path | nil; code nil: the English one
--   all:read(name, code)       -> { template, options (of mustache), title, path, source, needs = { NAME = true },
--                                 asked = { figures = true, ["parent.salutation"] = true, … },
--                                 is_letter } ; raises problems
--
-- Each template, and each part of one, is parsed once.
--
-- The plugins of the road map's load set are looked through from the outermost: a child's
-- templates/NAME.html stands before its parent's, and so do its parts ({{> NAME}}). A part
-- is looked for in the document's language first.
--
-- A document's title is that of a comment in its template, {{! title: Notice to Improve }},
-- else its name; {{! needs: outcome }} says that it is about an outcome, {{! needs: checklist }}
-- that it is none without what its step's checklist needs. A letter is written to one parent when
-- it has the parent's salutation or address in it.

local core = require "waymark.core"
local language = require "waymark.document.language"
local mustache = require "waymark.mustache"
local names = require "waymark.document.names"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"
local check = core.sdk "check"

local templates = {}
templates.__index = templates

-- Finding ---------------------------------------------------------------------------------

function templates.of(map, extra)
  if not map.set then problem.no_road_map(map) end
  return setmetatable({ map = map, extra = extra, list = map.set.list, parts = {}, kept = {} }, templates)
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
  local set = {}
  for _, plugin in ipairs(self.list) do
    for path in next, plugin.files do
      local name = path:match "^templates/([%w_-]+)%.html$"
      if name then set[name] = true end
    end
  end
  return check.names(set)
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

-- What is said of a name that no step has as a document.
function templates:no_document(name)
  local all = {}
  for i, each in ipairs((self:documents())) do all[i] = each.name end
  local near = check.did_you_mean(name, all)
  if near == "" then near = #all > 0 and "; there are: " .. table.concat(all, ", ") or "; there is none" end
  return ('the road map has no document "%s"%s'):format(name, near)
end

function templates.title(text, name)
  local given = text:match "{{!%s*title:([^{}]*)}}"
  local first = given and given:find "%S"
  given = first and given:match("^.*%S", first)
  return given or words.capital((name:gsub("[_-]+", " ")))
end

-- What a document needs before it is made, of each {{! needs: … }}.
local function needs_of(text)
  local needs = {}
  for name in text:gmatch "{{!%s*needs:%s*(%l+)%s*}}" do needs[name] = true end
  return needs
end

-- Reading ------------------------------------------------------------------------------------

-- What a step says for its documents is never left blank in a sentence, nor is a period: the
-- amounts and days of the law stand there.
local needed = { words = true, period = true }

-- As read | nil, the problem
function templates:parse(name, code)
  local key = path_of(name, code)
  if self.kept[key] then return self.kept[key] end
  local text, path = self:find(name, code)
  if not text then return nil, problem.of("there is no %s", key) end
  local function part_of(part)
    local found, where = nil, nil
    if code then found, where = self:find(part, code) end
    if not found then found, where = self:find(part) end
    return found, where
  end
  self.known = self.known or names.known(self.map, self.extra)
  local options = { known = self.known, needed = needed, partial_names = self:names(), partials = part_of,
    read = self.parts }
  local template, fault = mustache.parse(text, path)
  if not template then return nil, fault end
  local asked = mustache.asked(template, options)
  self.kept[key] = { template = template, options = options, title = templates.title(text, name), path = path,
    source = text, needs = needs_of(text), asked = asked,
    is_letter = asked["parent.salutation"] == true or asked["parent.address"] == true }
  return self.kept[key]
end

function templates:read(name, code) return problem.check(self:parse(name, code)) end

return templates
