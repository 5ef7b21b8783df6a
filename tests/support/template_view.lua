-- template_view: what a document of the road map is filled in with, made by hand: Cal of the
-- worked examples (DESIGN, E4 and E5), one unauthorised morning each Tuesday in ten school
-- weeks, and a Notice to Improve from 24 November 2025 to 16 January 2026.
--
--   template_view.usual()   everything is known
--   template_view.bare()    nothing but the school, the pupil and the day: no parent's
--                           address, no support, no lists
--   template_view.long()    long names, forty absences, much support
--   template_view.known()   the names of usual(), for the strict mode of waymark.mustache
--
-- Each list X has has_X beside it. Nothing here is read from a workspace.

local template_view = {}

local function items(...)
  local list = {}
  for i, text in ipairs { ... } do list[i] = { item = text } end
  return list
end

local function lines(...)
  local list = {}
  for i, text in ipairs { ... } do list[i] = { line = text } end
  return list
end

local function is_list(value) return value[1] ~= nil or next(value) == nil end

-- has_X for every list X, also inside tables and items.
local function with_has(view)
  local has = {}
  for name, value in next, view do
    if type(value) == "table" then
      if type(name) == "string" and is_list(value) then has["has_" .. name] = #value > 0 end
      with_has(value)
    end
  end
  for name, value in next, has do view[name] = value end
  return view
end

local mornings = { "9 September", "16 September", "23 September", "30 September", "7 October", "14 October",
  "21 October", "4 November", "11 November", "18 November" }

local function tuesdays()
  local list = {}
  for i, day in ipairs(mornings) do
    list[i] = { day = ("Tuesday %s 2025"):format(day), half = "morning",
      words = ("Tuesday %s 2025, morning"):format(day),
      meaning = "absent, no reason that we could accept" }
  end
  return list
end

local function words()
  return {
    authority = "Essex County Council", team = "the Attendance Compliance Team", first_amount = "£160",
    reduced_amount = "£80", reduced_days = "21 days", full_days = "28 days", second_amount = "£160",
    penalty_years = "3 years", fine = "£1,000", fine_aggravated = "£2,500", prison = "three months",
    reduced_days_number = "21", full_days_number = "28", penalty_years_number = "3", prison_months = "3",
    threshold = "10 half days in 10 school weeks without leave",
    early_grounds = "more than one half day without leave in the first two weeks",
    since = "3 half days without leave (Tuesday 25 November 2025, morning; Tuesday 2 December 2025, morning and "
      .. "afternoon)",
    answer_by = "Tuesday 9 December 2025", not_improved = "yes", not_kept = "yes",
    kept = "", not_agreed = "", did_not_attend = "",
    period_figures = "51 of 60 half days (85.00 %); 3 half days without leave",
    before_figures = "53 of 60 half days (88.33 %); 6 half days without leave",
    enough_improvement = "no more than 1 half day of unauthorised absence in this time",
    length = "6 school weeks, which are 8 weeks by the calendar, as school holidays are left out", lacks = "",
    leave_route = "Essex County Council decides on a holiday of 10 or more half days in a row by its leave-of-absence "
      .. "route",
  }
end

local function entry()
  return {
    on = "Thursday 20 November 2025", outcome = "", version = 2, note = "", with = "Mrs Anne Byron",
    agreed = "Cal goes to breakfast club on Tuesdays. Mrs Byron rings us if a morning is hard.",
    meeting_on = "Thursday 9 October 2025", meeting_at = "4 p.m., in the library",
    was_to_be_on = "Monday 6 October 2025",
    met_on = "Thursday 9 October 2025",
    parties = items "Mrs Anne Byron", attended_by = items("Mrs Anne Byron", "Cal", "Sam Reed, attendance officer"),
    parents_views = "Tuesdays are hard: I start work at six and Cal gets ready alone.",
    pupils_views = "I like maths. I don't like to come in late when everybody looks.",
    barriers = items("Nobody is at home on Tuesday mornings", "Cal worries about coming in late"),
    support = "A place in breakfast club from 7.45, free of charge.", by_whom = "Oakfield",
    actions = {
      { what = "get Cal's things ready on Monday evening", owner = "Mrs Byron", by = "Monday 13 October 2025",
        family = true },
      { what = "keep a place in breakfast club on Tuesdays", owner = "Sam Reed", by = "Tuesday 14 October 2025" },
      { what = "meet Cal at the side door, so that nobody looks", owner = "Mr Hall", by = "Tuesday 14 October 2025" },
    },
    requirements = items "ring the school before nine when Cal is ill",
    school_support = items "a lift on Tuesdays",
    leave_from = "Monday 8 September 2025", leave_to = "Friday 12 September 2025",
    ground = "A holiday is no exceptional circumstance here.",
    starts_on = "Monday 13 October 2025", ends_on = "Friday 19 December 2025",
    review_dates = items("Monday 10 November 2025", "Monday 1 December 2025"),
    signatures = { { who = "Mrs Anne Byron", on = "Thursday 9 October 2025" },
      { who = "Sam Reed", on = "Thursday 9 October 2025" } },
    issued_on = "Thursday 20 November 2025", served_on = "Monday 24 November 2025",
    issuer = "the school", tolerated = 1,
    enough_improvement = "", named_contact = "", early_grounds = "", re_offered = {},
    support_now = items("a place in breakfast club on every day of the week", "a lift on Tuesdays"),
  }
