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

local function session_words(session) return session.date .. " " .. session.session end

local function list_sessions(sessions, most)
  local words = {}
  for i = 1, math.min(#sessions, most) do
    words[i] = ("%s on %s"):format(sessions[i].code, session_words(sessions[i]))
  end
  if #sessions > most then words[#words + 1] = ("%d more"):format(#sessions - most) end
  return table.concat(words, ", ")
end

local describe = {}

function describe.rate(e)
  if not e.hundredths then return "not available: no possible sessions" end
  return ("%s (%d of %d)"):format(reasons.percent(e.hundredths), e.attended, e.possible)
end

function describe.rolling(e)
  return ("%d of %d sessions in %s to %s"):format(e.count, e.of, plural(e.weeks, "school week"), e.as_of)
end

function describe.count(e) return plural(e.count, "session") end

function describe.streak(e)
  if e.count == 0 then return "none" end
  return ("%s from %s"):format(plural(e.count, "session"), e.first)
end

describe.longest = describe.streak
describe.missing = describe.count

function methods.describe(e) return describe[e.kind](e) end

-- What would change the answer: the marks that would count if they were so
-- decided, when they would be enough.
local function unresolved_words(e)
  local sessions = e:unresolved()
  if #sessions == 0 then return "" end
  local enough = e.count + #sessions >= e.of and "would make it " .. e.count + #sessions
    or "would count too, and not be enough"
  return ("; %s, not yet resolved, %s"):format(list_sessions(sessions, 4), enough)
end

local why_not = {}

function why_not.rate(e)
  if not e.hundredths then return describe.rate(e) end
  if e.too_few then return ("too few sessions to say: %d possible"):format(e.possible) end
  return "attendance is " .. describe.rate(e)
end

function why_not.rolling(e)
  return ("%d of %d sessions in %s%s"):format(e.count, e.of, plural(e.weeks, "school week"),
    unresolved_words(e))
end

local function count_words(e) return ("%d of %s"):format(e.count, plural(e.of, "session")) end
why_not.count, why_not.streak, why_not.longest, why_not.missing =
  count_words, count_words, count_words, count_words

function methods.why_not(e)
  if e.met then return nil end
  return why_not[e.kind](e)
end

function methods.because(e, words, ...)
  if type(words) ~= "string" or words == "" then
    error("because takes the reason in words: evidence:because \"earlier support has not worked\"", 2)
  end
  if not e.met then return nil end
  return reasons.new(words, { e, ... })
end

return reasons
