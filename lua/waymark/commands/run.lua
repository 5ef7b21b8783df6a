-- waymark run, waymark -e: ad-hoc Lua over the workspace. The script is the
-- user's own and runs with all of Lua; the pupils it sees are those that
-- plugins see, with every field.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local waymark = require "waymark"

local command = {
  name = "run",
  summary = "Run a Lua script over the workspace.",
  example = "waymark run examples/scripts/fridays.lua",
}

function command.options(parser)
  parser:argument("script", "The script.")
  parser:argument("arguments", "Given to the script as …"):args "*"
end

-- Our own frames are of no use to whoever wrote the script.
local function plain(message)
  return core.escape((tostring(message):gsub("\nstack traceback:.*", "")))
end

function command.run(arguments)
  local text, name = arguments.code, "=-e"
  if not text then
    text, name = problem.check(files.read(arguments.script)), "@" .. arguments.script
  end
  local opened = common.open_for_scripts(arguments)
  local chunk, message = load(text, name, "t", waymark.environment(opened))
  if not chunk then problem.raise("%s", plain(message)) end
  local ok
  ok, message = pcall(chunk, table.unpack(arguments.arguments or {}))
  if not ok then problem.raise("%s", plain(message)) end
  arguments.space = opened.space
  opened:close()
end

return command
