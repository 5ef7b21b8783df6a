-- intake/named: the children whom a report of an import names: counts first, then who.
--
--   named.lines(report)  -> lines: why and how many, then the first of them

local words = require "waymark.base.words"

local named = {}

local most = 10 -- children of one reason; all of them are in JSON

function named.lines(report)
  local lines = {}
  for _, group in ipairs(report.people or {}) do
    lines[#lines + 1] = ("%s (%s)"):format(words.capital(group.sentence), words.number(group.count))
    local shown = math.min(#group.names, most)
    for i = 1, shown do
      local each = group.names[i]
      lines[#lines + 1] = "  " .. (each.words and each.name .. ": " .. each.words or each.name)
    end
    if group.count > shown then
      lines[#lines + 1] = ("  … and %s more; all of them: import --format json"):format(
        words.number(group.count - shown))
    end
  end
  return lines
end

return named
