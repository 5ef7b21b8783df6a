-- plugin/titles: what people call a step, an outcome or a record: by its name, by its title,
-- or by the name with spaces, in any letters.
--
--   titles.find(text, titles)        titles: { NAME = title or false } -> the name | nil
--   titles.with(text, titles)        -> the names that have these words in them, or their titles have, in order
--   titles.of_list(names), titles.of(things)   such tables, of a list of names, of { NAME = { title } }

local core = require "waymark.core"

local titles = {}

local function plain(text) return (core.fold(text):gsub("[%s_-]+", " "):match "^%s*(.-)%s*$") end

function titles.find(text, known)
  if known[text] ~= nil then return text end
  local wanted, found = plain(text), nil
  for name, title in next, known do
    if plain(name) == wanted or title and plain(title) == wanted then
      if found then return nil end -- two are called so: which is not guessed
      found = name
    end
  end
  return found
end

function titles.with(text, known)
  local wanted, names = " " .. plain(text) .. " ", {}
  for name, title in next, wanted:find "%S" and known or {} do
    local in_name = (" " .. plain(name) .. " "):find(wanted, 1, true)
    if in_name or title and (" " .. plain(title) .. " "):find(wanted, 1, true) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

function titles.of_list(names)
  local known = {}
  for _, name in ipairs(names or {}) do known[name] = false end
  return known
end

function titles.of(things)
  local known = {}
  for name, thing in next, things or {} do known[name] = thing.title or false end
  return known
end

return titles
