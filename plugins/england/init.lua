-- england: what the law and the national guidance say, as data.
--
-- Sources: the School Attendance (Pupil Registration) (England) Regulations 2024
-- (SI 2024/208); the Education (Penalty Notices) (England) Regulations 2007 as
-- amended by SI 2024/210; "Working together to improve school attendance" (DfE,
-- statutory guidance, "WT"); Education Act 1996 s.8 (compulsory school age).

local days = require "england.days"

local england = {}

-- Each rule names the edition that it was checked against; what lies before it says the same since
-- August 2024.
england.editions = {
  guidance = "Working together to improve school attendance (DfE), July 2026",
  registers = "SI 2024/208, School Attendance (Pupil Registration) (England) Regulations 2024",
  notices = "SI 2007/1867 as amended by SI 2024/210; Working together (DfE), July 2026",
  setting = "a setting of the school or the authority, no number of the law",
}
local editions = england.editions

-- Codes ----------------------------------------------------------------------
-- Each row: code, class, meaning. `physical`: the pupil was in school. `half`:
-- the code belongs to mornings or afternoons. `from`, `to`: days in force. `late`: it says so.

local new = "2024-08-19"      -- the 2024 regulations
local retired = "2024-08-18"

codes {
  { "/", "present", "Present in the morning", physical = true, half = "AM" },
  { "\\", "present", "Present in the afternoon", physical = true, half = "PM" },
  { "L", "present", "Late, before the register closed", physical = true, late = true },

  { "K", "educational", "Education arranged by the local authority", from = new },
  { "V", "educational", "Educational visit or trip" },
  { "P", "educational", "Approved sporting activity" },
  { "W", "educational", "Work experience" },
  { "B", "educational", "Any other approved educational activity" },
  -- Until 2024 an interview was an approved educational activity; J1 is an absence.
  { "J", "educational", "Interview", to = retired },

  { "C1", "authorised", "Regulated performance or employment abroad", from = new },
  { "C2", "authorised", "Part-time timetable", from = new },
  { "C", "authorised", "Leave in exceptional circumstances" },
  { "E", "authorised", "Suspended or permanently excluded, no provision made" },
  { "I", "authorised", "Illness" },
  { "J1", "authorised", "Interview", from = new },
  { "M", "authorised", "Medical or dental appointment" },
  { "R", "authorised", "Religious observance" },
  { "S", "authorised", "Study leave" },
  { "T", "authorised", "Parent travelling for work" },
  { "H", "authorised", "Holiday agreed by the school", to = retired },
  { "F", "authorised", "Extended family holiday agreed by the school", to = "2013-08-31" },

  { "G", "unauthorised", "Holiday not granted by the school" },
  { "N", "unauthorised", "Reason for absence not yet known" },
  { "O", "unauthorised", "Absent, not authorised by the school" },
  { "U", "unauthorised", "Arrived after the register closed", physical = true },

  { "D", "not-possible", "Dual registered, at the other school" },
  { "X", "not-possible", "Not required to attend (not of compulsory school age)" },
  { "Q", "not-possible", "Absent because the authority's travel duty failed", from = new },
  { "Y1", "not-possible", "Transport normally provided not available", from = new },
  { "Y2", "not-possible", "Widespread disruption to travel", from = new },
  { "Y3", "not-possible", "Part of the school closed", from = new },
  { "Y4", "not-possible", "Whole school unexpectedly closed", from = new },
  { "Y5", "not-possible", "Criminal justice detention", from = new },
  { "Y6", "not-possible", "Public health guidance or law", from = new },
  { "Y7", "not-possible", "Any other unavoidable cause", from = new },
  { "Y", "not-possible", "Unable to attend, exceptional circumstances", to = retired },

  { "Z", "administrative", "Pupil not yet on roll" },
  { "#", "administrative", "Planned whole-school closure" },
}

-- Compulsory school age --------------------------------------------------------
-- From the first of 31 March, 31 August and 31 December on or after the fifth
-- birthday (EA 1996 s.8(2)) to the last Friday in June of the school year in
-- which the pupil turns sixteen (s.8(3)).

england.compulsory = {
  from_age = 5,
  from_on = { "03-31", "08-31", "12-31" },
  to_age = 16,
  year_begins = "09-01",
  to_month = 6,
  to_last = "friday",
}

-- Rates -------------------------------------------------------------------------
-- Persistent absence is 10 % or more of the pupil's own possible sessions,
-- severe absence 50 % or more (WT, "persistent" and "severe"), tested on counts.

