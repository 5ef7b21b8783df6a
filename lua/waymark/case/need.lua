-- case/need: how much a child needs somebody to act, as a road map says in its `lists`: points for
-- attendance that is lost in the school year, for each half day with certain codes, and for nothing
-- having been tried. A road map that says nothing tells nobody's need apart.

local core = require "waymark.core"
local words = require "waymark.base.words"

local need = {}

-- Whether somebody did something for a pupil (row number) in the school year of a day, up to that day: a
-- function of both. A call that was not answered is no such thing.
function need.tried(entries)
  local by_year = {} -- the first day of each pupil
  for _, entry in ipairs(entries) do
    if entry.kind == "recorded" and not entry.attempt and not entry.gone then
      local year = core.date.academic_year(entry.on)
      local first = by_year[year] or {}
      if not first[entry.pupil] or entry.on < first[entry.pupil] then first[entry.pupil] = entry.on end
      by_year[year] = first
    end
  end
  return function(pupil, day)
    local first = (by_year[core.date.academic_year(day)] or {})[pupil]
    return first ~= nil and first <= day
  end
end

local function is_declared(lists) return lists.need_attendance or lists.need_codes or lists.need_untried end

-- The points of a day, and what they are for: the attendance in percent, and the half days, where these count,
-- and whether nothing was tried. nil where the road map declares none.
function need.points(lists, pupil, day, is_tried)
  if not is_declared(lists) then return nil end
  local _, first = core.date.academic_year(day)
  local points, percent, n = 0, nil, nil
  local hundredths = pupil:rate(nil, first, day).hundredths
  if hundredths and lists.need_attendance then
    percent = hundredths // 100
    points = (100 - percent) * lists.need_attendance
  end
  if lists.need_codes then
    n = pupil:count(core.rule.count { name = "need", codes = lists.need_codes, at_least = 1 }, first, day).count
    points = points + n
  end
  local is_untried = lists.need_untried and not is_tried
  return is_untried and points + lists.need_untried or points, percent, n, is_untried
end

-- The same in words: 44, "attendance 78 %, 12 half days unauthorised or unexplained, nothing tried this school
-- year". nil where the road map declares none.
function need.of(lists, pupil, day, is_tried)
  local points, percent, n, is_untried = need.points(lists, pupil, day, is_tried)
  if not points then return nil end
  local said = {}
  said[1] = percent and ("attendance %d %%"):format(percent) or nil
  said[#said + 1] = n and ("%s %s"):format(words.count(n, "half day"), lists.need_called or "of those that count")
  said[#said + 1] = is_untried and "nothing tried this school year" or nil
  return points, table.concat(said, ", ")
end

return need
