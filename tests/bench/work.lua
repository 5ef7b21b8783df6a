-- work: the data of the bench, and workspaces made of it.
--
-- A bench `b` has: folder, build, scale { name, schools, pupils, rounds }, process, duckdb
-- (whether it is there).

local lfs = require "lfs"
local process = require "tests.bench.process"

local work = {}

-- After the last day of the data; the same in every run.
local now = "2026-07-21T18:00:00Z"

local function shell(command, ...)
  local words = {}
  for i, word in ipairs { ... } do words[i] = process.quote(word) end
  assert(os.execute(command .. " " .. table.concat(words, " ")))
end

function work.remove(...) shell("rm -rf --", ...) end
function work.copy(from, to)
  work.remove(to)
  shell("cp -r", from, to)
end

function work.path(b, name) return b.folder .. "/" .. name end
function work.tool(b, name) return b.build .. "/bench/" .. name end
function work.size(path) return lfs.attributes(path, "size") or 0 end

-- A folder of files: what = { schools =, pupils =, order = "pupil" | "date" | "grid", first = }.
function work.data(b, name, what)
  local folder = work.path(b, name)
  assert(lfs.mkdir(folder))
  b.process:run(nil, { work.tool(b, "data"), folder, what.schools, what.pupils, what.order or "pupil", 1,
    what.first or 0 })
  return folder
end

-- The date of the last mark of a file.
function work.last_date(csv)
  local file <close> = assert(io.open(csv))
  file:seek("end", -39)
  return file:read "a":match "%d%d%d%d%-%d%d%-%d%d"
end

-- A file of marks in the order of days, as a file a day. -> their paths
function work.days(csv)
  local list, heading, day, out = {}, nil, nil, nil
  for line in io.lines(csv) do
    local date = line:match "%d%d%d%d%-%d%d%-%d%d"
    heading = heading or line
    if date and date ~= day then
      if out then out:close() end
      list[#list + 1] = ("%s.%s"):format(csv, date)
      day, out = date, assert(io.open(list[#list], "w"))
      out:write(heading, "\n")
    end
    if date then out:write(line, "\n") end
  end
  if out then out:close() end
  return list
end

-- Run the program over a workspace.
function work.waymark(b, name, folder, words, options)
  local line = { b.build .. "/waymark", "-C", folder }
  table.move(words, 1, #words, #line + 1, line)
  table.move({ "--now", now }, 1, 2, #line + 1, line)
  return b.process:run(name, line, options)
end

-- A workspace that knows the people of a folder of data, and no marks.
function work.workspace(b, name, data)
  local folder = work.path(b, name)
  work.remove(folder)
  b.process:run(nil, { b.build .. "/waymark", "init", folder })
  work.copy(data .. "/waymark.lua", folder .. "/waymark.lua")
  work.people(b, folder, data)
  return folder
end

function work.people(b, folder, data)
  work.waymark(b, nil, folder, { "import", "schools", data .. "/schools.csv" })
  work.waymark(b, nil, folder, { "import", "pupils", data .. "/pupils.csv" })
end

function work.import(b, name, folder, csv) return work.waymark(b, name, folder, { "import", "marks", csv }) end

-- The first run of suggest: by how much the file grew, and how many suggestions were made.
function work.suggest_first(b, folder)
  local before = work.size(folder .. "/waymark.db")
  work.waymark(b, "suggest.first", folder, { "suggest" })
  local made = work.core(b, nil, { "query", folder, 1,
    "SELECT kind, count(*) FROM events WHERE kind = 'suggestion.made' GROUP BY kind" }).values["code suggestion.made"]
  b.process:keep("suggest.grown", { size = work.size(folder .. "/waymark.db") - before, made = tonumber(made) or 0 })
end

function work.duckdb(b, name, words)
  if not b.duckdb then return nil end
  return b.process:run(name, { "node", "tests/bench/duckdb.mjs", table.unpack(words) })
end

function work.core(b, name, words)
  return b.process:run(name, { "lua5.4", "tests/bench/core.lua", table.unpack(words) })
end

return work
