-- copies: what leaves the school, searched for words that its reader must not see.
--
--   local secrets = copies.secrets("examples/two-homes/secrets.txt")   by reader, "anyone" among them
--   copies.search(secrets, text, reader, what)     raises with the words that are in it all the same
--   copies.search_folder(secrets, folder, reader_of)   each file; reader_of(name) -> the reader. How many

local core = require "waymark.core"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local copies = {}

function copies.secrets(path)
  local secrets = {}
  for line in io.lines(path) do
    local reader, words = line:match "^(%l+)  (.+)$"
    if reader then
      secrets[reader] = secrets[reader] or {}
      table.insert(secrets[reader], words)
    end
  end
  return secrets
end

-- Letters and digits alone.
function copies.bare(text) return (core.fold(text):gsub("[^%w]", "")) end

-- A page as a person reads it.
local function read(text)
  return (text:gsub("<style>.-</style>", ""):gsub("<[^>]*>", " "):gsub("&#(%d+);", function(code)
    return utf8.char(tonumber(code))
  end):gsub("&%w+;", " "))
end

function copies.search(secrets, text, reader, what)
  text = copies.bare(read(text))
  for _, whose in ipairs { "anyone", reader ~= "anyone" and reader or nil } do
    for _, words in ipairs(secrets[whose]) do
      if text:find(copies.bare(words), 1, true) then error(("%s, for %s: %s"):format(what, reader, words), 0) end
    end
  end
end

function copies.search_folder(secrets, folder, reader_of)
  local n = 0
  for file in lfs.dir(folder) do
    if file:find "%w" then
      copies.search(secrets, workspace.read(("%s/%s"):format(folder, file)), reader_of(file), file)
      n = n + 1
    end
  end
  return n
end

return copies
