-- plugins: plugins of a throw-away workspace, written by specs.
--
--   local school = plugins.school()     a workspace with two pupils, who were away
--   plugins.write(school, "mine", 'reads = { "registers" }', { ["init.lua"] = TEXT })
--   plugins.use(school, 'use "england" use "mine"')
--   plugins.suggested(school)           -> { "A1 visit: a reason", … }
--   plugins.clear(school)               removes every plugin of the workspace

local workspace = require "tests.support.workspace"

local plugins = {}

-- The day that these specs look at, and the time at which they do.
plugins.day = " --as-of 2026-03-20 --now 2026-03-21T09:00Z"

-- Ada missed three sessions, Ben one.
function plugins.school()
  local w = workspace.new { files = {
    ["pupils.csv"] = "upn,surname,forename,dob,year,form,sex,sen,fsm\n"
      .. "A1,Byron,Ada,2015-05-01,5,5A,F,K,1\nB1,Moss,Ben,2015-06-01,5,5A,M,N,0\n",
    ["contacts.csv"] = "upn,forename,surname,relationship,phone\nA1,Annabella,Milbanke,mother,01234 567890\n",
    ["marks.csv"] = workspace.registers {
      A1 = { ["2026-03-16"] = "O O", ["2026-03-17"] = "O /" },
      B1 = { ["2026-03-16"] = "O \\", ["2026-03-17"] = "/ \\" },
    },
  } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("import %s %s.csv --now 2026-03-18T09:00Z"):format(kind, kind))
  end
  return w
end

-- `manifest` is the inside of plugin.lua's table, after name, version and api (2;
-- one that is given again wins).
function plugins.write(w, name, manifest, files)
  local folder = "w/plugins/" .. name .. "/"
  w:file(folder .. "plugin.lua", ('return { name = "%s", version = "0.3", api = 2, %s }'):format(name, manifest))
  for path, text in pairs(files or {}) do w:file(folder .. path, text) end
end

function plugins.clear(w) assert(os.execute(("rm -rf '%s/plugins'"):format(w.dir))) end

-- The settings of the usual school with other `use` lines.
function plugins.use(w, lines)
  workspace.write(w.dir .. "/waymark.lua", (workspace.essex:gsub('use ".*', "")) .. lines .. "\n")
end

-- A road map of one step, and that step: a suggestion for everyone who was away,
-- for the reason that the Lua expression `reason` gives.
plugins.map = 'return { road_map = { "visit" } }'

function plugins.visit(reason, fields)
  return ([[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }
return step { title = "Visit", principle = "listen", %s
  suggest = function(pupil) return pupil:count(absent):because(%s) end }
]]):format(fields or "", reason)
end

function plugins.suggested(w)
  local list = {}
  for i, each in ipairs(w:json("suggest --dry-run" .. plugins.day)) do
    list[i] = each.upn .. " " .. each.step .. ": " .. each.reason
  end
  return list
end

-- What standard error says of plugins that failed, while the rest went on.
function plugins.failures(w) return w:expect(3, "suggest --dry-run --format json" .. plugins.day).err end

-- What a command says that could not be done: one line, and no file of our own.
function plugins.refusal(w, line)
  local err = w:expect(1, line).err
  if err:find "\n." or err:find("sdk/", 1, true) then error(err, 2) end
  return err
end

return plugins
