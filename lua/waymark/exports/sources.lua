-- exports/sources: what a command names to be taken in: files, folders, and "-", which is standard input.
--
--   local list <close> = sources.open(names, folder)   -> { { path, shown }, … }; `folder`: of the workspace
--
--   1. Of a folder come the files in it that end like an export, the one that was changed last last; what ends like a
--      file half copied, and folders in it, do not.
--   2. A file is read more than once. So standard input is first written to a file, for the owner alone, which goes
--      when the list is closed.

local lfs = require "lfs"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"
local scratch = require "waymark.base.scratch"

local sources = {}

local endings = { csv = true, tsv = true, txt = true, xlsx = true, xml = true, json = true, ics = true }
local half_copied = { "%.part$", "%.partial$", "%.tmp$", "%.new$", "%.crdownload$", "~$", "^~", "^%." }

-- Whether a name is hidden, or ends like a file half copied.
function sources.is_half_copied(name)
  for _, pattern in ipairs(half_copied) do
    if name:lower():find(pattern) then return true end
  end
  return false
end

local function add_folder(list, folder)
  local path = folder:gsub("(.)/+$", "%1")
  if files.exists(path .. "/waymark.lua") then
    problem.raise("%s is the folder of a workspace; name the folder with the files, or the files", path)
  end
  local found = {}
  for _, name in ipairs(files.names(path)) do
    local inner, ending = path .. "/" .. name, name:lower():match "%.(%w+)$"
    if endings[ending] and not sources.is_half_copied(name) and files.kind(inner) == "file" then
      found[#found + 1] = { path = inner, shown = inner, changed = lfs.attributes(inner, "modification") }
    end
  end
  if #found == 0 then
    problem.raise("%s has no file to take in; their names end in .csv, .tsv, .txt, .xlsx, .xml, .json or .ics", path)
  end
  table.sort(found, function(a, b) return a.changed < b.changed or a.changed == b.changed and a.path < b.path end)
  table.move(found, 1, #found, #list + 1, list)
end

local block = 1 << 20 -- bytes

local function copy_standard_input(path)
  local out <close> = problem.check(io.open(path, "wb"))
  for text in function() return io.stdin:read(block) end do problem.check(out:write(text)) end
  problem.check(out:close())
end

local mark = { __close = function(list)
  if list.place then scratch.leave(list.place) end
end }

local function add_standard_input(list, folder)
  if list.place then problem.raise "standard input (-) is there once; name it once" end
  local top = folder .. "/.input"
  scratch.clear(top)
  list.place = scratch.new(top, top, { "standard-input" })
  scratch.take(list.place)
  list[#list + 1] = { path = list.place.path .. "/standard-input", shown = "standard input" }
  copy_standard_input(list[#list].path)
end

function sources.open(names, folder)
  local list = setmetatable({}, mark)
  local ok, raised = pcall(function()
    for _, name in ipairs(names) do
      if name == "-" then
        add_standard_input(list, folder)
      elseif files.is_folder(name) then
        add_folder(list, name)
      else
        list[#list + 1] = { path = name, shown = name }
      end
    end
  end)
  if ok then return list end
  mark.__close(list)
  error(raised, 0)
end

return sources