end

local function form()
  return {
    { title = "The pupil", fields = {
      { label = "Name", value = "Cal Byron", known = true },
      { label = "Date of birth", value = "3 March 2014", known = true },
      { label = "Ethnicity", value = "", known = false },
    } },
    { title = "The parent", fields = {
      { label = "Name", value = "Mrs Anne Byron", known = true },
      { label = "Details last checked", value = "", known = false },
    } },
  }
end

local day_names = { "Mon", "Tue", "Wed", "Thu", "Fri" }

-- A week of the register: "/\\ O\\ …", morning and afternoon of each day.
local function week(name, marks)
  local days = {}
  for am, pm in marks:gmatch "(%S)(%S)" do days[#days + 1] = { day = day_names[#days + 1], am = am, pm = pm } end
  return { week = name, days = days }
end

local function register()
  return { week("8 September", "/\\ O\\ /\\ II /\\"), week("15 September", "/\\ O\\ /\\ /\\ /\\") }
end

local function key()
  return { { code = "/", meaning = "present, morning" }, { code = "\\", meaning = "present, afternoon" },
    { code = "I", meaning = "illness" }, { code = "O", meaning = "absent, not authorised by the school" } }
end


local function school()
  return { name = "Oakfield Primary School", address = lines("1 Oak Lane", "Chelmsford", "CM1 1AA"),
    phone = "01245 555010", email = "office@oakfield.example", website = "www.oakfield.example", head = "Jo Marsh" }
end

local function pupil()
  return { name = "Cal Byron", forename = "Cal", surname = "Byron", year = "6", form = "6B", upn = "A801200001001",
    dob = "3 March 2014" }
end

function template_view.usual()
  return with_has {
    title = "", language = "en", date = "Thursday 20 November 2025", reference = "OAK-7", letterhead = "", style = "",
    school = school(), signed = { name = "Jo Marsh", role = "Head teacher" },
    contact = { name = "Sam Reed", role = "attendance officer", phone = "01245 555012",
      email = "sam@oakfield.example" },
    parent = { name = "Mrs Anne Byron", salutation = "Mrs Byron",
      address = lines("7 Elm Street", "Chelmsford", "CM2 7BB"),
      communication_needs = "", language = "en" },
    parents = { { name = "Mrs Anne Byron" }, { name = "Mr George Byron" } },
    pupil = pupil(),
    figures = { from = "Tuesday 2 September 2025", to = "Wednesday 19 November 2025", possible = 100, attended = 88,
      absent = 12, authorised = 2, unauthorised = 10, late = 3, rate = "88.00 %", days = "50 days",
      days_there = "44 days", days_away = "6 days", class_away = "1½ days" },
    options = { class_beside = "true", independent_advice = "Citizens Advice", complaints = "ask at the office" },
    absences = tuesdays(),
    unexplained = { { day = "Tuesday 18 November 2025", half = "morning", words = "Tuesday 18 November 2025, morning",
      meaning = "reason not yet known" } },
    children = { { name = "Cal Byron", count = "10 half days", from = "Monday 8 September 2025, morning",
      to = "Friday 12 September 2025, afternoon" } },
    threshold = { met = true, count = 10, of = 10, weeks = 10, words = "10 of 10", sessions = tuesdays() },
    support = {
      { on = "Friday 12 September 2025", title = "Absence call-back", outcome = "spoke",
        words = "Mrs Byron starts work at six on Tuesdays.", by = "Sam Reed" },
      { on = "Thursday 9 October 2025", title = "Declining attendance meeting", outcome = "not working",
        words = "Breakfast club on Tuesdays; Mr Hall meets Cal at the side door.", by = "Sam Reed" },
    },
    refused = { { on = "Thursday 25 September 2025", title = "Early help and support",
      words = "a family support worker", outcome = "not taken up" } },
    entry = entry(),
    period = { from = "Monday 24 November 2025", to = "Friday 16 January 2026", length = "6 school weeks",
      checks = { { day = "Friday 12 December 2025" } } },
    wrong_mark_by = "Thursday 27 November 2025", words = words(),
    chronology = {
      { on = "Friday 12 September 2025", title = "Absence call-back: spoke", people = "with Mrs Byron, by Sam Reed",
        words = { { text = "Mrs Byron starts work at six on Tuesdays." } } },
      { on = "Thursday 9 October 2025", title = "Declining attendance meeting: support agreed", people = "by Sam Reed",
        words = { { text = "Breakfast club on Tuesdays." }, { text = "Mr Hall meets Cal at the side door." } } },
    },
    policy = { version = "3", published_on = "Monday 1 September 2025" },
    form = form(), missing = items("ethnicity of the pupil", "when the parent's details were last checked"),
    incomplete = true,
    contents = { { number = 1, name = "Referral form" }, { number = 2, name = "Chronology" } },
    weeks = register(), key = key(),
    as_seen = "As seen in our imports up to Wednesday 19 November 2025.",
  }
end

local function little_words()
  local little = words()
  for name in ("threshold early_grounds answer_by not_improved period_figures before_figures"):gmatch "%S+" do
    little[name] = nil
  end
  little.improved = "yes"
  return little
end

function template_view.bare()
  return with_has {
    title = "", language = "en", date = "Thursday 20 November 2025", reference = "", letterhead = "", style = "",
    school = { name = "Oakfield Primary School", address = {}, phone = "", email = "", website = "", head = "" },
    signed = {}, contact = {}, parent = { address = {} }, parents = {},
    pupil = { name = "Cal Byron", forename = "Cal", surname = "Byron" },
    figures = { from = "Tuesday 2 September 2025", to = "Wednesday 19 November 2025", possible = 100, attended = 100,
      absent = 0, authorised = 0, unauthorised = 0, late = 0, rate = "100.00 %", days = "50 days",
      days_there = "50 days" },
    options = {},
    children = {}, absences = {}, unexplained = {}, threshold = { sessions = {} },
    support = {}, refused = {}, entry = {},
    period = { from = "Monday 24 November 2025", to = "Friday 16 January 2026", checks = {} },
    words = little_words(),
    chronology = {}, policy = {}, form = {}, missing = {}, contents = {}, weeks = {}, key = {},
  }
end

local function many(n, make)
  local list = {}
  for i = 1, n do list[i] = make(i) end
  return list
end

function template_view.long()
  local view = template_view.usual()
  view.school.name = "The Blessed Hildegard of Bingen and All Hallows Church of England Voluntary Aided Primary Academy"
  view.pupil.name = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Maximiliana-Alexandrina"
  view.pupil.forename = "Maximiliana-Alexandrina"
  view.parent.name = "The Reverend Professor Dame Philippa Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"
  view.parent.salutation = view.parent.name
  view.parent.address = lines("Flat 12b, The Old Convent and Almshouses",
    "Llanfairpwllgwyngyllgogerychwyrndrobwll Court",
    "227 Upper Saint Botolph-without-Aldgate Street", "Chelmsford", "Essex", "CM2 7BB")
  view.contact.email = "attendance.and.family.support.team@blessed-hildegard-and-all-hallows.example.sch.uk"
  view.absences = many(40, function(i)
    local words_of_day = ("Wednesday %d September 2025, %s"):format(i // 2 + 1, i % 2 == 0 and "morning" or "afternoon")
    return { words = words_of_day, meaning = "in school, but after the register had closed" }
  end)
  view.threshold.sessions, view.threshold.count, view.unexplained = view.absences, 40, view.absences
  view.support = many(18, function(i)
    return { on = "Wednesday 24 September 2025", title = "Declining attendance meeting", outcome = "support agreed",
      words = ("What was said, number %d. "):format(i):rep(i % 4 + 1) }
  end)
  view.refused = many(6, function()
    return { on = "Wednesday 24 September 2025", title = "Early help and support", words = "a family support worker" }
  end)
  view.chronology = many(30, function(i)
    return { on = "Wednesday 24 September 2025", title = "Declining attendance meeting: support agreed",
      people = "with " .. view.parent.name .. ", by Sam Reed", words = many(i % 3 + 1, function()
        return { text = "What was said and agreed, and who does it." }
      end) }
  end)
  view.entry.actions = many(14, function(i)
    return { what = "something that has to be done, and takes a line or two to say", owner = view.parent.name,
      by = "Wednesday 24 September 2025", family = i % 3 == 0 }
  end)
  view.entry.parents_views = ("What a parent says can be long. "):rep(40)
  view.form = many(8, function(i)
    return { title = "Section " .. i, fields = many(9, function(k)
      return { label = "A field with a name of some length", value = ("value "):rep(k * 3), known = k % 4 > 0 }
    end) }
  end)
  view.weeks = many(30, function() return register()[1] end)
  view.missing = many(15, function(i) return { item = "something that is missing, number " .. i } end)
  return with_has(view)
end

local function names_of(value)
  if type(value) ~= "table" then return true end
  if value[1] ~= nil then return { names_of(value[1]) } end
  local names = {}
  for name, inner in next, value do names[name] = names_of(inner) end
  return names
end

function template_view.known()
  local known = names_of(template_view.usual())
  known.letterhead, known.style = "raw", "raw"
  known.entry.actions[1].family = true
  known.entry.re_offered = { { item = true } }
  known.words.improved, known.words.withdrawn = true, true
  return known
end

return template_view
