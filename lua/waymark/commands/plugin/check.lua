-- waymark plugin check: what is wrong with a plugin, a line for each thing.

local checks = require "waymark.author.check"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local plugin_common = require "waymark.commands.shared.plugin"
local plugin_folder = require "waymark.author.folder"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local source = require "waymark.plugin.source"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"

local command = { summary = "Say what is wrong with a plugin, and what to do about it.",
  example = "waymark plugin check oakfield" }

function command.options(parser)
  parser:argument("name", "The plugin, or its folder (every plugin of this workspace, if you say nothing).")
    :args "?"
  common.format(parser)
end

-- Whose files to look at: { { name, options, context, staff, codes, space, folder, is_folder }, … }
local function all_own(arguments)
  local context, space = plugin_common.context(arguments)
  local list = {}
  for _, plugin in ipairs(plugins.available(arguments.folder)) do
    if plugin.own then
      list[#list + 1] = { name = plugin.name, options = plugin_common.options(space), context = context,
        staff = space and space.settings.staff, codes = space and space.store:codes(), space = space,
        folder = plugin.folder }
    end
  end
  if #list == 0 then
    problem.raise("%s has no plugin of its own; make one with: waymark plugin new NAME", arguments.folder)
  end
  return list
end

local function chosen(arguments)
  if not arguments.name then return all_own(arguments) end
  local path, is_folder = plugin_folder.find(arguments.name, arguments.folder)
  if is_folder then
    local name, context = plugin_folder.context(path)
    return { { name = name, options = {}, context = context, folder = path, is_folder = true } }
  end
  local context, space = plugin_common.context(arguments)
  return { { name = arguments.name, options = plugin_common.options(space), context = context,
    staff = space and space.settings.staff, codes = space and space.store:codes(), space = space, folder = path } }
end

local columns = { { name = "file" }, { name = "line" }, { name = "kind" }, { name = "what" }, { name = "todo" } }

local colours = { error = "red", warning = "yellow", advice = "blue" }

local function write_lines(rows)
  for _, row in ipairs(rows) do
    local place = core.escape(("%s:%d:"):format(row.file, row.line))
    local todo = row.todo == "" and "" or "; " .. row.todo
    print(("%s %s"):format(terminal.paint(colours[row.kind], place),
      core.escape(row.what .. todo)))
  end
end

-- A plugin that cannot be read, as a finding about the file that the problem is about.
local function finding_of_problem(raised, each)
  local folder, where = ("%s/plugins/%s/"):format(each.context.folder, each.name), raised.where or ""
  local is_own = where:sub(1, #folder) == folder
  return { file = is_own and where:sub(#folder + 1) or "plugin.lua", line = 1, what = raised.what,
    todo = raised.todo or "", kind = "error" }
end

-- The folder that is only ours, as the one that was named.
local function shown(text, each)
  if not each.is_folder then return text end
  local own = ("%s/plugins/%s"):format(each.context.folder, each.name):gsub("%p", "%%%0")
  return (text:gsub(own, (each.folder:gsub("%%", "%%%%"))))
end

-- -> findings; a problem is one, whatever else is raised goes on.
local function findings_of(each)
  local ok, found = pcall(checks.run, each.name, each.options, each.context, each)
  if each.context.close then each.context.close() end
  if ok then return found end
  if not problem.is(found) then error(found, 0) end
  return { finding_of_problem(found, each) }
end

local function run_one(each, rows)
  local findings = findings_of(each)
  local count = { error = 0, warning = 0, advice = 0 }
  for _, finding in ipairs(findings) do
    count[finding.kind] = count[finding.kind] + 1
    if finding.is_settings then
      local path = each.context.folder .. "/waymark.lua"
      finding.line, finding.file = source.line_of(files.read(path) or "", finding.name), path
    else
      finding.file = ("%s/%s"):format(each.folder, finding.file)
    end
    finding.what, finding.todo = shown(finding.what, each), shown(finding.todo, each)
    rows[#rows + 1] = finding
  end
  return count
end

local function summary(each, count)
  local name = core.escape(each.name)
  if each.is_folder then name = ("The plugin in the folder %s:\n%s"):format(core.escape(each.folder), name) end
  if count.error + count.warning == 0 then return name .. ": nothing to mend." end
  return ("%s: %s, %s."):format(name, wording.count(count.error, "fault"), wording.count(count.warning, "warning"))
end

function command.run(arguments)
  local rows, words, faults, warnings = {}, {}, 0, 0
  for i, each in ipairs(chosen(arguments)) do
    local count = run_one(each, rows)
    words[i], faults, warnings = summary(each, count), faults + count.error, warnings + count.warning
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
  return faults > 0 and 1 or warnings > 0 and 3 or 0
end

return command
