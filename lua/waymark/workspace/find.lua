-- workspace/find: which pupil a person means: by UPN, admission number, name, name and form,
-- or number on a list, each with "at SCHOOL" behind it where it matters. Never a guess: when several fit, they are
-- named; of a pupil who is on roll at two schools at once, it has to be said at which.
--
-- A number is that of the list that was given out last, or that the same person was shown last; where a
-- newer list, or the other of the two, gives it to somebody else, it is refused. It stands for the step of its
-- row, too, where these lists agree on it.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local lists = require "waymark.store.lists"
local pupils = require "waymark.store.pupils"

local find = {}

local most_shown = 20 -- of those who have one name
local paper_seconds = 7 * 86400 -- how long a list that was given out is worked from

-- Several stays of one pupil: of those that had begun by the day, if one is given, the one
-- that goes on, else the one that ended last. Of several pupils none, and neither where two schools have the pupil
-- on roll on the day, or today: these come second.
local function last_stay(found, as_of, today)
  local last, latest, at = nil, "", {}
  for _, each in ipairs(found) do
    local begun = (each.joined or "") <= (as_of or "9999-12-31")
    local key = (begun and "1 " or "0 ") .. (each.left or "9999-12-31") .. (each.joined or "")
    local day = as_of or today
    if each.pupil ~= found[1].pupil then return nil end
    if key > latest then last, latest = each, key end
    local is_there = day and (each.joined or "") <= day and (each.left or "9999-12-31") >= day
    if is_there and not at[each.school] then at[#at + 1], at[each.school] = each, true end
  end
  if #at > 1 then return nil, at end
  return last
end

local function say_school(who, stays)
  local ways = {}
  for i, each in ipairs(stays) do ways[i] = ('"%s at %s"'):format(each.name, each.school_name) end
  problem.raise('"%s" is on roll at %d schools; say at which: %s, or --school', who, #stays, table.concat(ways, " or "))
end

-- Those of a list who are, or were, at a school (its key), or all.
local function at_school(found, school)
  local list = {}
  for _, each in ipairs(found) do list[#list + 1] = (not school or each.school == school) and each or nil end
  return list
end

-- "Ambrose RA", "Grace Ambrose, RA": a name with the form after it.
local function find_in_form(store, who)
  local name, form = who:match "^(.-),?%s+(%S+)%s*$"
  return name and pupils.find(store, name, form) or {}
end

-- Whom a text names, as it is or before " at SCHOOL".
local function named(store, who, school)
  local found = at_school(pupils.find(store, who), school)
  if #found == 0 then found = at_school(find_in_form(store, who), school) end
  local name, text = who:match "^(.-),?%s+[Aa][Tt]%s+(.+)$"
  local key = #found == 0 and name and not school and pupils.school_key(store, store:school_id(text))
  return key and named(store, name, key) or found
end

-- "Ada Byron on the list of 2025-10-13 09:00 (given out)"
local function on_list(row)
  return ("%s on the list of %s%s"):format(row.name, core.system.local_text(row.at),
    row.given_out == 1 and " (given out)" or row.by and " (" .. row.by .. "'s)" or "")
end

-- The pupil whose number on a list a text is, unless it is none. When it is another's on
-- another list that counts, or the admission number of somebody else, it is refused.
local function find_on_list(store, who, found, reader)
  local number = #who < 10 and who:find "^[1-9]%d*$" and math.tointeger(who)
  local rows = number and lists.numbered(store, number, reader.login, reader.now - paper_seconds) or {}
  local row = rows[#rows]
  if not row then return nil end
  for _, each in ipairs(rows) do
    if each.pupil ~= row.pupil then
      problem.raise("%s is %s, and %s; say which by UPN or name", who, on_list(each), on_list(row))
    end
    if each.step ~= row.step then row.other_step = each.step end
  end
  for _, each in ipairs(found) do
    if each.pupil ~= row.pupil then
      problem.raise("%s is the number of %s on the list, and the admission number of %s; say which by UPN or name",
        who, row.name, each.name)
    end
  end
  return row
end

-- The pupils that a person means: of one, as find.pupil has it, or of several numbers ("3,5") each.
function find.pupils(store, who, reader)
  if not who:find "^%s*%d+%s*,[%d%s,]*$" then return { find.pupil(store, who, nil, reader) } end
  local list, number_of = {}, {}
  for part in who:gmatch "[^,]*" do -- one that was left out, or a comma that was, is a slip: of whom, nobody knows
    local number = part:match "^%s*(%d+)%s*$"
    if not number then
      problem.raise('"%s" is no list of numbers; give a number between two commas, and one at the end: 3,5,8', who)
    end
    local pupil = find.pupil(store, number, nil, reader)
    local before = number_of[pupil.pupil]
    if before then
      problem.raise("%s and %s are both %s; name each child once", before, number, pupil.name)
    end
    number_of[pupil.pupil], list[#list + 1] = number, pupil
  end
  return list
end

-- One pupil by UPN, name, admission number, or number on a list; never a guess. Of several stays, the one
-- on the day `as_of` (else the last). reader: { login, now, school }, who asks and when, and at which school.
function find.pupil(store, who, as_of, reader)
  local school = reader and reader.school
    and pupils.school_key(store, problem.check(store:school_id(reader.school)))
  local found = named(store, who, school)
  local one, at = find_on_list(store, who, found, reader), nil
  if not one then one, at = last_stay(found, as_of, reader and core.system.local_text(reader.now):sub(1, 10)) end
  if one then return one end
  if at then say_school(who, at) end
  local old = #found == 0 and #who < 10 and who:find "^[1-9]%d*$" and lists.last_numbered(store, math.tointeger(who))
  if old then
    problem.raise("%s was %s, and another list was given out since; say which by UPN or name", who, on_list(old))
  end
  if #found == 0 and #who < 10 and who:find "^%d+$" then
    problem.raise("%s is on no list, and is nobody's UPN or admission number; look at the list again, or give a name",
      who)
  end
  if #found == 0 then problem.raise('nobody is called "%s"; give a UPN, or a name as in the register', who) end
  local lines = {}
  for i = 1, math.min(#found, most_shown) do
    local each = found[i]
    lines[i] = ("  %s  %s, %s, %s"):format(each.upn or "no UPN", each.name, each.form or "no form", each.school_name)
  end
  local more = #found - #lines
  if more > 0 then
    lines[#lines + 1] = ("  and %s%d more"):format(#found == pupils.most_found and "at least " or "", more)
  end
  problem.raise('"%s" is not one pupil only; say which by UPN, or add the form:\n%s', who, table.concat(lines, "\n"))
end

return find
