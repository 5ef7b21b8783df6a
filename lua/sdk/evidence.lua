-- evidence: what a rule's answer says in words, and how a step uses it. Joins
-- the methods of evidence; the figures themselves come from C.
--
--   evidence:because(words, …)  a reason to suggest, or nil when the rule is not
--                               met; further evidence may follow the words
--   evidence:why_not()          nil when met, else what is missing
--   evidence:describe()         one line for people; tostring() gives the same
--
-- A reason is { words =, evidence = { … } }: what a step's `suggest` returns.

local core = require "core"
local check = require "check"

local methods = core.evidence_methods

local reason_mark = {} -- the metatable of every reason

local reasons = {}

function reasons.is_reason(value) return type(value) == "table" and getmetatable(value) == reason_mark end

function reasons.new(words, evidence, concern)
  return setmetatable({ words = words, evidence = evidence, concern = concern }, reason_mark)
end

local function plural(n, word) return ("%d %s%s"):format(n, word, n == 1 and "" or "s") end
reasons.plural = plural

-- 9125 -> "91.25 %"
function reasons.percent(hundredths)
  return ("%d.%02d %%"):format(hundredths // 100, hundredths % 100)
end

local function half_days(n) return plural(n, "half day") end
reasons.half_days = half_days

-- "Tuesday 4 November 2025, morning" in short, as people say a session.
function reasons.session_words(date, session)
  return ("%s, %s"):format(core.date.short(date), session == "AM" and "morning" or "afternoon")
end

local function list_sessions(sessions, most)
  local words = {}
  for i = 1, math.min(#sessions, most) do
    words[i] = ("%s on %s"):format(sessions[i].code, reasons.session_words(sessions[i].date, sessions[i].session))
  end
  if #sessions > most then words[#words + 1] = ("%d more"):format(#sessions - most) end
  return table.concat(words, "; ")
end

local function in_weeks(e) return e.weeks > 0 and " in " .. plural(e.weeks, "school week") or "" end

local describe = {}

function describe.rate(e)
  if not e.hundredths then return "not available: no possible half days" end
  return ("%s (%d of %s)"):format(reasons.percent(e.hundredths), e.attended, half_days(e.possible))
end

function describe.rolling(e) return ("%d of %s%s"):format(e.count, half_days(e.of), in_weeks(e)) end
function describe.count(e) return half_days(e.count) .. in_weeks(e) end
function describe.streak(e) return e.count == 0 and "none" or half_days(e.count) .. " in a row" end
function describe.missing(e) return half_days(e.count) .. " without a mark" end
describe.longest = describe.streak

function methods.describe(e)
  if type(e) ~= "userdata" then check.arguments("evidence:describe", e) end
  return describe[e.kind](e)
end

-- What would change the answer: the marks that would count if they were so
-- decided, when they would be enough.
local function unresolved_words(e)
  local sessions = e:unresolved()
  if #sessions == 0 then return "" end
  local enough = e.count + #sessions >= e.of and ("would make it %d"):format(e.count + #sessions)
    or "would count too, and not be enough"
  return ("; not yet resolved: %s: decided so, %s %s"):format(list_sessions(sessions, 4),
    #sessions == 1 and "it" or "they", enough)
end

local why_not = {}

function why_not.rate(e)
  if not e.hundredths then return describe.rate(e) end
  if e.too_few then return ("too few half days to say: %d possible"):format(e.possible) end
  return "attendance is " .. describe.rate(e)
end

local function count_words(e) return ("%d of %s%s"):format(e.count, half_days(e.of), in_weeks(e)) end
why_not.count, why_not.streak, why_not.longest, why_not.missing =
  count_words, count_words, count_words, count_words

function why_not.rolling(e) return count_words(e) .. unresolved_words(e) end

function methods.why_not(e)
  if type(e) ~= "userdata" then check.arguments("evidence:why_not", e) end
  if e.met then return nil end
  return why_not[e.kind](e)
end

function methods.because(e, words, ...)
  if type(words) ~= "string" or words == "" then
    check.arguments("evidence:because", e, words)
    error("because takes the reason in words: evidence:because \"earlier support has not worked\"", 2)
  end
  if not e.met then return nil end
  return reasons.new(words, { e, ... })
end

return reasons
