-- pupil/year: a pupil's year as a person sees it at a glance: a heat map with a row a
-- week, and bars by weekday. Signs can be read without colour; the darker, the more
-- was missed. Nothing here asks the workspace: see pupil_page.lua for the data.

local core = require "waymark.core"
local words = require "waymark.base.words"

local year = {}

local date = core.date

local signs = {
  present = { "·", "green", "in school" },
  educational = { "∘", "green", "learning elsewhere" },
  authorised = { "▒", "yellow", "absent, authorised" },
  unauthorised = { "█", "red", "absent, unauthorised" },
  missing = { "?", "blue", "no mark" },
  ["not-possible"] = { "×", "dim", "not required" },
}
signs.administrative = signs["not-possible"]
local legend = { "present", "educational", "authorised", "unauthorised", "missing", "not-possible" }

local letters = { "M", "T", "W", "T", "F", "S", "S" }

-- Terms -----------------------------------------------------------------------------------

-- The weeks in parts, where two weeks or more without school come between.
local function parts_of(weeks)
  local parts, part, closed = {}, {}, {}
  for _, week in ipairs(weeks) do
    if not week.open then
      closed[#closed + 1] = week
    else
      if #closed > 1 and #part > 0 then
        parts[#parts + 1], part = part, {}
      else
        for _, each in ipairs(closed) do part[#part + 1] = each end
      end
      closed = {}
      part[#part + 1] = week
    end
  end
  if #part > 0 then parts[#parts + 1] = part end
  return parts
end

local function last_weekday(weeks)
  local last = 5
  for _, week in ipairs(weeks) do
    for weekday = 6, 7 do
      if week.days[weekday] then last = math.max(last, weekday) end
    end
  end
  return last
end

local function part_title(part, last)
  local first_month = words.month(part[1].monday)
  local last_month = words.month(date.add(part[#part].monday, last - 1))
  return first_month == last_month and first_month or ("%s to %s"):format(first_month, last_month)
end

-- Signs -----------------------------------------------------------------------------------

local function sign_of(state, paint)
  local sign = state and signs[state]
  return sign and paint(sign[2], sign[1]) or " "
end

local function week_cells(week, last, paint)
  local cells = {}
  for weekday = 1, last do
    local day = week.days[weekday] or {}
    cells[weekday] = sign_of(day.AM, paint) .. sign_of(day.PM, paint)
  end
  return table.concat(cells, " ")
end

local function short_day(day) return ("%2d %s"):format(tonumber(day:sub(9)), words.month(day):sub(1, 3)) end

local function fill(text, width) return text .. (" "):rep(width - utf8.len(text)) end

-- One line of a part: its text, padded to the part's width.
local function week_line(week, last, width, paint)
  if not week then return (" "):rep(width) end
  local day = paint("dim", short_day(week.monday)) .. "  "
  if not week.open then return day .. paint("dim", fill("no school", width - 8)) end
  return day .. week_cells(week, last, paint)
end

local function print_parts(parts, from, to, last, paint, out)
  local width, rows, line = 8 + last * 3 - 1, 0, {}
  for p = from, to do
    rows = math.max(rows, #parts[p])
    line[#line + 1] = fill(part_title(parts[p], last), width)
  end
  out("  " .. table.concat(line, "    "):gsub("%s+$", ""))
  local heads = {}
  for weekday = 1, last do heads[weekday] = letters[weekday] .. " " end
  local head = fill("        " .. table.concat(heads, " "), width)
  out("  " .. paint("dim", (head .. ("    " .. head):rep(to - from)):gsub("%s+$", "")))
  for row = 1, rows do
    line = {}
    for p = from, to do line[#line + 1] = week_line(parts[p][row], last, width, paint) end
    out("  " .. (table.concat(line, "    "):gsub("%s+$", "")))
  end
end

local function print_legend(paint, out)
  local list = {}
  for i, name in ipairs(legend) do
    local sign = signs[name]
    list[i] = paint(sign[2], sign[1]) .. " " .. sign[3]
  end
  out("  " .. table.concat(list, "   ", 1, 4))
  out("  " .. table.concat(list, "   ", 5) .. "   blank: closed, not on roll, or still to come")
end

-- The heat map: mornings left, afternoons right; three terms beside each other.
function year.print_weeks(weeks, paint, out)
  out("\n" .. paint("bold", "The year, week by week") .. paint("dim", "  each day: morning, afternoon"))
  if #weeks == 0 then return out "  The school has no calendar for this year." end
  local parts, last = parts_of(weeks), last_weekday(weeks)
  for from = 1, #parts, 3 do print_parts(parts, from, math.min(from + 2, #parts), last, paint, out) end
  print_legend(paint, out)
end

-- Weekdays ----------------------------------------------------------------------------------

local bar_width = 30
local few_half_days = 40 -- below this a pattern says little: four weeks of school

local function share(absent, possible) return possible > 0 and absent / possible or 0 end

-- What a full bar stands for: the largest share, rounded up to ten in a hundred.
local function scale_of(rows)
  local most = 0.1
  for _, row in ipairs(rows) do
    most = math.max(most, share(row.absent, row.possible), share(row.school_absent, row.school_possible))
  end
  return math.ceil(most * 10 - 1e-9) / 10
end

local function bar(row, scale, paint)
  local own = math.floor(share(row.absent, row.possible) / scale * bar_width + 0.5)
  local school = math.max(1, math.floor(share(row.school_absent, row.school_possible) / scale * bar_width + 0.5))
  local cells = {}
  for i = 1, bar_width do
    if i == school then
      cells[i] = paint("bold", "│")
    elseif i <= own then
      cells[i] = paint("yellow", "█")
    else
      cells[i] = paint("dim", "·")
    end
  end
  return table.concat(cells)
end

-- Bars of absence; the school's own share of the same weekday is a stroke in them.
function year.print_weekdays(rows, paint, out)
  out("\n" .. paint("bold", "Absence by weekday") .. paint("dim", "  │ the whole school on that weekday"))
  if #rows == 0 then return out "  No marks this year." end
  local scale, possible = scale_of(rows), 0
  for _, row in ipairs(rows) do
    possible = possible + row.possible
    out(("  %-10s %s %4.1f %%  %3d of %-3d   school %4.1f %%"):format(words.weekday(row.weekday),
      bar(row, scale, paint), share(row.absent, row.possible) * 100, row.absent, row.possible,
      share(row.school_absent, row.school_possible) * 100))
  end
  local note = ("a full bar is %d %%"):format(math.floor(scale * 100 + 0.5))
  if possible < few_half_days then note = note .. "; few half days so far, so read this with care" end
  out(paint("dim", "  " .. note))
end

return year
