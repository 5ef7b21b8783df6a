-- workspace/find: which pupil a person means: by UPN, admission number, name, name and form,
-- or number on the last list. Never a guess: when several fit, they are named.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local lists = require "waymark.store.lists"
local pupils = require "waymark.store.pupils"

local find = {}

-- Several stays of one pupil: of those that had begun by the day, if one is given, the one
-- that goes on, else the one that ended last.
local function last_stay(found, as_of)
  local last, latest = nil, ""
  for _, each in ipairs(found) do
    local begun = (each.joined or "") <= (as_of or "9999-12-31")
    local key = (begun and "1 " or "0 ") .. (each.left or "9999-12-31") .. (each.joined or "")
    if each.pupil ~= found[1].pupil then return nil end
    if key > latest then last, latest = each, key end
  end
  return last
end

-- The pupil whose number on the last list a text is, unless it is none. When it is
-- also the admission number of somebody else, it is refused.
local function find_on_list(store, who, found)
  local number = #who < 10 and who:find "^[1-9]%d*$" and math.tointeger(who)
  local row = number and lists.rows(store, nil, number)[1]
  if not row then return nil end
  for _, each in ipairs(found) do
    if each.pupil ~= row.pupil then
      problem.raise("%s is the number of %s on the last list, and the admission number of %s; say which by UPN or name",
        who, row.name, each.name)
    end
  end
  return row
end

-- "Ambrose RA", "Grace Ambrose, RA": a name with the form after it.
local function find_in_form(store, who)
  local name, form = who:match "^(.-),?%s+(%S+)%s*$"
  local found = {}
  for _, each in ipairs(name and pupils.find(store, name) or {}) do
    if each.form and core.fold(each.form) == core.fold(form) then found[#found + 1] = each end
  end
  return found
end

-- One pupil by UPN, name, admission number, or number on the last list; never a
-- guess. Of several stays, the one on the day `as_of` (else the last).
function find.pupil(store, who, as_of)
  local found = pupils.find(store, who)
  if #found == 0 then found = find_in_form(store, who) end
  local one = find_on_list(store, who, found) or last_stay(found, as_of)
  if one then return one end
  if #found == 0 then problem.raise('nobody is called "%s"; give a UPN, or a name as in the register', who) end
  local lines = {}
  for i, each in ipairs(found) do
    lines[i] = ("  %s  %s, %s, %s"):format(each.upn or "no UPN", each.name, each.form or "no form", each.school_name)
  end
  problem.raise('"%s" is not one pupil only; say which by UPN, or add the form:\n%s', who, table.concat(lines, "\n"))
end

return find
