-- waymark init: make a workspace: a commented waymark.lua and an empty database.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local folders = require "waymark.workspace.folder"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local init = {
  name = "init",
  summary = "Make a workspace in a new or empty folder.",
  example = "waymark init oakfield --use essex",
  see = "start.md: your first term, task by task",
}

function init.options(parser)
  parser:argument("dir", "The folder to make it in."):args "?"
  parser:option("--use", "The road map to follow (the general one, if you say nothing); see: waymark plugin list.")
    :argname "NAME"
end

function init.run(arguments)
  local folder = arguments.dir or arguments.folder
  local settings, used, maps = folders.settings(arguments.use)
  folders.prepare(folder)
  local made, warning = pcall(function()
    folders.fill(folder, settings)
    return select(2, problem.check(core.store.create(folder .. "/waymark.db")))
  end)
  if not made then
    core.system.taken_back() -- without its database it is no workspace: the same command makes it anew
    error(warning, 0)
  end
  terminal.warn_once(warning)
  print(("A workspace is ready in %s."):format(folder))
  if arguments.use then
    print(('It follows the road map "%s".'):format(used.name))
  elseif used then
    local others = {}
    for _, map in ipairs(maps) do
      if map ~= used then others[#others + 1] = ('"%s"'):format(map.name) end
    end
    print(('It follows the road map "%s"; waymark.lua can name another: %s.'):format(used.name,
      table.concat(others, ", ")))
  end
  print(("Next: fill in %s/waymark.lua, then: %s"):format(folder,
    common.to_type({ folder = folder }, "import pupils pupils.csv")))
end

return init
