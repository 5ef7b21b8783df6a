-- document/consult: what a document's step says of it itself (fills, checklist, routes), as
-- a document shows it. A step without the function says nothing; one that cannot be asked
-- stops the document.

local core = require "waymark.core"
local consult = require "waymark.ask.consult"
local problem = require "waymark.base.problem"

local document_consult = {}

local date = core.date

local declared_as = { fills = "fills", checklist = "lists", routes = "routes" }

local function ask(space, found, chosen, on, what)
  local step = chosen.step
  if not step or not step[declared_as[what]] then return nil end
  local result, failure = consult.ask(space, found, step.name, what, { entry = chosen.entry and chosen.entry.id,
    on = on })
  if not result then problem.raise("%s", tostring(failure)) end
  return result
end

function document_consult.words(space, found, chosen, on) return ask(space, found, chosen, on, "fills") or {} end

function document_consult.checklist(space, found, chosen, on)
  local list = {}
  for i, each in ipairs(ask(space, found, chosen, on, "checklist") or {}) do
    list[i] = { item = each.item, there = each.there, words = each.words }
  end
  return list
end

-- Of the parents that may be named.
function document_consult.routes(space, found, chosen, on, contacts)
  local list, by_id = {}, {}
  for _, contact in ipairs(contacts) do by_id[contact.id] = contact.may_be_named and contact or nil end
  for _, each in ipairs(ask(space, found, chosen, on, "routes") or {}) do
    local contact = by_id[each.contact]
    if contact then
      local from = each.from and (" from " .. date.english(each.from)) or ""
      list[#list + 1] = { parent = contact.name, route = each.route, open = each.open,
        words = (each.words or "") .. from }
    end
  end
  return list
end

return document_consult
