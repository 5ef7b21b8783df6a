-- support: what the case shows of support that was offered, not taken up and offered again.
-- What is support and what did not help, each entry says itself (`support`, `refused`).
--
--   support.of(case, step)        what was done of a step, attempts left out
--   support.offered(case), support.refused(case), support.offered_again(case)
--   support.in_place(case)        what was offered and goes on
--   support.not_appropriate(case) why support is not the right way, as was recorded last | nil
--   support.words(entry)          "early help on Monday 12 January 2026: not taken up"

local support = {}

local function is_done(entry) return entry.kind == "recorded" and not entry.attempt end

local function chosen(entries, test)
  local found = {}
  for _, entry in ipairs(entries) do
    if test(entry) then found[#found + 1] = entry end
  end
  return found
end

function support.of(case, step) return chosen(case:entries(step), is_done) end

function support.offered(case)
  return chosen(case:entries(), function(entry) return entry.support end)
end

function support.refused(case)
  return chosen(case:entries(), function(entry) return entry.support and entry.refused end)
end

local function has_items(list) return type(list) == "table" and #list > 0 end

-- A notice or a plan says it in its field re_offered; so does a further offer after one
-- that was not taken up.
function support.offered_again(case)
  local first = support.refused(case)[1]
  return chosen(case:entries(), function(entry)
    if has_items((entry.fields or {}).re_offered) then return is_done(entry) end
    return first and entry.support and entry.on > first.on and not entry.refused
  end)
end

function support.in_place(case)
  local found, seen = {}, {}
  for _, entry in ipairs(support.offered(case)) do
    local running = seen[entry.step] and {} or case:running(entry.step)
    table.move(running, 1, #running, #found + 1, found)
    seen[entry.step] = true
  end
  return found
end

-- A person wrote down why, and not since that it is so no longer.
function support.not_appropriate(case)
  local last = support.of(case, "support-not-appropriate")
  last = last[#last]
  return last and last.outcome ~= "no-longer" and (last.fields or {}).because or nil
end

local function plain(name) return (name:gsub("-", " ")) end

-- "early help", "Notice to Improve"
local function step_words(name) return name == "notice-to-improve" and "Notice to Improve" or plain(name) end

function support.words(entry)
  local words = ("%s on %s"):format(step_words(entry.step), date.english(entry.on))
  return entry.outcome and ("%s: %s"):format(words, plain(entry.outcome)) or words
end

return support
