-- An address in a note, however it is stored and however somebody spells it.

local addresses = require "waymark.case.addresses"
local core = require "waymark.core"

-- A text without an address.
local function taken(text, address)
  local parts, from = {}, 1
  for _, place in ipairs(addresses.places(text, addresses.ways(address))) do
    parts[#parts + 1] = text:sub(from, place[1] - 1) .. "[…]"
    from = place[2] + 1
  end
  return table.concat(parts) .. text:sub(from)
end

-- What must not be found, letters and digits alone.
local function bare(text) return (core.fold(text):gsub("[^%w]", "")) end

describe("an address is taken out of a text", function()
  local house = "Flat 2, 12 Refuge Row, Colchester, Essex, CO1 1AA"

  it("with or without commas, in lines, by house, street and postcode; the town and the county stay", function()
    for _, address in ipairs { house, "Flat 2\n12 Refuge Row\nColchester\nCO11AA",
      "Flat 2 12 Refuge Row Colchester CO1 1AA", "flat 2; 12 refuge row; colchester; co1 1aa" } do
      for note, left in pairs {
        ["Now at 12 Refuge  Row, Colchester, Essex."] = "Now at […], Colchester, Essex.",
        ["twelve REFUGE-ROW"] = "[…]", ["12, Réfuge Row"] = "[…]", ["in refuge row since May"] = "in […] since May",
        ["co1 1aa, C01 1AA and CO11AA"] = "[…] and […]", ["Flat2"] = "[…]",
      } do
        assert.equal(left, taken(note, address), address)
      end
    end
  end)

  it("where the house has a name, a saint or no street, and of several words any two", function()
    for address, notes in pairs {
      ["Rose Cottage, Wivenhoe"] = { "at Rose cottage", "Rosecottage" },
      ["Flat 1, Rosemount"] = { "in Rosemount", "Flat 1" },
      ["The Old Rectory\nChurch Lane\nGreat Oakley"] = { "at the old rectory", "Old Rectory", "in Church Ln" },
      ["St. Mary's House, 3 High St, Maldon"] = { "Saint Marys House", "ST MARY’S HSE", "3 High Street",
        "StMarysHouse" },
      ["1 Long Meadow Way, Maldon"] = { "by Long Meadow", "Meadow Way" },
    } do
      for _, note in ipairs(notes) do
        assert.truthy(taken(note, address):find("[…]", 1, true), address .. ": " .. note)
      end
    end
  end)

  it("and nothing else: a town, words within others, a short name in longer words", function()
    for note, address in pairs { ["in Colchester, in Essex"] = house, ["a refuge for her"] = house,
      ["fellow rowers"] = "4 Low Row, Maldon", ["the whole street"] = "4 Low Street, Maldon", [""] = house } do
      assert.equal(note, taken(note, address))
    end
    assert.same({}, (addresses.ways ""))
  end)
end)

-- Thousands of spellings ---------------------------------------------------------------------

describe("of thousands of spellings", function()
  local seed = 20260301
  local function chance(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n + 1
  end
  local function pick(list) return list[chance(#list)] end

  local flats = { "", "", "Flat 2", "Flat 11b", "Unit 7", "2nd Floor Flat" }
  local houses = { "", "", "Thistledown", "Quernmore Cottage", "The Old Brewhouse", "St Osyth's Lodge", "O'Hara House" }
  local streets = { "Peldon Drove Road", "Quernmore Lane", "Wick Marsh Avenue", "King's Staithe Street", "Zoë Drive",
    "St. Botolph's Terrace", "Hythe-Quay Close", "Saltcote Way" }
  local towns = { "Maldon", "Burnham-on-Crouch", "Great Oakley", "" }
  local ends = { "", "", ", Essex", "\nESSEX", ", England" }
  local postcodes = { "CM9 9ZY", "CO16 1XQ", "M1 1AE", "" }
  local short = { Road = "Rd", Lane = "Ln.", Avenue = "Ave", Street = "St", Drive = "dr", Terrace = "Terr",
    Close = "cl" }
  local accents = { a = "á", e = "é", i = "ı", o = "ö", u = "ü", s = "ş" }
  local between = { " ", "  ", " ", ", ", "\t", "\u{A0}", "-", ". ", " – ", "\u{200B} ", "\n", "" }
  local marks = { "'", "’", "`", "", "ʼ" }

  local function stored(parts, postcode, town)
    local list = {}
    for _, part in ipairs(parts) do
      if part ~= "" then list[#list + 1] = part end
    end
    local with = pick { ", ", ",", "\n", "; ", "\r\n", " " }
    local text = table.concat(list, with)
    if town ~= "" then text = text .. with .. town .. (with ~= " " and pick(ends) or "") end
    return postcode ~= "" and text .. with .. pick { postcode, (postcode:gsub(" ", "")), postcode:lower() } or text
  end

  local function letters(text)
    local way = chance(5)
    if way == 1 then return text:upper() end
    if way == 2 then return text:lower() end
    return (text:gsub("%a", function(letter)
      if chance(12) == 1 then return accents[letter] end
      return chance(6) == 1 and letter:upper() or nil
    end))
  end

  local function spelt(text)
    text = text:gsub("(%u%l+)$", function(word) return chance(3) == 1 and short[word] or nil end)
    text = text:gsub("'", function() return pick(marks) end)
    return (letters(text):gsub("[ -]", function() return pick(between) end))
  end

  it("none passes", function()
    local most = os.getenv "SLOW" and 20000 or 2000
    for n = 1, most do
      local flat, house, street = pick(flats), pick(houses), chance(120) .. " " .. pick(streets)
      local postcode = pick(postcodes)
      local address = stored({ flat, house, street }, postcode, pick(towns))
      local fragments = { street, street, (street:gsub("^%d+ ", "")) }
      if house ~= "" then fragments[#fragments + 1] = house end
      if postcode ~= "" then fragments[#fragments + 1] = postcode end
      local fragment = pick(fragments)
      local written = spelt(fragment)
      local note = pick { "She is at %s now.", "(%s)", "%s", "moved to “%s”, she says", "Not %s!" }
      note = note:gsub("%%s", function() return written end)
      local left, name = taken(note, address), nil
      for word in fragment:gsub("'", ""):gmatch "[%a\x80-\xFF]+" do
        word = bare(word)
        if #word > (name and #name or 0) then name = word end
      end
      local says = bare(left)
      if says:find(name, 1, true) or fragment == postcode and says:find(bare(postcode), 1, true)
        or not left:find("[…]", 1, true) then
        error(("%d: %q of %q leaves %q"):format(n, note, address, left))
      end
    end
  end)
end)
