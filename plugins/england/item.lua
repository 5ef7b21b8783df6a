-- item: one line of a checklist, as a step's `checklist` gives it. What people wrote may be
-- long; a line is not, and is cut at a whole character.
--
--   item.new(text, there, words, needed, covers)   needed unless it is said not to be
--   item.cut(text)

local item = {}

local most_bytes = 480 -- a text of an answer has at most 500

function item.cut(text)
  if not text or #text <= most_bytes then return text end
  return text:sub(1, utf8.offset(text, 0, most_bytes) - 1) .. " …"
end

function item.new(text, there, words, needed, covers)
  return { item = text, there = there and true or false, needed = needed ~= false, words = item.cut(words),
    covers = covers }
end

return item
