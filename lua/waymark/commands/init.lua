-- waymark init: make a workspace: a commented waymark.lua and an empty database.

local core = require "waymark.core"
local folders = require "waymark.workspace.folder"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local init = {
  name = "init",
  summary = "Make a workspace in a new or empty folder.",
  example = "waymark init oakfield",
  see = "start.md: your first term, task by task",
}

function init.options(parser)
  parser:argument("dir", "The folder to make it in."):args "?"
end

function init.run(arguments)
  local folder = arguments.dir or arguments.folder
  folders.prepare(folder)
  folders.fill(folder, folders.settings)
  local _, warning = problem.check(core.store.create(folder .. "/waymark.db"))
  terminal.warn_once(warning)
  print(("A workspace is ready in %s."):format(folder))
  print(("Next: fill in %s/waymark.lua, then: waymark -C %s import pupils pupils.csv"):format(folder, folder))
end

return init
