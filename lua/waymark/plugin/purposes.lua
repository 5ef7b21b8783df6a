-- plugin/purposes: what each step of a road map is for, as its `about` says it, wherever steps are
-- listed, and where the road map becomes more formal.
--
--   purposes.is_formal(step)      whether a step formalises support, or enforces
--   purposes.heading              what stands above the first of these
--   purposes.early                what stands above others that come after these
--   purposes.of(steps)            { { title, about, step, heading = text | nil }, … }: each step that
--                                 says it once, in the order of the road map
--   purposes.lines(steps, width)  the same as lines for a terminal, under a title; none of no step

local words = require "waymark.base.words"

local purposes = {}

purposes.heading = "Moving to a more formal approach"
purposes.early = "Early support"

local formal = { formalise = true, enforce = true }

function purposes.is_formal(step) return step ~= nil and formal[step.principle] == true end

function purposes.of(steps)
  local list, seen = {}, {}
  for _, step in ipairs(steps) do
    if (step.about or "") ~= "" and not seen[step.title] then
      seen[step.title], list[#list + 1] = true, { title = step.title, about = step.about, step = step }
    end
  end
  table.sort(list, function(a, b)
    if a.step.place ~= b.step.place then return a.step.place < b.step.place end
    return a.title < b.title
  end)
  local is_formal = false
  for _, each in ipairs(list) do
    if not is_formal and purposes.is_formal(each.step) and not each.step.further then
      each.heading, is_formal = purposes.heading, true
    end
  end
  return list
end

function purposes.lines(steps, width)
  local rows = {}
  for _, each in ipairs(purposes.of(steps)) do
    if each.heading then rows[#rows + 1] = { each.heading, "" } end
    rows[#rows + 1] = { each.title, each.about }
  end
  local lines = words.rows(rows, width)
  if #lines > 0 then table.insert(lines, 1, "What each step is for:") end
  return lines
end

return purposes
