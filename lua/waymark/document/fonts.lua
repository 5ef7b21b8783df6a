-- document/fonts: whether the fonts of this machine can show what a page says. WeasyPrint sets a
-- text in the fonts that fontconfig knows, one for another where a character is in the one and not
-- in the other; what is in none it leaves out without a word.
--
--   fonts.query                      the line that asks fontconfig, by its program fc-list
--   fonts.fault(text, coverage)      nil, or a problem: what is in no font, and the Debian package
--                                    of fonts that has it. coverage: what fc-list answered

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local fonts = {}

fonts.query = [[fc-list --format '%{fontformat} %{charset}\n']]

-- Blanks, and what tells others how to look: nothing is lost with them. What a terminal shows
-- escaped is of these too.
local unseen = { { 0x09, 0x20 }, { 0xA0, 0xA0 }, { 0x34F, 0x34F }, { 0x1680, 0x1680 }, { 0x180B, 0x180F },
  { 0x2000, 0x200F }, { 0x202F, 0x202F }, { 0x205F, 0x205F }, { 0x3000, 0x3000 }, { 0xFE00, 0xFE0F },
  { 0xE0100, 0xE01EF } }

-- Who has what besides fonts-noto-core, which has every other script; "": nobody has it.
local packages = {
  { 0x1100, 0x11FF, "fonts-noto-cjk" }, { 0x2E80, 0x4DBF, "fonts-noto-cjk" }, { 0x4E00, 0x9FFF, "fonts-noto-cjk" },
  { 0xA960, 0xA97F, "fonts-noto-cjk" }, { 0xAC00, 0xD7FF, "fonts-noto-cjk" }, { 0xE000, 0xF8FF, "" },
  { 0xF900, 0xFAFF, "fonts-noto-cjk" }, { 0xFE30, 0xFE4F, "fonts-noto-cjk" }, { 0xFF00, 0xFFEF, "fonts-noto-cjk" },
  { 0x1F000, 0x1FAFF, "fonts-noto-color-emoji" }, { 0x20000, 0x3FFFF, "fonts-hanazono" },
  { 0xE0000, 0x10FFFF, "" },
}

local function range_of(list, code)
  for _, each in ipairs(list) do
    if code >= each[1] and code <= each[2] then return each end
  end
end

-- The characters of a text that need a glyph, each once, in the order of their numbers.
local function characters(text)
  local list, is_there = {}, {}
  for _, code in utf8.codes(text) do
    if not is_there[code] then
      is_there[code] = true
      local character = utf8.char(code)
      if not range_of(unseen, code) and core.escape(character) == character then list[#list + 1] = code end
    end
  end
  table.sort(list)
  return list
end

local function first_from(list, code)
  local low, high = 1, #list + 1
  while low < high do
    local middle = (low + high) // 2
    if list[middle] < code then low = middle + 1 else high = middle end
  end
  return low
end

-- Those of a sorted list that no font has, as a set; nil when there is none. The formats are
-- those that Pango takes.
local function in_no_font(list, coverage)
  local has, read = {}, {}
  for format, ranges in coverage:gmatch "(%S+) ([^\n]*)" do
    if (format == "TrueType" or format == "CFF") and not read[ranges] then
      read[ranges] = true
      for first, last in ranges:gmatch "(%x+)%-?(%x*)" do
        local i, most = first_from(list, tonumber(first, 16)), tonumber(last ~= "" and last or first, 16)
        while list[i] and list[i] <= most do has[list[i]], i = true, i + 1 end
      end
    end
  end
  local lost
  for _, code in ipairs(list) do
    if not has[code] then
      lost = lost or {}
      lost[code] = true
    end
  end
  return lost
end

local most_named, longest_named = 5, 40

-- The words of a text that have one of these, each once, as they are named to people.
local function words_with(text, lost)
  local list, is_there = {}, {}
  for word in text:gmatch "%S+" do
    word = word:gsub("^%p+", ""):gsub("%p+$", "")
    for _, code in utf8.codes(word) do
      if lost[code] and not is_there[word] then
        is_there[word] = true
        list[#list + 1] = ('"%s"'):format(utf8.len(word) > longest_named and utf8.char(code) or word)
      end
    end
  end
  local more = #list - most_named
  if more > 0 then
    list = table.move(list, 1, most_named, 1, {})
    list[#list + 1] = words.count(more, "further word")
  end
  return table.concat(list, ", ")
end

local function packages_of(lost)
  local list, is_there = {}, {}
  for code in next, lost do
    local range = range_of(packages, code)
    local name = range and range[3] or not range and "fonts-noto-core" or ""
    if name ~= "" and not is_there[name] then
      is_there[name] = true
      list[#list + 1] = name
    end
  end
  table.sort(list)
  return table.concat(list, " ")
end

function fonts.fault(text, coverage)
  local lost = in_no_font(characters(text), coverage)
  if not lost then return nil end
  local names = packages_of(lost)
  return problem.new { what = ("no font of this machine has %s, which the PDF would be without"):format(
    words_with(text, lost)), todo = names ~= "" and "on Debian: apt install " .. names
    or "no font is known that has it; write it with other characters" }
end

return fonts
