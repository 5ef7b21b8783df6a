-- case/spelling: texts that people wrote, compared however letters, accents, apostrophes,
-- hyphens, spaces and signs are written (core.fold).
--
--   spelling.words(text, joined)  -> { { word, first, last }, … }, gaps
--     letters and digits apart, folded; first and last are bytes of the text, and gaps[i] what
--     stands between word i and the next, signs of more than ASCII as spaces. Apostrophes part
--     words, or with `joined` none
--   spelling.key(text, joined)    the words without anything between, and how many they are
--   spelling.contains(text, phrase)                 as whole words
--   spelling.replace(text, phrase, with, as_name)   -> text, how often; `as_name`: not where it
--     is written as a word of the language, or is a month behind a number

local core = require "waymark.core"

local spelling = {}

local spaces = { "،", "؛", "؟", "、", "。", "，", "\u{3000}" }

local apostrophes = { "ʹ", "ʻ", "ʼ", "ʽ", "ˈ", "＇" } -- besides the quotes

-- Signs of more than ASCII, as ASCII of the same length: quotes and dashes end a word,
-- apostrophes and hyphens do not.
local function plain_signs(text)
  text = text:gsub("`", "'")
  if not text:find "[\x80-\xFF]" then return text end
  for _, sign in ipairs(spaces) do text = text:gsub(sign, (" "):rep(#sign)) end
  for _, sign in ipairs(apostrophes) do text = text:gsub(sign, ("'"):rep(#sign)) end
  text = text:gsub("\xE2\x80([\x80-\xBF])", function(sign)
    if sign >= "\x8B" and sign <= "\x8F" then return nil end -- shows nothing
    if sign == "\x90" or sign == "\x91" then return "---" end
    return (sign == "\x98" or sign == "\x99" or sign == "\x9B") and "'''" or "   "
  end)
  return (text:gsub("\xC2([\x80-\xBF])", function(sign)
    if sign ~= "\xAD" then return sign == "\xB4" and "''" or "  " end
  end))
end

-- As texts are searched: byte for byte what core.fold gives, without such signs.
local function folded_of(text) return plain_signs(core.fold(text)) end

-- What stands between two words, without what shows nothing.
local function gap_of(text) return (plain_signs(text):gsub("\xE2\x80[\x8B-\x8F]", "")) end

function spelling.words(text, joined)
  local folded, places = core.fold_places(text)
  local plain, list, gaps, at, after = plain_signs(folded), {}, {}, 1, 1 -- after: of the text
  local letters = joined and "^[%a\x80-\xFF'][%a\x80-\xFF']*" or "^[%a\x80-\xFF]+"
  while at <= #plain do
    local first, last = plain:find(letters, at)
    if not first then first, last = plain:find("^%d+", at) end
    local word = first and plain:sub(first, last):gsub("'", "") or ""
    if word ~= "" then
      gaps[#list] = gap_of(text:sub(after, places[first] - 1))
      list[#list + 1] = { word, places[first], places[last + 1] - 1 }
      after = places[last + 1]
    end
    at = (last or at) + 1
  end
  gaps[#list] = gap_of(text:sub(after))
  return list, gaps
end

function spelling.key(text, joined)
  local words, parts = spelling.words(text, joined), {}
  for i, word in ipairs(words) do parts[i] = word[1] end
  return table.concat(parts), #parts
end

-- Phrases -----------------------------------------------------------------------------------------

-- Bytes of words: letters, digits, and whatever is not ASCII.
local function is_word(byte) return byte ~= nil and (byte >= 0x80 or string.char(byte):find "%w" ~= nil) end

local function stands_alone(text, first, last)
  return not (is_word(text:byte(first)) and is_word(text:byte(first - 1)))
    and not (is_word(text:byte(last)) and is_word(text:byte(last + 1)))
end

-- Where the phrase `needle` (folded) stands in a folded text as whole words, from `from` on.
local function find_words(folded, needle, from)
  while needle ~= "" do
    local first, last = folded:find(needle, from, true)
    if not first or stands_alone(folded, first, last) then return first, last end
    from = first + 1
  end
end

function spelling.contains(text, phrase) return find_words(folded_of(text), folded_of(phrase), 1) ~= nil end

-- Whether what is written begins as a name does: by its own letter, or with a capital; and is
-- no "5 May".
local function is_name(text, begins, written, name)
  if text:sub(1, begins - 1):find "%d%s?$" then return false end
  return written:find "^%u" ~= nil or written:match(utf8.charpattern) == name:match(utf8.charpattern)
end

function spelling.replace(text, phrase, with, as_name)
  local needle, folded = folded_of(phrase), folded_of(text)
  if not find_words(folded, needle, 1) then return text, 0 end
  local _, places = core.fold_places(text)
  local parts, from, search, count = {}, 1, 1, 0
  while true do
    local first, last = find_words(folded, needle, search)
    if not first then break end
    search = last + 1
    local begins, ends = places[first], places[last + 1]
    if not as_name or is_name(text, begins, text:sub(begins, ends - 1), phrase) then
      parts[#parts + 1] = text:sub(from, begins - 1) .. with
      from, count = ends, count + 1
    end
  end
  return table.concat(parts) .. text:sub(from), count
end

return spelling
