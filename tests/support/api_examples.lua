-- api_examples: the examples of the declaration of the API, run as what they show: steps,
-- hooks, plugins, scripts, settings, in a throw-away workspace.
--
--   local examples = require "tests.support.api_examples"
--   local w = examples.school()
--   examples.run(w, entry)      raises with what does not hold
--
-- A line `EXPRESSION  --> VALUE, …` is tested. Of a step, what stands before an empty line
-- is run when the file is read.

local settings = require "waymark.workspace.settings"
local workspace = require "tests.support.workspace"

local examples = {}

local day = "2026-03-20"
local now = " --now 2026-03-20T17:00Z"

local own_settings = workspace.essex .. [[
staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "Ann Moss <ann@oakfield.example>" }
use "example"
]]

-- Ada missed three half days of one week, and somebody tried to ring.
function examples.school()
  local w = workspace.new {
    settings = workspace.essex,
    files = {
      ["pupils.csv"] = "upn,surname,forename,dob,year,form,sex,sen,fsm\nA1,Byron,Ada,2015-05-01,5,5A,F,K,1\n",
      ["contacts.csv"] = "upn,forename,surname,relationship,phone,email,parental_responsibility\n"
        .. "A1,Annabella,Milbanke,mother,01234 567890,am@home.example,yes\n",
      ["marks.csv"] = workspace.registers {
        A1 = workspace.with("2025-09-02", day, { ["2026-03-16"] = "O O", ["2026-03-17"] = "O /" }),
      },
    },
  }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("import %s %s.csv%s"):format(kind, kind, now)) end
  w:ok("record A1 absence-callback --outcome no-answer --on 2026-03-18" .. now)
  workspace.write(w.dir .. "/waymark.lua", own_settings)
  return w
end

-- One line, so that the lines of an example keep their numbers.
local expect = "local function expect(line, want, ...) local got = table.pack(...) for i = 1, want.n do "
  .. "if got[i] ~= want[i] then error(('%s: it is %s'):format(line, tostring(got[i])), 0) end end end "

local function tested(text)
  return expect .. (text .. "\n"):gsub("(.-)\n", function(line)
    local asked, values = line:match "^(.-)%s+%-%->%s*(.+)$"
    if not asked then return line .. "\n" end
    return ("expect(%q, table.pack(%s), %s)\n"):format(line, values, asked)
  end)
end
examples.tested = tested

local manifest = [[return { name = "example", version = "1.0", api = 3, extends = "essex", requires = { "england" },
  reads = { "registers", "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "pupil.sex", "sensitive", "contacts",
    "cases" },
  sends = { "mail", "note", "follow-up" }, codes = true,
  options = { sessions = { default = 6, type = "integer", help = "half days" } } }]]

local function write_plugin(w, files)
  os.execute(("rm -rf '%s/plugins'"):format(w.dir))
  w:file("w/plugins/example/plugin.lua", files["plugin.lua"] or manifest)
  for path, text in pairs(files) do w:file("w/plugins/example/" .. path, text) end
end

local run = {}

-- The step is the only one that the road map adds, and `explain` asks it.
function run.step(w, text)
  local before, inside = text:match "^(.-)\n\n(.*)$"
  if not before then before, inside = "", text end
  write_plugin(w, {
    ["init.lua"] = 'return { road_map = { "shown" } }',
    ["steps/shown.lua"] = ("%s\nlocal function shown(pupil, case)\n%s\nend\n"
      .. "return step { title = 'Shown', principle = 'listen', suggest = shown }"):format(before, tested(inside)),
  })
  local r = w:run("explain A1 shown --as-of " .. day .. now)
  if r.status ~= 0 or r.err ~= "" then error(r.out .. r.err, 0) end
end

function run.load(w, text)
  write_plugin(w, { ["init.lua"] = tested(text) })
  w:ok "plugin info example"
end

function run.module(w, text)
  write_plugin(w, { ["init.lua"] = text, ["steps/visit.lua"] = 'return step { title = "V", principle = "listen" }' })
  w:ok "plugin info example"
end
run.codes = run.module

function run.manifest(w, text)
  write_plugin(w, { ["plugin.lua"] = text })
  w:ok "plugin info example"
end

-- A hook is told of a suggestion of this step, or of an entry.
local function tell(w, files)
  files["steps/shown.lua"] = [[
local away = count { name = "shown-away", codes = "O", weeks = 4 }
return step { title = "Shown", principle = "listen", outcomes = { "no-answer" }, attempts = { "no-answer" },
  suggest = function(pupil)
    local reason = pupil:count(away):because "absent without leave"
    if reason then reason.concern = tostring(config.run) end
    return reason
  end }]]
  examples.told = (examples.told or 0) + 1
  local option = ("options = { run = { default = %d, type = 'integer', help = 'x' },"):format(examples.told)
  files["plugin.lua"] = manifest:gsub("options = {", option)
  write_plugin(w, files)
  w:ok("suggest" .. now)
  if files["init.lua"]:find "entry.recorded" then w:ok("record A1 shown --outcome no-answer" .. now) end
end

local function effects(w) return #w:json "outbox list" end

function run.hook(w, text)
  local before = effects(w)
  tell(w, { ["init.lua"] = text .. '\nreturn { road_map = { "shown" } }' })
  if text:find "return" and effects(w) == before then error("the hook asked for nothing:\n" .. text, 0) end
end

function run.template(w, text)
  tell(w, { ["templates/shown.txt"] = text, ["init.lua"] = [[
on("suggestion.made", function() return mail { to = staff "head", template = "shown", digest = "shown" } end)
return { road_map = { "shown" } }]] })
  local list = w:json "outbox list"
  local shown = w:ok("outbox show " .. list[#list].id)
  if not shown:find "Good morning Ann Moss" then error(shown, 0) end
end

function run.script(w, text)
  os.execute(("rm -rf '%s/plugins'"):format(w.dir))
  workspace.write(w.dir .. "/waymark.lua", workspace.essex)
  local path = w:file("example.lua", tested(text))
  local r = w:run("run " .. path)
  workspace.write(w.dir .. "/waymark.lua", own_settings)
  if r.status ~= 0 then error(r.err, 0) end
end

function run.library(w, text)
  os.execute(("rm -rf '%s/plugins'"):format(w.dir))
  workspace.write(w.dir .. "/waymark.lua", workspace.essex)
  local path = w:file("example.lua", "local waymark = require 'waymark' " .. tested((text:gsub('"%."', "%%q"))
    :gsub("%%q", ("%q"):format(w.dir))))
  local pipe = io.popen(("lua5.4 '%s' 2>&1"):format(path))
  local out = pipe:read "a"
  local fine = pipe:close()
  workspace.write(w.dir .. "/waymark.lua", own_settings)
  if not fine then error(out, 0) end
end

function run.settings(_, text)
  local head = text:find "^school" and "" or 'school { name = "A" }\n'
  local result, message = settings.evaluate(head .. text)
  if not result then error(message, 0) end
end

function examples.run(w, entry) run[entry.run](w, entry.example) end

return examples
