-- roles: what Waymark took names for before API level 3, when a plugin could not say it. The
-- only place that knows a name of a record, a step, an outcome or a code.
--
--   roles.add_to_step(told)    adds what the declared step of an older plugin leaves unsaid
--   roles.protect(told)        at every level: what tells of safeguarding is for staff alone
--   roles.is_safeguarding(name, title)   of a record
--   roles.is_late(meaning)     of a code
--   roles.covers(text)         what an item of a checklist covers | nil

local roles = {}

local records = { agreed = "agreed", checks = "check", families_told_on = "told", issued_on = "issued",
  meeting_at = "meeting-at", meeting_on = "meeting", met_on = "met",
  no_contract_because = "why-no-contract", parents_checked_on = "parents-checked", parents_views = "views",
  parties = "with", period_from = "period-from", period_to = "period-to", published_on = "published",
  review_by = "review-by", review_dates = "review", spoke_to = "with", support = "support", version = "version",
  why_none = "why-no-contract" }

local kinds = { contract = "contract", ["notice-to-improve"] = "notice" } -- words in a step's name

local tells = { told = "told", reviewed = "reviewed" } -- outcomes of a step of the school

local items = { contract = "contract", reason = "reasons" } -- words in an item of a checklist

local function is_refusal(outcome) return outcome:find "^not%-" ~= nil or outcome:find "^did%-not" ~= nil end

function roles.add_to_step(told)
  for name, record in next, told.records do record.role = record.role or records[name] end
  for word, kind in pairs(kinds) do
    if not told.kind and told.name:find(word, 1, true) then told.kind = kind end
  end
  for _, outcome in ipairs(#told.refused == 0 and told.outcomes or {}) do
    if is_refusal(outcome) then told.refused[#told.refused + 1] = outcome end
  end
  for _, outcome in ipairs(told.outcomes) do
    if outcome == "wrong-number" and #told.wrong_number == 0 then told.wrong_number[1] = outcome end
  end
  for _, outcome in ipairs(told.scope == "school" and told.outcomes or {}) do
    told.tells[outcome] = told.tells[outcome] or tells[outcome]
  end
  return told
end

function roles.is_safeguarding(name, title)
  local low = (name .. " " .. (title or "")):lower()
  return low:find("safeguard", 1, true) ~= nil or low:find "lead[_ -]told" ~= nil
end

function roles.protect(told)
  for name, record in next, told.records do
    if roles.is_safeguarding(name, record.title) then record.audience = "staff" end
  end
  return told
end

function roles.is_late(meaning) return meaning:lower():find "^late" ~= nil end

function roles.covers(text)
  local low = text:lower()
  for word, subject in pairs(items) do
    if low:find(word, 1, true) then return subject end
  end
end

return roles
