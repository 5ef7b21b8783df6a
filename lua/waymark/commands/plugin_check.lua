-- waymark plugin check: what is wrong with a plugin, a line for each thing.

local checks = require "waymark.plugin_check"
local common = require "waymark.commands.common"
local core = require "waymark.core"
local files = require "waymark.files"
local plugin_common = require "waymark.commands.plugin_common"
local plugin_folder = require "waymark.plugin_folder"
local plugins = require "waymark.plugins"
local problem = require "waymark.problem"
local terminal = require "waymark.terminal"

local command = { summary = "Say what is wrong with a plugin, and what to do about it.",
  example = "waymark plugin check oakfield" }

function command.options(parser)
  parser:argument("name", "The plugin, or its folder (every plugin of this workspace, if you say nothing).")
    :args "?"
  common.format(parser)
end

-- Whose files to look at: { { name, options, context }, … }
local function all_own(arguments)
  local context, space = plugin_common.context(arguments)
  local list = {}
  for _, plugin in ipairs(plugins.available(arguments.folder)) do
    if plugin.own then
      list[#list + 1] = { name = plugin.name, options = plugin_common.options(space), context = context }
    end
  end
  if #list == 0 then
    problem.raise("%s has no plugin of its own; make one with: waymark plugin new NAME", arguments.folder)
  end
  return list
end

local function chosen(arguments)
  if not arguments.name then return all_own(arguments) end
  if files.exists(arguments.name .. "/plugin.lua") then
    local name, context = plugin_folder.context(arguments.name)
    return { { name = name, options = {}, context = context, folder = arguments.name:gsub("/+$", "") } }
  end
  local context, space = plugin_common.context(arguments)
  return { { name = arguments.name, options = plugin_common.options(space), context = context } }
end

local columns = { { name = "file" }, { name = "line" }, { name = "kind" }, { name = "what" }, { name = "todo" } }

local function write_lines(rows)
  for _, row in ipairs(rows) do
    local place = core.escape(("%s:%d:"):format(row.file, row.line))
    print(("%s %s; %s"):format(terminal.paint(row.kind == "error" and "red" or "yellow", place), core.escape(row.what),
      core.escape(row.todo)))
  end
end

local function run_one(each, rows)
  local findings, plugin = checks.run(each.name, each.options, each.context)
  local count = { error = 0, warning = 0 }
  for _, finding in ipairs(findings) do
    count[finding.kind] = count[finding.kind] + 1
    finding.file = ("%s/%s"):format(each.folder or plugin.folder, finding.file)
    rows[#rows + 1] = finding
  end
  return count
end

local function summary(name, count)
  if count.error + count.warning == 0 then return name .. ": nothing to mend." end
  return ("%s: %s, %s."):format(name, terminal.count(count.error, "fault"), terminal.count(count.warning, "warning"))
end

function command.run(arguments)
  local rows, words, faults = {}, {}, 0
  for i, each in ipairs(chosen(arguments)) do
    local count = run_one(each, rows)
    words[i], faults = summary(each.name, count), faults + count.error
    if each.context.close then each.context.close() end
  end
  if arguments.format == "table" then
    write_lines(rows)
    for _, line in ipairs(words) do print(line) end
    if not checks.has_luacheck() then
      print "Style and unused names were not looked at: luacheck is not installed (in Debian: apt install lua-check)."
    end
  else
    plugin_common.write(arguments.format, columns, rows)
  end
  return faults > 0 and 1 or #rows > 0 and 3 or 0
end

return command
