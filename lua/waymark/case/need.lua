-- case/need: how much a child needs somebody to act, as a road map says in its `lists`: points for
-- attendance that is lost in the school year, for each half day with certain codes, and for nothing
-- having been tried. A road map that says nothing tells nobody's need apart.

local core = require "waymark.core"
local words = require "waymark.base.words"

local need = {}

-- The pupils (row numbers) for whom somebody did something in the school year of a day, up to that day:
-- a call that was not answered is no such thing.
function need.tried(entries, day)
  local pupils, _, first = {}, core.date.academic_year(day)
  for _, entry in ipairs(entries) do
    local is_done = entry.kind == "recorded" and not entry.attempt and not entry.gone
    if is_done and entry.on >= first and entry.on <= day then
      pupils[entry.pupil] = true
    end
  end
  return pupils
end

local function is_declared(lists) return lists.need_attendance or lists.need_codes or lists.need_untried end

-- The points of a day, and in words what they are for: 44, "attendance 78 %, 12 half days unauthorised or
-- unexplained, nothing tried this school year". nil where the road map declares none.
function need.of(lists, pupil, day, is_tried)
  if not is_declared(lists) then return nil end
  local _, first = core.date.academic_year(day)
  local points, said = 0, {}
  local hundredths = pupil:rate(nil, first, day).hundredths
  if hundredths and lists.need_attendance then
    points = (100 - hundredths // 100) * lists.need_attendance
    said[1] = ("attendance %d %%"):format(hundredths // 100)
  end
  if lists.need_codes then
    local rule = core.rule.count { name = "need", codes = lists.need_codes, at_least = 1 }
    local n = pupil:count(rule, first, day).count
    points = points + n
    said[#said + 1] = ("%s %s"):format(words.count(n, "half day"), lists.need_called or "of those that count")
  end
  if lists.need_untried and not is_tried then
    points, said[#said + 1] = points + lists.need_untried, "nothing tried this school year"
  end
  return points, table.concat(said, ", ")
end

return need
