-- manual/words: how the parts of an entry of the declaration are said, for the manual.
-- Needs nothing.

local words = {}

-- "date?" -> "date or nil"
function words.type(name)
  local inner = name:match "^(.*)%?$"
  return (inner or name):gsub("|", " or ") .. (inner and " or nil" or "")
end

function words.gives(entry)
  local list = {}
  for i, each in ipairs(entry.gives) do
    local name = type(each) == "table" and each[1] or each
    list[i] = (type(each) == "table" and each[2] ~= name:gsub("%?$", "") and each[2] .. ": " or "") .. words.type(name)
  end
  return table.concat(list, ", ")
end

-- Of a table that people write, what must be there is said; of an object, what may be nil.
function words.field_type(field, is_form)
  local given = field[2]
  if is_form and not given:find "^function" then given = given:gsub("%?$", "") end
  return words.type(given) .. (field.required and ", needed" .. (field.but_for or "") or "")
end

function words.field_help(field)
  local list = {}
  if field[3] then list[1] = field[3] end
  if field.least then list[#list + 1] = ("%d to %d"):format(field.least, field.most) end
  if field.default then list[#list + 1] = field.default .. " if you say nothing" end
  if field.since then list[#list + 1] = "since API level " .. field.since end
  if field.grant then list[#list + 1] = ("grant `%s`"):format(field.grant) end
  return table.concat(list, "; ")
end

return words
