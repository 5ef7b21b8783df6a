-- pupil/figures: one row a pupil, for other programs a contract (see lua/manual/contracts.md):
--   upn, possible, attended, authorised, unauthorised, attendance, persistent,
--   severe, and for each threshold in use NAME_met_on, NAME_session, NAME_max
-- with `school` first when the workspace has several. Counts are those of the
-- academic year up to the as-of day; thresholds look at all history.

local problem = require "waymark.base.problem"
local registers = require "waymark.store.registers"
local terminal = require "waymark.base.terminal"

local figures = {}

-- "91.25", from hundredths; nil stays nil.
local function percent(hundredths)
  if not hundredths then return nil end
  return ("%d.%02d"):format(hundredths // 100, hundredths % 100)
end

local function band_of(rule) return rule and rule.spec.bands and rule.spec.bands[1] end

-- Does absence reach a rate rule's band? On the counts, never on the percentage.
local function reaches(rule, row)
  local band = band_of(rule)
  if not band or row.possible == 0 then return 0 end
  return row.attended * 100 <= band * row.possible and 1 or 0
end

-- Whether rows begin with the school.
function figures.has_several_schools(workspace)
  return registers.has_several_schools(workspace.store)
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

-- What the store is asked for: everybody, and the thresholds in use.
local function asked(workspace, filter)
  filter.rules, filter.diary = {}, nil -- figures look at no case
  filter.everyone = true -- a row for every pupil that was imported, leavers too
  for i, rule in ipairs(workspace:thresholds()) do filter.rules[i] = rule.value end
  return filter
end

local function is_new(workspace) return #workspace.store:codes() == 0 end -- nothing has come in

-- Iterate rows in the order imported.
function figures.rows(workspace, filter)
  workspace:load_plugins()
  if is_new(workspace) then return function() end end
  return problem.check(workspace.store:figures(asked(workspace, filter)))
end

-- Write all of it as CSV to an open file: the same cells, made by the store.
function figures.write_csv(workspace, filter, several, out)
  workspace:load_plugins()
  local heading = terminal.csv_line(figures.columns(workspace, several))
  if is_new(workspace) then
    out:write(heading)
    return
  end
  filter = asked(workspace, filter)
  filter.heading, filter.school_column, filter.out = heading, several, out
  local rules = workspace.rules_by_name
  filter.bands = { band_of(rules.persistent) or false, band_of(rules.severe) or false }
  problem.check(workspace.store:write_figures(filter))
end

return figures