england.attendance = rate { name = "attendance", edition = editions.guidance }
england.persistent = rate { name = "persistent", bands = { 90 }, edition = editions.guidance }
england.severe = rate { name = "severe", bands = { 50 }, edition = editions.guidance }

-- The national threshold -----------------------------------------------------------
-- Ten sessions of unauthorised absence, any mix of G, N, O and U, in a rolling
-- period of ten school weeks (SI 2007/1867 reg. 2, as amended). Meeting it means
-- that a penalty notice must be considered: a person decides. Absence before
-- 19 August 2024 does not count.

england.national = rolling {
  name = "national",
  codes = "GNOU",
  at_least = 10,
  weeks = 10,
  since = new,
  ages = england.compulsory,
  edition = editions.notices,
}

-- Every half day of unauthorised absence between two dates.
england.unauthorised = count {
  name = "unauthorised",
  codes = "GNOU",
  since = new,
  ages = england.compulsory,
  edition = editions.notices,
}

-- What is in force on a day, of a list of { from = date, … }, the oldest first; nil before them. A row
-- without a day is still to come.
function england.in_force(list, day)
  local found
  for _, each in ipairs(list) do
    if each.from and each.from <= day then found = each end
  end
  return found
end

-- Support that was tried -----------------------------------------------------------
-- Support (an entry's `support`: of a step that facilitates it, or a plan that formalises it;
-- a school's own steps too) was offered, and it was not taken up, not engaged with, or did not
-- work, as the step says of its outcome (`refused`): what has to be true before anything formal
-- (WT, "support first").

-- The entries of the case that show it, the latest last; nil when there are none.
function england.support_tried(case)
  local tried = {}
  for _, entry in ipairs(case:entries()) do
    if entry.support and entry.refused then tried[#tried + 1] = entry end
  end
  return #tried > 0 and tried or nil
end

-- Returns to the authority --------------------------------------------------------------
-- Who is in each list, for `waymark returns`: not attending regularly, or ten continuous
-- school days of G, N, O or U (Pupil Registration Regulations 2024, attendance return, at
-- least monthly); fifteen school days of the year with illness (sickness return); what the
-- school itself has to see to; and the grounds on which a name may be deleted (regulation 9):
-- twenty school days in which every half day is G, N or O, or ten of them just after leave
-- that was granted. Any other mark ends those, also of a day on which nobody could attend, and
-- who is back has given no ground; the run of the attendance return passes over such a day.

local ten_days = longest { name = "ten-days-away", codes = "GNOU", at_least = 20, period = "all",
  ages = england.compulsory, edition = editions.registers }
local twenty_days = longest { name = "twenty-days-away", codes = "GNO", unit = "days", at_least = 20, period = "all",
  ages = england.compulsory, edition = editions.registers .. ", reg. 9" }
local ten_after_leave = longest { name = "ten-days-after-leave", codes = "GNO", unit = "days", after = { "C", "C1" },
  at_least = 10, period = "all", ages = england.compulsory, edition = editions.registers .. ", reg. 9" }

local irregular = count { name = "not-regular", codes = "GNOU", at_least = config.irregular_sessions,
  weeks = config.irregular_weeks, ages = england.compulsory, edition = editions.setting }
local part_time = count { name = "part-time-marks", codes = { "C2" }, edition = editions.guidance }
local sickness = count { name = "sickness", codes = "I", unit = "days", at_least = 15, ages = england.compulsory,
  edition = editions.registers }
local no_reason = count { name = "no-reason", codes = "N", edition = editions.guidance }
local missing_marks = missing { name = "missing-marks", edition = editions.registers }

england.returns = {
  { name = "ten-days", title = "Attendance return: absent for ten school days without a break", rule = ten_days,
    period = "asked", words = "20 half days in a row of G, N, O or U" },
  { name = "not-regular", title = "Attendance return: not attending regularly", rule = irregular,
    words = ("%d half days of G, N, O or U in the last %d school weeks"):format(
      config.irregular_sessions, config.irregular_weeks) },
  { name = "sickness", title = "Sickness return: ill for fifteen days", rule = sickness, period = "year",
    expected = "long-illness",
    words = "15 school days with an I in the academic year, in a row or not, or recorded as expected (long-illness)" },
  { name = "part-time-timetables", title = "Part-time timetables in this half term", rule = part_time,
    period = "half-term", plan = "part-time-timetable",
    shows = { "purpose", "hours", "starts_on", "review_dates", "ends_on", "consent", "told_authority_on" },
    words = "C2 in the registers, or a part-time timetable that was recorded (part-time-timetable); where there is "
      .. "none, that is a return too" },
  { name = "no-reason", title = "Absences still without a reason", rule = no_reason, period = "year",
    words = "N for longer than the school days in which there should be a reason: find it, or it becomes O" },
  { name = "missing-marks", title = "Missing marks", rule = missing_marks, period = "asked",
    words = "open half days without a mark, up to the last that came in" },
  { name = "twenty-days", title = "Ground for deletion: absent for twenty school days", rule = twenty_days,
    period = "asked", lasting = true, words = "20 school days in a row of nothing but G, N or O, and not back since; "
      .. "only after the school and the authority together made reasonable enquiries, which is not known here" },
  { name = "ten-days-after-leave", title = "Ground for deletion: not back ten school days after leave",
    rule = ten_after_leave, period = "asked", lasting = true, words = "10 school days in a row of nothing but G, N "
      .. "or O, just after leave that was granted (C, C1), and not back since; only after joint enquiries, which are "
      .. "not known here" },
}

-- Law to come ------------------------------------------------------------------------------
-- Passed and not in force: a row without a day, which the settings give as soon as it is known.

local function day(name) return config[name] ~= "" and days.of_option(config[name], name) or nil end

england.law = {
  { title = "Consent before some children are withdrawn", from = day "consent_from",
    words = "before the parents of some children take them out of school, the authority has to consent",
    edition = "Education Act 1996, s.434A (Children's Wellbeing and Schools Act 2026, s.37)" },
  { title = "Registers of children not in school", from = day "not_in_school_from",
    words = "the authority keeps registers of children not in school, also of some on roll: part-time timetables are "
      .. "told to it for them",
    edition = "Children's Wellbeing and Schools Act 2026, s.38" },
}

-- The form of a referral -------------------------------------------------------------------
-- What the forms of authorities ask for, and where a case has it.

england.referral_form = {
  { section = "The attendance", title = "Why it is referred", fields = { "why", "route", "reason_for_referral" } },
  { section = "The attendance", title = "Discussed with the authority’s team", named = true,
    fields = { "discussed_on", "discussed_with" } },

  { section = "Support", title = "Reasons that were given", fields = { "reason", "reasons" } },
  { section = "Support", title = "What is in the way", fields = { "barriers", "worries" } },
  { section = "Support", title = "What would help, in the family’s words",
    fields = { "what_would_help", "parents_views" } },
  { section = "Support", title = "Voice of the child", steps = { "check-in" },
    fields = { "pupils_views", "voice_of_the_child" } },
  { section = "Support", title = "Calls", steps = { "call" } },
  { section = "Support", title = "Conversations", steps = { "concern", "conversation" } },
  { section = "Support", title = "Meetings", steps = { "meeting" } },
  { section = "Support", title = "Home visits", steps = { "visit" }, fields = { "home_visit" } },
  { section = "Support", title = "Early help and other support, and what came of it", principle = "facilitate" },
  { section = "Support", title = "Why support was not appropriate, if it was not",
    steps = { "not-appropriate" } },
  { section = "Support", title = "Letters that went out", file = "as it was sent" },
  { section = "Support", title = "Other agencies", fields = { "agencies", "other_agencies" } },
  { section = "Support", title = "Medical evidence", steps = { "medical" },
    fields = { "medical_evidence", "medical" }, file = "medical" },
  { section = "Support", title = "Adjustments for special needs and health",
    fields = { "adjustments", "adjustments_considered" } },
  { section = "Support", title = "Part-time timetable", steps = { "timetable" }, fields = { "part_time_timetable" } },

  { section = "Formal steps", title = "Attendance contracts, or why there is none", kinds = { "contract" },
    fields = { "why_none", "no_contract_because" }, needed = true },
  { section = "Formal steps", title = "An education supervision order considered", steps = { "supervision-order" },
    fields = { "supervision_order_considered" } },
  { section = "Formal steps", title = "Notice to Improve", kinds = { "notice" } },
  { section = "Formal steps", title = "How it was served", named = true, file = "proof",
    fields = { "served_on", "served_how", "served_by", "proof_of_delivery" } },
  { section = "Formal steps", title = "Warnings", steps = { "warning" }, file = "warning" },
  { section = "Formal steps", title = "Penalty notices before", steps = { "penalty" } },
  { section = "Formal steps", title = "Leave asked for, and the answer", steps = { "leave" }, file = "leave" },
}

england.bank_holidays = days.bank_holidays

return england
