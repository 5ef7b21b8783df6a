-- base/tables: what is asked of lists and sets wherever they come from.
--
--   tables.has(list, value)   whether it is in the list; nil is an empty list
--   tables.set(text)          "a b" -> { a = true, b = true }

local tables = {}

function tables.has(list, value)
  for _, each in ipairs(list or {}) do
    if each == value then return true end
  end
  return false
end

function tables.set(text)
  local set = {}
  for name in text:gmatch "%S+" do set[name] = true end
  return set
end

return tables
