-- waymark restore: a new workspace from a backup.

local core = require "waymark.core"
local files = require "waymark.base.files"
local folders = require "waymark.workspace.folder"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local command = {
  name = "restore",
  summary = "Make a workspace in a new or empty folder from a backup.",
  example = "waymark restore /media/stick/oakfield-2026-03-20.backup oakfield",
}

function command.options(parser)
  parser:argument("file", "The backup.")
  parser:argument("dir", "The folder to make the workspace in; new or empty.")
end

-- Bring the database to this program's version, and look at all of it.
-- -> settings text | nil, findings
local function open_once(database)
  local store, warning = problem.check(core.store.open(database, "write"))
  terminal.warn_once(warning)
  local settings = store:last_settings()
  local findings = problem.check(store:check())
  store:close()
  return settings, findings
end

function command.run(arguments)
  local folder = arguments.dir
  local was_there = files.exists(folder)
  folders.prepare(folder)
  local unfinished = folders.unfinished(folder)
  local _ <close> = problem.check(files.lock(unfinished .. ".lock"))
    or problem.raise("another restore is at work in %s; wait until it has ended", folder)
  folders.prepare(folder) -- that one may have just ended
  if files.exists(unfinished) then -- of one that was killed; the database says so until the last
    os.remove(folder .. "/waymark.lua")
    for _, ending in ipairs { "-journal", "-wal", "-shm", "" } do os.remove(unfinished .. ending) end
  end
  local made = { folder .. "/waymark.lua", folder .. "/plugins", folder .. "/documents" } -- named now: memory may end
  for _, ending in ipairs { "-journal", "-wal", "-shm", "", ".lock" } do made[#made + 1] = unfinished .. ending end
  if not was_there then made[#made + 1] = folder end
  local report, settings, findings
  local ok, raised = pcall(function()
    report = problem.check(core.store.restore(arguments.file, unfinished))
    settings, findings = open_once(unfinished)
    folders.fill(folder, settings or (folders.settings()))
    problem.check(files.place(unfinished, folder .. "/waymark.db"))
  end)
  if not ok then
    for i = 1, #made do pcall(os.remove, made[i]) end -- of a folder only when nothing is in it
    core.system.taken_back()
    error(raised, 0)
  end
  os.remove(unfinished .. ".lock")
  print(("%s holds the backup of %s: %s in %s."):format(core.escape(folder), core.system.local_text(report.at),
    words.count(report.rows, "row"), words.count(report.tables, "table")))
  print(settings and "waymark.lua is as the last command that changed something found it."
    or terminal.paint("yellow", "The backup has no settings; waymark.lua is that of a new workspace."))
  print(("Copy back plugins/ and documents/, then: waymark -C %s check"):format(core.escape(folder)))
  for _, finding in ipairs(findings) do terminal.warn("%s", finding) end
  return #findings > 0 and 3 or 0
end

return command
