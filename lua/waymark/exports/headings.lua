-- exports/headings: what columns are called in exports, by the kind of what they are of. Data alone.
--
--   headings.fold(text)        a heading as it is compared: no capitals, spaces, signs
--   headings.of(kind, text)    the column that a heading is, "name" (its own) or "alias", and its place among those of
--                              the column | nil
--   headings.columns(kind)     { column = { heading, … } }: where a file has several, the first of them is the column
--   headings.kinds             the kinds that a file can be of, in the order in which they are tried, some more than
--                              once; `needs`: columns of which each has to be there, or one of a list; `without`: none
--                              of these; `any`: one of these

local core = require "waymark.core"

local headings = {}

function headings.fold(text) return (core.fold(text):gsub("[%s%p]+", "")) end

local pupil = {
  upn = "unique pupil number; unique pupil no; unique pupil id; pupil upn; student upn; upn number; current upn",
  admission_number = "adno; adm no; adm number; admission no; admissions number; pupil admission number",
  school = "school name; laestab; la estab; estab; establishment; dfe number; school dfe number; school laestab",
}
local person = {
  surname = "legal surname; last name; family name; pupil surname; student surname; legal last name; "
    .. "preferred surname; chosen surname",
  forename = "legal forename; first name; given name; forenames; legal first name; pupil forename; "
    .. "preferred forename; preferred first name; chosen forename; chosen first name; known as",
}

local marks = {
  date = "attendance date; mark date; session date; register date; date of session; day date",
  session = "session name; attendance session; am/pm; am pm; register session; session type; am or pm; half day",
  code = "mark; attendance mark; attendance code; register mark; session mark; register code; mark code",
  am = "am mark; am code; morning; morning mark; am session; mark am",
  pm = "pm mark; pm code; afternoon; afternoon mark; pm session; mark pm",
  minutes_late = "minutes late; mins late; late minutes; late mins",
  comment = "comments; note; notes; mark comment; attendance comment; session comment",
  sub_code = "sub code; sub mark; subcode; supplier code",
  start = "attendance start date; start date; first date; first day; marks from",
  marks = "attendance marks; mark string; marks string; attendance string; session marks",
}
local pupils = {
  sex = "gender; legal sex; boy or girl",
  year = "year group; nc year; national curriculum year; nc year actual; actual nc year; ncy; curriculum year; yr; "
    .. "year taught in",
  form = "reg; reg group; registration group; tutor group; registration form; class; form group; registration class",
  sen = "sen status; sen provision; sen code; special educational needs; send status",
  fsm = "fsm eligible; free school meals; free school meal; eligible for free meals; fsm status",
  dob = "date of birth; birth date; birthday; born",
  joined = "date of admission; admission date; entry date; date joined; date of entry; start date; doa",
  left = "date of leaving; leaving date; date left; dol; end date",
}
local contacts = {
  title = "contact title; salutation",
  forename = "contact forename; contact first name; parent forename; parent first name; carer forename; "
    .. "carer first name; forename; first name",
  surname = "contact surname; contact last name; parent surname; parent last name; carer surname; carer last name; "
    .. "surname; last name; family name",
  relationship = "relationship to pupil; relation; relationship to student; contact relationship; relationship type",
  email = "email address; e mail; contact email; home email; primary email; email 1",
  phone = "telephone; mobile; phone number; telephone number; mobile number; contact number; main telephone; "
    .. "home telephone; tel number; tel no",
  address = "home address; full address; postal address; contact address",
  language = "first language; home language; spoken language",
  communication_needs = "communication need; interpreter needed; needs interpreter",
  parental_responsibility = "has parental responsibility; has pr; pr; parental resp",
  lives_with = "lives with pupil; lives with student; pupil lives with",
  no_contact = "do not contact; contact not allowed; barred from contact; contact barred",
  confidential_address = "address confidential; protected address",
  priority = "contact priority; contact order; priority order",
  dob = "contact date of birth",
  checked_on = "last checked; details checked on; checked",
}

local columns = { marks = { pupil, marks }, pupils = { pupil, person, pupils }, contacts = { pupil, contacts },
  schools = { { school = pupil.school, name = "school", upn = pupil.upn, date = "day" } },
  calendar = { { date = "day", am = "morning", pm = "afternoon", school = pupil.school } },
  entries = { pupil, { date = "day", step = "stage" } },
  actions = { { ref = "reference", outcome = "", ["done on"] = "" } },
  totals = { pupil, { possible = "sessions possible; possible sessions; possible marks",
    authorised = "sessions authorised; authorised absences; authorised absence; auth absences",
    unauthorised = "sessions unauthorised; unauthorised absences; unauthorised absence; unauth absences",
    attended = "sessions attended; present; attendances" } } }

-- By kind, { column = headings in order }: its own name is the first, unless it stands among the others.
local ordered = {}
for kind, parts in next, columns do
  ordered[kind] = {}
  for _, part in ipairs(parts) do
    for column, others in next, part do
      local list, has_own = {}, false
      for other in others:gmatch "[^;%s][^;]*" do
        list[#list + 1] = other
        has_own = has_own or headings.fold(other) == headings.fold(column)
      end
      if not has_own then table.insert(list, 1, column) end
      ordered[kind][column] = list
    end
  end
end

-- By kind, what is folded: { NAME = { column, how, place } }.
local known = {}
for kind, lists in next, ordered do
  known[kind] = {}
  for column, list in next, lists do
    for place, text in ipairs(list) do
      local folded = headings.fold(text)
      local how = folded == headings.fold(column) and "name" or "alias"
      local other = known[kind][folded]
      if not other or other[2] == "alias" and how == "name" then known[kind][folded] = { column, how, place } end
    end
  end
end

function headings.of(kind, text)
  local found = known[kind] and known[kind][headings.fold(text)]
  if found then return found[1], found[2], found[3] end
end

function headings.columns(kind) return ordered[kind] end

local who = { "upn", "admission_number" }
-- A telephone or an address stands in either list; these do not.
local of_contact = { "relationship", "priority", "parental_responsibility", "lives_with", "no_contact" }
local of_pupil = { "year", "form", "sex", "sen", "fsm", "joined", "left" }

headings.kinds = {
  { name = "actions", needs = { "ref", "outcome", "done on" } },
  { name = "entries", needs = { "date", "step", who } },
  { name = "marks", needs = { who }, any = { "code", "am", "marks" } },
  { name = "totals", needs = { "possible", { "authorised", "unauthorised",
    "attended" } } },
  { name = "contacts", needs = { who, "surname" }, any = of_contact },
  { name = "pupils", needs = { who, "surname", "forename" }, any = of_pupil },
  { name = "contacts", needs = { who, "surname" }, any = { "phone", "email", "address" } },
  { name = "pupils", needs = { who, "surname", "forename" } },
  { name = "calendar", needs = { "date", "am", "pm" } },
  { name = "schools", needs = { "school", "name" }, without = { "upn", "date" } },
}

return headings
