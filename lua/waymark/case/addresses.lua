-- case/addresses: an address in a text that a person wrote, however it is spelt there.
--
--   addresses.squeezed(text)     what is left of it to compare: folded, words such as "Rd" in
--                                full, without spaces and signs
--   addresses.ways(address)      the squeezed texts by which it is found, and its postcode's | nil
--   addresses.places(text, ways, postcode)  -> { { first, last }, … }, bytes of the text, in
--                                their order and apart from each other
--
-- 1. Each line but the town and the county is looked for, with its number and without, and any two
--    words that follow each other in them; the postcode too. Spaces, signs, accents, capitals,
--    abbreviations and numbers in words make no difference; lines may be parted by commas or not.
-- 2. The town stays, since a whole school lives there: it is what comes last, without a number,
--    after a line that is known for a street or a house by its words. Whatever may be either is
--    looked for: rather too much is taken out than too little.
-- 3. What is short begins and ends with a word of the text: "Low Row" is not in "fellow rowers".

local core = require "waymark.core"
local spelling = require "waymark.case.spelling"

local addresses = {}

local least = 4 -- bytes of a squeezed text; less is found everywhere
local long = 8 -- from here on it is found within words too

local function set(text)
  local words = {}
  for word in text:gmatch "%S+" do words[word] = true end
  return words
end

local in_full = { rd = "road", st = "street", saint = "street", str = "street", ave = "avenue", av = "avenue",
  ln = "lane", la = "lane", cl = "close", clo = "close", ct = "court", crt = "court", dr = "drive", drv = "drive",
  gdn = "garden", gdns = "gardens", grdns = "gardens", pl = "place", sq = "square", ter = "terrace", terr = "terrace",
  tce = "terrace", cres = "crescent", cresc = "crescent", gr = "grove", gro = "grove", grv = "grove", hse = "house",
  ho = "house", cott = "cottage", ctg = "cottage", apt = "flat", apartment = "flat", flt = "flat", fl = "flat",
  mt = "mount", pk = "park", wy = "way", bldg = "building", bldgs = "buildings", est = "estate", fm = "farm",
  nth = "north", sth = "south", ["and"] = "" }
for i, word in ipairs { "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
  "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty" } do
  in_full[word] = tostring(i)
end

-- With what a street or a house ends; what says little by itself.
local street = set [[ road street avenue lane close court drive garden gardens place square terrace crescent grove house
  cottage cottages flat flats row way walk hill mews rise view green park gate yard mill farm lodge hall barn rectory
  vicarage manor building buildings estate quay wharf path mount parade passage end common heath field fields croft
  drove chase circus hostel refuge centre caravan site unit villa villas bungalow works wood woods bank ]]
local little = set "the a an at of in on by near off to over under le de"
local unit = set "flat unit room block no number house studio suite level floor"

local counties = set [[ bedfordshire berkshire buckinghamshire bucks cambridgeshire cambs cheshire cornwall cumbria
  derbyshire devon dorset durham eastsussex eastyorkshire essex gloucestershire gloucester greaterlondon
  greatermanchester hampshire hants herefordshire hertfordshire herts isleofwight kent lancashire lancs leicestershire
  lincolnshire merseyside middlesex norfolk northamptonshire northants northumberland northyorkshire nottinghamshire
  notts oxfordshire oxon rutland shropshire somerset southyorkshire staffordshire staffs suffolk surrey sussex
  tyneandwear tynewear warwickshire westmidlands westsussex westyorkshire wiltshire wilts worcestershire worcs yorkshire
  england uk unitedkingdom greatbritain gb ]]

-- The words of a text (spelling.words), such as "Rd" in full; [4] is what was written.
local function words_of(text, joined)
  local words = spelling.words(text, joined)
  for _, word in ipairs(words) do word[1], word[4] = in_full[word[1]] or word[1], word[1] end
  return words
end

-- `place`: 1, words in full; 4, as they were written.
local function joined_text(words, first, last, place)
  local parts = {}
  for i = first or 1, last or #words do parts[#parts + 1] = words[i][place or 1] end
  return table.concat(parts)
end

function addresses.squeezed(text) return joined_text(words_of(text)) end

-- What it is found by ---------------------------------------------------------------------------

local function is_number(word) return word:find "^%d" ~= nil end

-- A line without its postcode, which comes second, squeezed.
local function without_postcode(line)
  local folded = core.fold(line)
  local first, last = folded:find "%f[%w]%l%l?%d%w?[%s%p]*%d%s*%l%s*%l%f[^%w]"
  if not first then return line end
  return folded:sub(1, first - 1) .. " " .. folded:sub(last + 1), (folded:sub(first, last):gsub("[%s%p]", ""))
end

local function has_street(words)
  for i, word in ipairs(words) do
    if i > 1 and street[word[1]] or is_number(word[1]) and #words > i and not unit[(words[i - 1] or { "" })[1]] then
      return true
    end
  end
  return false
end

