-- case/need: how much a child needs somebody to act, as a road map says in its `lists`: points for
-- attendance that is lost in the school year, for each half day with certain codes, and for nothing
-- having been done. A road map that says nothing tells nobody's need apart.

local core = require "waymark.core"
local words = require "waymark.base.words"

local need = {}

-- Whether somebody did something for a pupil (row number) in the school year of a day, up to that day, and
-- whether somebody tried to, such as by a call that was not answered: a function of both.
function need.tried(entries)
  local done, tried = {}, {} -- by school year, the first day of each pupil
  local function note(years, entry)
    local year = core.date.academic_year(entry.on)
    local first = years[year] or {}
    if not first[entry.pupil] or entry.on < first[entry.pupil] then first[entry.pupil] = entry.on end
    years[year] = first
  end
  for _, entry in ipairs(entries) do
    if entry.kind == "recorded" and not entry.gone then note(entry.attempt and tried or done, entry) end
  end
  return function(pupil, day)
    local year = core.date.academic_year(day)
    local function is_by(years)
      local first = years[year] and years[year][pupil]
      return first ~= nil and first <= day
    end
    return is_by(done), is_by(tried)
  end
end

-- The rule that counts the half days of a road map's lists, made once.
local rules = setmetatable({}, { __mode = "k" })

local function rule_of(lists)
  rules[lists] = rules[lists] or core.rule.count { name = "need", codes = lists.need_codes, at_least = 1 }
  return rules[lists]
end

local function is_declared(lists) return lists.need_attendance or lists.need_codes or lists.need_untried end

-- The points of a day, and what they are for: the attendance in percent, and the half days, where these count,
-- and whether nothing was tried. nil where the road map declares none.
function need.points(lists, pupil, day, is_done)
  if not is_declared(lists) then return nil end
  local _, first = core.date.academic_year(day)
  local points, percent, n = 0, nil, nil
  local hundredths = pupil:rate(nil, first, day).hundredths
  if hundredths and lists.need_attendance then
    percent = hundredths // 100
    points = (100 - percent) * lists.need_attendance
  end
  if lists.need_codes then
    n = pupil:count(rule_of(lists), first, day).count
    points = points + n
  end
  local is_untried = lists.need_untried and not is_done
  return is_untried and points + lists.need_untried or points, percent, n, is_untried
end

-- The same in words: 44, "attendance 78 %, 12 half days unauthorised or unexplained, nothing tried this school
-- year", or "nobody reached this school year". nil where the road map declares none.
function need.of(lists, pupil, day, is_done, is_tried)
  local points, percent, n, is_untried = need.points(lists, pupil, day, is_done)
  if not points then return nil end
  local said = {}
  said[1] = percent and ("attendance %d %%"):format(percent) or nil
  said[#said + 1] = n and ("%s %s"):format(words.count(n, "half day"), lists.need_called or "of those that count")
  said[#said + 1] = is_untried and (is_tried and "nobody reached" or "nothing tried") .. " this school year" or nil
  return points, table.concat(said, ", ")
end

return need
