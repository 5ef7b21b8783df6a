-- document/file: where a document lies: its bytes in documents/ under their digest, for
-- good; a copy where the person wants it, under a name that a person can read.

local core = require "waymark.core"
local files = require "waymark.base.files"
local base_words = require "waymark.base.words"
local problem = require "waymark.base.problem"

local document_file = {}

local name_most = 120 -- bytes

-- "ada-byron-notice-to-improve-mrs-byron": letters and digits of any alphabet.
function document_file.base(...)
  local words = {}
  for i = 1, select("#", ...) do words[#words + 1] = (select(i, ...)) end
  local text = base_words.plain(table.concat(words, "-")):lower()
  text = text:gsub("'", ""):gsub("[^%w\x80-\xFF]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  if #text > name_most then text = text:sub(1, utf8.offset(text, 0, name_most + 1) - 1) end
  return text ~= "" and text or "document"
end

-- Keep bytes in documents/. -> { name, path, digest, bytes }
function document_file.keep(space, bytes, name)
  local digest = core.system.sha256(bytes)
  local path = ("documents/%s%s"):format(digest:sub(1, 32), name:match "%.%w+$")
  problem.check(files.make_folder(space.folder .. "/documents"))
  local whole = space.folder .. "/" .. path
  if not files.exists(whole) then problem.check(files.write(whole, bytes)) end
  return { name = name, path = path, digest = digest, bytes = #bytes }
end

-- Somebody may have changed a letter of that name by hand: it stays, and the new one has a
-- number.
local function free_path(folder, base, ending, bytes)
  for n = 1, 999 do
    local path = ("%s/%s%s%s"):format(folder, base, n > 1 and "-" .. n or "", ending)
    if not files.exists(path) or files.read(path) == bytes then return path end
  end
  problem.raise("%s has 999 files %s%s; move them away", folder, base, ending)
end

-- Whether `output` names one file (a page or a PDF), and not a folder.
function document_file.is_name(output)
  return output ~= nil and not files.is_folder(output) and output:lower():find "[^/]%.%a+$" ~= nil
end

-- Where a copy goes: `output` as given: a file, by its ending; else a folder, which need not be
-- there yet; nil: the current folder. -> path, and the folder when it has to be made
function document_file.place(output, base, ending, bytes)
  if document_file.is_name(output) then
    if output:lower():sub(-#ending) == ending then return output end
    return output:gsub("%.%w+$", "") .. ending
  end
  local folder = (output or "."):gsub("(.)/+$", "%1")
  local path = free_path(folder, base, ending, bytes):gsub("^%./", "")
  return path, not files.is_folder(folder) and folder or nil
end

return document_file
