-- codes.lua: the attendance codes of England as fixtures for specs of the core, which
-- knows none by name. The program itself gets them from the plugin `england`.
--
-- { text, class, meaning, physically in school, first day, last day }

local NEW, OLD = "2024-08-19", "2024-08-18" -- the Regulations of 2024 came into force

local rows = {
  { "/", "present", "present, morning", true },
  { "\\", "present", "present, afternoon", true },
  { "L", "present", "late, before the register closed", true },
  { "K", "educational", "education arranged by the authority", false, NEW },
  { "V", "educational", "educational visit", false },
  { "P", "educational", "approved sporting activity", false },
  { "W", "educational", "work experience", false },
  { "B", "educational", "other approved educational activity", false },
  { "C1", "authorised", "regulated performance or employment abroad", false, NEW },
  { "C2", "authorised", "part-time timetable", false, NEW },
  { "C", "authorised", "leave in exceptional circumstances", false },
  { "E", "authorised", "suspended or excluded, no provision made", false },
  { "I", "authorised", "illness", false },
  { "J1", "authorised", "interview", false, NEW },
  { "M", "authorised", "medical or dental appointment", false },
  { "R", "authorised", "religious observance", false },
  { "S", "authorised", "study leave", false },
  { "T", "authorised", "parent travelling for work", false },
  { "H", "authorised", "holiday granted", false, nil, OLD },
  { "F", "authorised", "extended family holiday granted", false, nil, "2013-08-31" },
  { "J", "educational", "interview", false, nil, OLD },
  { "G", "unauthorised", "holiday not granted", false },
  { "N", "unauthorised", "reason not yet known", false },
  { "O", "unauthorised", "no other code fits", false },
  { "U", "unauthorised", "after the register closed", true },
  { "D", "not-possible", "dual registered, at the other school", false },
  { "X", "not-possible", "not of compulsory age, not required", false },
  { "Q", "not-possible", "the authority's travel or access duty failed", false, NEW },
  { "Y", "not-possible", "unable to attend", false, nil, OLD },
  { "Y1", "not-possible", "transport normally provided not available", false, NEW },
  { "Y2", "not-possible", "widespread disruption to travel", false, NEW },
  { "Y3", "not-possible", "part of the school closed", false, NEW },
  { "Y4", "not-possible", "whole school unexpectedly closed", false, NEW },
  { "Y5", "not-possible", "criminal justice detention", false, NEW },
  { "Y6", "not-possible", "public health guidance or law", false, NEW },
  { "Y7", "not-possible", "other unavoidable cause", false, NEW },
  { "Z", "administrative", "not yet on roll", false },
  { "#", "administrative", "planned whole-school closure", false },
}

local codes = {}
for i, row in ipairs(rows) do
  codes[i] = {
    text = row[1], class = row[2], meaning = row[3], physical = row[4],
    from = row[5], to = row[6],
  }
end

return codes
