-- commands/shared/plugin: what the commands about plugins share: where to look for plugins, and
-- lists for people and for programs.

local core = require "waymark.core"
local files = require "waymark.base.files"
local plugins = require "waymark.plugin"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"
local workspace = require "waymark.workspace"
local check = core.sdk "check"
local manifests = core.sdk "manifest"

local common = {}

-- -> context for waymark.plugins, the workspace: nil when the folder holds none, since plugins can
-- be looked at without
function common.context(arguments)
  if not files.exists(arguments.folder .. "/waymark.lua") then return { folder = arguments.folder, known = {} } end
  local space = workspace.open(arguments.folder, "read", arguments.now)
  terminal.warn_once(space.warning)
  return space.context, space
end

-- The options of the settings, by plugin.
function common.options(space)
  local options = {}
  for _, use in ipairs(space and space.settings.all_uses or {}) do options[use.name] = use.options end
  return options
end

-- The rows of a plugin's options, with those that it has from the plugins it extends; `declared`
-- is what the load set declares, with what is in force; nil when it cannot be loaded, and nothing
-- is said of that.
function common.option_rows(set, declared, name_of_plugin)
  local config = {}
  for _, each in ipairs(declared and declared.plugins or {}) do
    if each.name == name_of_plugin then config = each.config end
  end
  local rows, all = {}, manifests.options(plugins.chain(set, name_of_plugin))
  for i, name in ipairs(check.names(all)) do
    local option = all[name].option
    rows[i] = { option = name, plugin = all[name].plugin,
      type = option.of and ("%s of %s"):format(option.type, option.of) or option.type or "",
      now = config[name] ~= nil and words.value(config[name]) or "", default = words.value(option.default),
      range = words.range(option) or "", help = option.help }
  end
  return rows
end

-- { title =, name =, most = } columns and rows of tables by name, as table, csv or json.
function common.write(format, columns, rows)
  local names = {}
  for i, column in ipairs(columns) do names[i] = column.name end
  local function cells(row)
    local list = {}
    for i, name in ipairs(names) do list[i] = row[name] end
    return list
  end
  if format == "json" then
    return terminal.json_list(tables.each(rows, cells), names)
  end
  if format == "csv" then
    io.write(terminal.csv_line(names))
    for _, row in ipairs(rows) do io.write(terminal.csv_line(cells(row), #names)) end
    return nil
  end
  local lines = {}
  for i, row in ipairs(rows) do lines[i] = cells(row) end
  return terminal.table(columns, lines)
end

return common
