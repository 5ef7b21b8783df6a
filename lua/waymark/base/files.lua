-- base/files: reading and writing whole files, and folders. Everything that is
-- written is for its owner alone, and a file is there whole or not at all.

local lfs = require "lfs"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local files = {}

local most_bytes = 256 << 20

-- All of an ordinary file of at most `most` bytes.
function files.read(path, most) return core.system.read(path, most or most_bytes) end

-- Write a new file. -> true; false when it is there already, with this very text; nil, message
-- when anything else has its name, and whether it was the machine
function files.write(path, text)
  local written, message, machine = core.system.write(path, text, false)
  if not written and files.kind(path) == "file" and files.read(path) == text then return false end
  return written, message, machine
end

-- The same in place of what has the name: for a file that Waymark itself made.
function files.replace(path, text) return core.system.write(path, text, true) end

-- Rename, for good: the folder is synced. With `replace`, over what has the name.
function files.place(from, to, replace) return core.system.place(from, to, replace or false) end

-- Lock a file, made if need be, against other commands until what is given back is closed, or the command ends.
-- -> a file | false: another has it | nil, message
function files.lock(path) return core.system.lock(path) end

function files.is_folder(path) return lfs.attributes(path, "mode") == "directory" end
function files.exists(path) return lfs.attributes(path, "mode") ~= nil end

-- Whether nothing has the name. In a folder that may not be looked into nobody knows: then it is not missing.
local no_entry, no_folder = 2, 20
function files.is_missing(path)
  local _, _, number = lfs.attributes(path, "mode")
  return number == no_entry or number == no_folder
end

-- The names in a folder, sorted, without "." and ".."; empty when it is none. Raises of one that may not be read.
function files.names(path)
  local names = {}
  if not files.is_folder(path) then return names end
  local ok, next_name, of = pcall(lfs.dir, path)
  if not ok then
    local why = next_name:match ": ([^:]+)$" or next_name
    local is_denied = why == "Permission denied"
    error(problem.new { what = ("cannot read the folder %s: %s"):format(path, why),
      todo = is_denied and "check the permissions of the folder" or "close other programs, and try again",
      machine = not is_denied or nil }, 0)
  end
  for name in next_name, of do
    if name ~= "." and name ~= ".." then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- What a name is, without following a link: "file", "directory", "link", …
function files.kind(path) return lfs.symlinkattributes(path, "mode") end
-- Whether it leads to an ordinary file: one that may be opened and looked into; another, such as a pipe, would wait.
function files.is_ordinary(path) return lfs.attributes(path, "mode") == "file" end
function files.size(path) return lfs.attributes(path, "size") end

-- A folder of Waymark's own: made, or there already, and no link, which leads anywhere.
function files.make_folder(path) return core.system.make_folder(path) end

-- One that a person named: it may be a link to one.
function files.need_folder(path)
  if files.is_folder(path) then return true end
  return files.make_folder(path)
end

-- A text as one word of a shell.
function files.quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

-- An absolute path, with no look at whether it exists.
function files.absolute(path)
  if path:sub(1, 1) == "/" then return path end
  return lfs.currentdir() .. "/" .. path
end

local longest_name = 120 -- bytes

-- A name for a file, of texts: letters and digits of any alphabet, in small letters, no way
-- out of its folder: "ada-byron-notice-to-improve-mrs-byron". Never empty.
function files.slug(...)
  local text = words.plain(table.concat({ ... }, "-")):lower()
  text = text:gsub("'", ""):gsub("[^%w\x80-\xFF]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  if #text > longest_name then text = text:sub(1, utf8.offset(text, 0, longest_name + 1) - 1) end
  return text ~= "" and text or "document"
end

-- FOLDER/STEM, else FOLDER/STEM-2, …: the first that has no file with any of the endings yet,
-- or one with these very `bytes`. -> the path without ending | nil, message
function files.free(folder, stem, endings, bytes)
  for n = 1, 999 do
    local path, taken = ("%s/%s%s"):format(folder, stem, n > 1 and "-" .. n or ""), false
    for _, ending in ipairs(endings) do
      taken = taken or files.exists(path .. ending) and (bytes == nil or files.read(path .. ending) ~= bytes)
    end
    if not taken then return path end
  end
  return nil, ("%s has 999 files %s%s; move them away"):format(folder, stem, endings[1])
end

return files
