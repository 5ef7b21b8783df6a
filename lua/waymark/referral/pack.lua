-- referral/pack: the folder of a referral: its files, and a manifest with the SHA-256 of
-- each.
--
-- 1. The folder has its name when it is whole: it is filled beside it and renamed. What is
--    there already is never touched.
-- 2. The same files give the same bytes: numbers by their order, no clock.
-- 3. Everything is for its owner alone.

local core = require "waymark.core"
local files = require "waymark.base.files"
local problem = require "waymark.base.problem"

local pack = {}

-- The folder ----------------------------------------------------------------------------------

local function without_slash(folder) return folder:gsub("(.)/+$", "%1") end

-- The path as it can be given; raises when something is there. `is_recorded`: whether the manifest of this digest
-- is that of a pack that was recorded.
function pack.check_folder(folder, is_recorded)
  folder = without_slash(folder)
  local kind = files.kind(folder)
  if kind and kind ~= "directory" then problem.raise("-o %s is there, and is no folder; choose another", folder) end
  local manifest = files.kind(folder .. "/manifest.txt") == "file" and files.read(folder .. "/manifest.txt")
  if manifest and not is_recorded(core.system.sha256(manifest)) then
    problem.raise("-o %s holds a pack that is not recorded: the command that made it was cut off, or the workspace is "
      .. "of an earlier backup; do not give it away, and remove it or choose another folder", folder)
  elseif #files.names(folder) > 0 then
    problem.raise("-o %s is there and not empty; choose another, so that no pack mixes with another", folder)
  end
  local parent = folder:match "^(.+)/[^/]+$" or (folder:sub(1, 1) == "/" and "/" or ".")
  if not files.is_folder(parent) then problem.raise("-o %s: there is no folder %s; make it first", folder, parent) end
  return folder
end

local function part_name(folder, n) return ("%s.part%d"):format(folder, n) end

-- A new, empty folder beside `folder`.
local function fresh_beside(folder)
  local n = 1
  while files.kind(part_name(folder, n)) do n = n + 1 end
  problem.check(files.make_folder(part_name(folder, n)))
  return part_name(folder, n)
end

-- What was left beside `folder` by packs that were not finished (a power cut).
function pack.leftovers(folder)
  local list = {}
  while files.kind(part_name(folder, #list + 1)) do list[#list + 1] = part_name(folder, #list + 1) end
  return list
end

-- Remove a folder of ours: its files, and then it.
local function remove(folder)
  for _, name in ipairs(files.names(folder)) do os.remove(folder .. "/" .. name) end
  os.remove(folder)
end

-- The manifest ----------------------------------------------------------------------------------

-- As `sha256sum --check` reads it.
local function manifest_text(list)
  local lines = {}
  for i, each in ipairs(list) do lines[i] = ("%s  %s\n"):format(core.system.sha256(each.text), each.name) end
  return table.concat(lines)
end

local function manifest_json(list, head)
  local all = { files = core.array {} }
  for name, value in next, head do all[name] = value end
  for i, each in ipairs(list) do
    all.files[i] = { file = each.name, title = each.title, bytes = #each.text,
      sha256 = core.system.sha256(each.text), entry = each.entry }
  end
  return problem.check(core.encode(all, 2)) .. "\n"
end

-- Names files: "03-register-extract.html", in the order of the list.
function pack.name(number, base, ending) return ("%02d-%s%s"):format(number, base, ending) end

-- Write the files { name, title, text, entry } of a pack into a fresh folder. `head`:
-- what manifest.json says besides. -> { folder, digest (of manifest.txt), manifest }
function pack.write(folder, list, head)
  local all = { table.unpack(list) }
  all[#all + 1] = { name = "manifest.json", text = manifest_json(list, head) }
  local manifest = manifest_text(all)
  local beside = fresh_beside(folder)
  local written, fault = pcall(function()
    for _, each in ipairs(all) do problem.check(files.write(beside .. "/" .. each.name, each.text)) end
    problem.check(files.write(beside .. "/manifest.txt", manifest))
  end)
  if not written then
    remove(beside)
    error(fault, 0)
  end
  return { folder = beside, manifest = manifest, digest = core.system.sha256(manifest) }
end

-- Give a written pack its name; or take it away.
function pack.place(made, folder)
  problem.check(files.place(made.folder, folder, true)) -- an empty folder may be there
  made.folder = folder
end

function pack.discard(made) remove(made.folder) end

return pack
