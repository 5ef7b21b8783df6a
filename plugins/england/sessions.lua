-- sessions: the half days that a penalty notice relies on, by name: "2025-09-08 AM".
--
--   sessions.name(mark)             of a mark
--   sessions.read(text)             as people write it, "2025-09-08 am" or "2025-09-08 morning"; nil
--                                   of what is no half day
--   sessions.listed(texts)          those that can be read, by name
--   sessions.fault(texts, pupil, notices)
--                                   why these cannot be relied on, in words, or nil. `notices`: those
--                                   before, of the same parent and child (england.penalty)

local sessions = {}

local halves = { am = "AM", pm = "PM", morning = "AM", afternoon = "PM" }

function sessions.name(mark) return mark.date .. " " .. mark.session end

function sessions.read(text)
  local day, half = text:match "^%s*(%d%d%d%d%-%d%d%-%d%d),?%s+(%a+)%s*$"
  half = half and halves[half:lower()]
  return half and date.parse(day) and day .. " " .. half or nil
end

function sessions.listed(texts)
  local list = {}
  for _, text in ipairs(texts) do list[#list + 1] = sessions.read(text) end
  return list
end

-- The notice that relied on a half day already; one that was withdrawn did not.
local function earlier_notice(name, notices)
  for _, notice in ipairs(notices) do
    for _, each in ipairs(notice.status ~= "withdrawn" and notice.sessions or {}) do
      if each == name then return notice end
    end
  end
end

-- What the register has instead of an unauthorised absence; nil when it has one, or no mark.
local function other_mark(pupil, name)
  for _, mark in ipairs(pupil:marks(name:sub(1, 10), name:sub(1, 10))) do
    if sessions.name(mark) == name and mark.code ~= "" and mark.class ~= "unauthorised" then return mark end
  end
end

local function fault_of(text, pupil, notices)
  local name = sessions.read(text)
  if not name then return ('"%s" is no half day; write it as 2025-09-08 AM'):format(text) end
  local notice, mark = earlier_notice(name, notices), other_mark(pupil, name)
  if notice then
    return ("%s was relied on for the notice of %s to this parent for this child"):format(name,
      date.english(notice.issued_on))
  end
  return mark and ('%s is no unauthorised absence in the register: it is "%s" there'):format(name, mark.code) or nil
end

function sessions.fault(texts, pupil, notices)
  for _, text in ipairs(texts) do
    local words = fault_of(text, pupil, notices)
    if words then return "sessions: " .. words end
  end
end

return sessions
