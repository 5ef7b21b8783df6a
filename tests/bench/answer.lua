-- answer: the sums of answer.h, out of what Waymark says of each pupil.
--
--   local sums = answer.new()
--   answer.add(sums, { upn =, first = session number or 0, largest =, possible =, attended =,
--     authorised =, unauthorised =, rate = hundredths, persistent = 0 | 1, severe = 0 | 1 })
--   answer.pupil_number(upn) -> the pupil's number, as in answer.h
--   answer.of_csv(path) -> sums of a file of `waymark figures --format csv`
--   answer.differ(a, b) -> nil, or what is not the same, as a text
--   answer.take(values, before) -> the sums among key = value pairs that begin so

local answer = {}

answer.fields = { "pupils", "met", "first", "largest", "possible", "attended", "authorised", "unauthorised",
  "rate", "persistent", "severe", "mix" }

function answer.new()
  local sums = {}
  for _, field in ipairs(answer.fields) do sums[field] = 0 end
  return sums
end

-- Days since 1970-01-01, by Howard Hinnant's days_from_civil.
local function day_number(iso)
  local y, m, d = math.tointeger(iso:sub(1, 4)), math.tointeger(iso:sub(6, 7)), math.tointeger(iso:sub(9, 10))
  if m <= 2 then y = y - 1 end
  local era, of_era = y // 400, y % 400
  local of_year = (153 * (m > 2 and m - 3 or m + 9) + 2) // 5 + d - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

-- The number of a session, by its date and "AM" or "PM"; 0 of nothing.
function answer.session(date, half)
  if not date or date == "" then return 0 end
  return day_number(date) * 2 + (half == "PM" and 1 or 0)
end

function answer.pupil_number(upn)
  local la, establishment, pupil = upn:match "^%u(%d%d%d)(%d%d%d%d)(%d%d%d%d%d)$"
  local school = (la - 201) * 220 + establishment - 1001
  return math.tointeger(school * 10000 + pupil - 10000)
end

function answer.add(sums, p)
  sums.pupils = sums.pupils + 1
  sums.met = sums.met + (p.first > 0 and 1 or 0)
  for i = 3, 11 do
    local field = answer.fields[i]
    sums[field] = sums[field] + p[field]
  end
  sums.mix = sums.mix + (answer.pupil_number(p.upn) % 997 + 1) * (p.first + 3 * p.largest + 5 * p.possible
    + 7 * p.attended + 11 * p.authorised + 13 * p.unauthorised)
end

-- No cell that is looked at holds a comma or a quote.
local function cells_of(line)
  local cells = {}
  for cell in (line .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
  return cells
end

local numbers = { possible = "possible", attended = "attended", authorised = "authorised",
  unauthorised = "unauthorised", persistent = "persistent", severe = "severe", largest = "national_max" }

function answer.of_csv(path)
  local file <close> = assert(io.open(path))
  local sums, at = answer.new(), {}
  for i, name in ipairs(cells_of(file:read "l")) do at[name] = i end
  for line in file:lines() do
    local cells = cells_of(line)
    local p = { upn = cells[at.upn], rate = math.tointeger((cells[at.attendance]:gsub("%.", ""))),
      first = answer.session(cells[at.national_met_on], cells[at.national_session]) }
    for field, column in pairs(numbers) do p[field] = math.tointeger(cells[at[column]]) end
    answer.add(sums, p)
  end
  return sums
end

function answer.differ(a, b)
  local list = {}
  for _, field in ipairs(answer.fields) do
    if a[field] ~= b[field] then list[#list + 1] = ("%s %s and %s"):format(field, a[field], b[field]) end
  end
  return list[1] and table.concat(list, ", ")
end

function answer.take(values, before)
  local sums = {}
  for _, field in ipairs(answer.fields) do sums[field] = math.tointeger(values[(before or "") .. field]) end
  return sums
end

return answer
