-- figures: one row a pupil, for other programs a contract (see lua/README.md):
--   upn, possible, attended, authorised, unauthorised, attendance, persistent,
--   severe, and for each threshold in use NAME_met_on, NAME_session, NAME_max
-- with `school` first when the workspace has several. Counts are those of the
-- academic year up to the as-of day; thresholds look at all history.

local problem = require "waymark.problem"

local figures = {}

-- "91.25", from hundredths; nil stays nil.
local function percent(hundredths)
  if not hundredths then return nil end
  return ("%d.%02d"):format(hundredths // 100, hundredths % 100)
end

-- Does absence reach a rate rule's band? On the counts, never on the percentage.
local function reaches(rule, row)
  local band = rule and rule.spec.bands and rule.spec.bands[1]
  if not band or row.possible == 0 then return 0 end
  return row.attended * 100 <= band * row.possible and 1 or 0
end

function figures.columns(workspace, several)
  local columns = { "upn", "possible", "attended", "authorised", "unauthorised", "attendance",
    "persistent", "severe" }
  if several then table.insert(columns, 1, "school") end
  for _, rule in ipairs(workspace:thresholds()) do
    for _, what in ipairs { "met_on", "session", "max" } do columns[#columns + 1] = rule.column .. "_" .. what end
  end
  return columns
end

-- The cells of a row, in the order of the columns (some nil).
function figures.cells(workspace, row, several)
  local cells, n = {}, 0
  local function add(value)
    n = n + 1
    cells[n] = value
  end
  if several then add(row.school) end
  for _, name in ipairs { "upn", "possible", "attended", "authorised", "unauthorised" } do add(row[name]) end
  add(percent(row.percent))
  add(reaches(workspace.rules_by_name.persistent, row))
  add(reaches(workspace.rules_by_name.severe, row))
  for _, threshold in ipairs(row.thresholds) do
    add(threshold.date)
    add(threshold.session)
    add(threshold.largest)
  end
  return cells
end

-- Iterate rows in the order imported. Schools whose pupils were imported side by
-- side come out of the store school by school: those are sorted first.
function figures.rows(workspace, filter)
  workspace:load_plugins()
  if #workspace.store:codes() == 0 then return function() end end -- a new workspace: nothing has come in
  filter.rules, filter.diary = {}, nil -- figures look at no case
  filter.everyone = true -- a row for every pupil that was imported, leavers too
  for i, rule in ipairs(workspace:thresholds()) do filter.rules[i] = rule.value end
  local next_row, _, _, closer = problem.check(workspace.store:figures(filter))
  if #workspace.store:schools() < 2 then return next_row, nil, nil, closer end
  local rows = {}
  for row in next_row do rows[#rows + 1] = row end
  table.sort(rows, function(a, b) return a.enrolment < b.enrolment end)
  local i = 0
  return function()
    i = i + 1
    return rows[i]
  end
end

return figures
