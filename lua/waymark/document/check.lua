-- document/check: the templates of a plugin, looked through before anybody is written to:
-- each is read, and its names are those that there are. For `waymark plugin check`.
--
--   document_check.findings(set, declared) -> { { file, line, what, todo }, … } of the
--     outermost plugin of a load set, in the order of the files
--
-- Every document of the road map is looked at, in any language, with its parts, whoever they
-- are from; a part that stands in none is read and no more, since its names are those of
-- where it stands.

local html = require "waymark.document.html"
local mustache = require "waymark.mustache"
local templates = require "waymark.document.templates"

local document_check = {}

-- The problem of a file as a finding, unless the file is a part of another plugin's.
local function add(list, plugin, fault)
  local folder = plugin.name .. "/"
  if not fault.line or fault.where:sub(1, #folder) ~= folder then return end
  list[#list + 1] = { file = fault.where:sub(#folder + 1), line = fault.line, what = fault.what,
    todo = fault.todo or "", kind = "error" }
end

local function check_file(list, plugin, path, text)
  local where = plugin.name .. "/" .. path
  local template, unread = mustache.parse(text, where)
  if not template then add(list, plugin, unread) end
  local fault = html.source_fault(text, where)
  if fault then add(list, plugin, fault) end
end

local function check_names(list, plugin, all, name, code)
  local read, fault = all:parse(name, code)
  if read then fault = mustache.fault(read.template, read.options) end
  if fault then add(list, plugin, fault) end
end

local function distinct(list)
  local kept, seen = {}, {}
  for _, each in ipairs(list) do
    local key = ("%s:%d:%s"):format(each.file, each.line, each.what)
    if not seen[key] then kept[#kept + 1] = each end
    seen[key] = true
  end
  table.sort(kept, function(a, b)
    if a.file ~= b.file then return a.file < b.file end
    if a.line ~= b.line then return a.line < b.line end
    return a.what < b.what
  end)
  return kept
end

function document_check.findings(set, declared)
  local map, list, is_any = { set = set, declared = declared }, {}, false
  local plugin = set.by_name[set.served]
  for _, path in ipairs(plugin.names) do
    if path:find "^templates/[%w_-]+%.?[%a-]*%.html$" then
      check_file(list, plugin, path, plugin.files[path])
      is_any = true
    end
  end
  if not is_any then return list end
  local all = templates.of(map)
  for _, document in ipairs((all:documents())) do -- in every language: a part may stand in another's document
    check_names(list, plugin, all, document.name, nil)
    for _, code in ipairs(document.languages) do check_names(list, plugin, all, document.name, code) end
  end
  return distinct(list)
end

-- The documents of a plugin's steps, for `waymark plugin info`:
-- { { document, title, step, languages, from }, … }
function document_check.rows(set, declared)
  local all, rows = templates.of { set = set, declared = declared }, {}
  for i, document in ipairs((all:documents())) do
    local text, path = all:find(document.name)
    rows[i] = { document.name, text and templates.title(text, document.name) or "(no template)",
      document.steps[1].name, table.concat(document.languages, ", "), path and path:match "^[^/]+" or "" }
  end
  return rows
end

return document_check
