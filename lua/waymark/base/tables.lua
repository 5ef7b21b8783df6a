-- base/tables: what is asked of lists and sets wherever they come from.
--
--   tables.has(list, value)   whether it is in the list; nil is an empty list
--   tables.set(text)          "a b" -> { a = true, b = true }
--   tables.each(list, make)   for item in …: every item of a list, as `make` (if any) makes it

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

function tables.each(list, make)
  local i = 0
  return function()
    i = i + 1
    local item = list[i]
    if item == nil or not make then return item end
    return make(item)
  end
end

return tables
