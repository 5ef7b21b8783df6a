-- referral/contracts: the signed contracts of a case of which no copy enters a referral pack. A
-- referral carries copies of the contracts, or why there is none.
--
--   contracts.without_copy(about, items)   { { id, on }, … }: the version that stands of each
--                                          contract, the oldest first; `about` of
--                                          waymark.referral_case, `items` as they are ticked
--
-- Versions are one contract. A copy belongs to any of them (attach --of), or to none and has
-- "contract" in what it was attached as, or in its name.

local referral_case = require "waymark.referral.case"
local roles = require "waymark.plugin.roles"

local contracts = {}

function contracts.is_contract(about, entry)
  local step = referral_case.step_named(about, entry.step)
  return step ~= nil and step.kind == "contract"
end

local function first_of(about, entry)
  while entry.replaces and about.by_id[entry.replaces] do entry = about.by_id[entry.replaces] end
  return entry.id
end

local function is_signed(about, entry)
  for _, signatures in ipairs(roles.typed(referral_case.step_named(about, entry.step), entry, "signatures")) do
    if type(signatures) == "table" and #signatures > 0 then return true end
  end
  return false
end

local function names_a_contract(entry)
  return ((entry.as or "") .. " " .. (entry.file.name or "")):lower():find("contract", 1, true) ~= nil
end

-- The contracts of which a copy enters, by their first version; and whether one belongs to none.
local function copied(about, items)
  local of_first, loose = {}, false
  for _, item in ipairs(items) do
    local entry = item.file and item.ticked and about.by_id[tonumber(item.id:match "%d+$")]
    local of = entry and about.by_id[entry.of]
    if of and contracts.is_contract(about, of) then of_first[first_of(about, of)] = true end
    loose = loose or entry and not entry.of and names_a_contract(entry)
  end
  return of_first, loose
end

-- The version that stands of each contract, the oldest contract first: { { first, entry }, … }
local function standing(about)
  local list, by_first = {}, {}
  for _, entry in ipairs(about.entries) do
    if contracts.is_contract(about, entry) and entry.kind == "recorded" and not entry.outcome then
      local first = first_of(about, entry)
      if not by_first[first] then
        by_first[first] = { first = first }
        list[#list + 1] = by_first[first]
      end
      by_first[first].entry = entry
    end
  end
  return list
end

function contracts.without_copy(about, items)
  local of_first, loose = copied(about, items)
  local list = {}
  for _, each in ipairs(loose and {} or standing(about)) do
    if is_signed(about, each.entry) and not of_first[each.first] then
      list[#list + 1] = { id = each.entry.id, on = each.entry.on }
    end
  end
  return list
end

return contracts
