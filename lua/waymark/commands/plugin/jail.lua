-- waymark plugin jail: what keeps a plugin in on this machine. A worker is started as
-- for a plugin, and says what it put around itself before it read a byte.

local common = require "waymark.commands.shared.common"
local jobs = require "waymark.plugin.worker"
local plugin_common = require "waymark.commands.shared.plugin"
local problem = require "waymark.base.problem"

local command = { summary = "What keeps plugins in on this machine, and what it does not offer.",
  example = "waymark plugin jail" }

local columns = { { title = "part", name = "name" }, { title = "in force", name = "done" },
  { title = "needed", name = "mandatory" }, { title = "why not", name = "why", most = 100 } }

command.options = common.format

function command.run(arguments)
  local job, outcome = jobs.start(jobs.declare_limits)
  if not job then problem.raise("no plugin can run here: %s", outcome.message) end
  local ready = job.jail
  job:finish()
  local rows = {}
  for i, part in ipairs(ready.jail) do
    rows[i] = { name = part.name, done = part.done and "yes" or "no", mandatory = part.mandatory and "yes" or "",
      why = part.why or "" }
  end
  plugin_common.write(arguments.format, columns, rows)
end

return command