local function is_town(words)
  if little[words[1][1]] then return false end
  for i, word in ipairs(words) do
    if is_number(word[1]) or street[word[1]] and (i > 1 or #words == 1) then return false end
  end
  return true
end

-- Of a line that holds street and town, the words up to the street's last.
local function up_to_street(words)
  for i = #words, 2, -1 do
    if is_number(words[i][1]) then return words end
    if street[words[i][1]] and words[i][4] ~= "st" then return { table.unpack(words, 1, i) } end
  end
  return words
end

-- A line as those that it would be with commas: before each number but that of a flat, and behind
-- that one: "Flat 2 Rosemount 12 Low Street".
local function add_parts(lines, words)
  local part, in_unit = {}, false
  for i, word in ipairs(words) do
    local before = i > 1 and words[i - 1][1] or ""
    local starts = not unit[before]
    if not is_number(word[1]) then starts = (in_unit or unit[before]) and not unit[word[1]] and #word[1] > 1 end
    if starts and #part > 0 then lines[#lines + 1], part = part, {} end
    in_unit = is_number(word[1]) and unit[before] or in_unit and #word[1] == 1
    part[#part + 1] = word
  end
  if #part > 0 then lines[#lines + 1] = part end
end

-- The lines of an address, each a list of words, without county and town; and its postcode.
local function lines_of(address)
  local lines, postcode = {}, nil
  for line in address:gmatch "[^,;|\r\n\t]+" do
    local rest, code = without_postcode(line)
    postcode = code or postcode
    add_parts(lines, words_of(rest, true))
  end
  while #lines > 1 and counties[joined_text(lines[#lines])] do lines[#lines] = nil end
  local last = lines[#lines] or {}
  while #last > 2 and counties[last[#last][1]] do last[#last] = nil end
  local before = false
  for i = 1, #lines - 1 do before = before or has_street(lines[i]) end
  if before and is_town(last) then
    lines[#lines] = nil
  elseif #lines > 0 then
    lines[#lines] = up_to_street(last)
  end
  return lines, postcode
end

-- Whether a word may be the name of a house.
local function says_enough(word) return not (street[word[1]] or unit[word[1]] or little[word[1]]) end

local short = {} -- "road" -> { "rd" }
for word, full in next, in_full do
  short[full] = short[full] or {}
  table.insert(short[full], word)
end

function addresses.ways(address)
  local lines, postcode = lines_of(address)
  local ways, known, all = {}, {}, {}
  local function add_text(text)
    if #text >= least and not known[text] then ways[#ways + 1], known[text] = text, true end
  end
  -- As words, and as one word: "HighSt".
  local function add(words, first, last)
    last = last or #words
    local before = joined_text(words, first, last - 1)
    add_text(before .. words[last][1])
    add_text(joined_text(words, first, last, 4))
    for _, each in ipairs(short[words[last][1]] or {}) do add_text(before .. each) end
  end
  for _, words in ipairs(lines) do
    add(words, 1)
    local from = 1
    while words[from] and (is_number(words[from][1]) or #words[from][1] == 1) do from = from + 1 end
    if from < #words or from == #words and says_enough(words[from]) then add(words, from) end
    while words[from] and little[words[from][1]] do from = from + 1 end
    if from == #words and says_enough(words[from]) then add(words, from) end
    for _, word in ipairs(words) do all[#all + 1] = word end
  end
  for i = 1, #all - 1 do
    local one, two = all[i][1], all[i + 1][1]
    local says_little = little[one] or little[two] or is_number(one) and is_number(two)
    if not says_little then add(all, i, i + 1) end
  end
  table.sort(ways)
  return ways, postcode
end

-- Where it is -----------------------------------------------------------------------------------

-- "CO1 1AA" may be written with a letter for a digit.
local function alike(text) return (text:gsub("[oil]", { o = "0", i = "1", l = "1" })) end

-- The number before a street, that of a flat before it.
local function with_number(words, first)
  while first > 1 do
    local word = words[first - 1][1]
    local is_letter = #word == 1 and first > 2 and is_number(words[first - 2][1])
    if not (is_number(word) or unit[word] or is_letter) then break end
    first = first - 1
  end
  return first
end

function addresses.places(text, ways, postcode)
  local words = words_of(text)
  local word_at, begins, ends, at = {}, {}, {}, 1
  for i, word in ipairs(words) do
    begins[at] = true
    for k = at, at + #word[1] - 1 do word_at[k] = i end
    at = at + #word[1]
    ends[at - 1] = true
  end
  local all, covered = joined_text(words), {}
  local function cover(within, way, numbered)
    local from = 1
    while #way > 0 do
      local first, last = within:find(way, from, true)
      if not first then break end
      if begins[first] and ends[last] or #way >= long then
        local one = word_at[first]
        for i = numbered and with_number(words, one) or one, word_at[last] do covered[i] = true end
      end
      from = first + 1
    end
  end
  for _, way in ipairs(ways) do cover(all, way, true) end
  if postcode then cover(alike(all), alike(postcode)) end
  local list = {}
  for i, word in ipairs(words) do
    if covered[i] and covered[i - 1] then
      list[#list][2] = word[3]
    elseif covered[i] then
      list[#list + 1] = { word[2], word[3] }
    end
  end
  return list
end

return addresses
