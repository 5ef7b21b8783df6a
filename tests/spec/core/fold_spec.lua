-- One fold for comparing names: case in every script, accents, apostrophes, hyphens, spaces.

local core = require "waymark.core"

local function same(a, b) assert.are.equal(core.fold(a), core.fold(b), ("%s and %s"):format(a, b)) end

describe("a fold", function()
  it("knows capitals of every script that has them", function()
    for capital, small in pairs {
      ["ŁUKASZ ŚLIWA"] = "łukasz śliwa", ["ANAÏS N'DIAYE"] = "anaïs n'diaye", ["ŽYDRŪNĖ ŠIMKUTĖ"] = "žydrūnė šimkutė",
      ["ȘTEFAN ȚÎRLEA"] = "ștefan țîrlea", ["ØRJAN ÅS"] = "ørjan ås", ["ĐORĐE"] = "đorđe",
      ["ÆGIR ÞÓR ÐAÐI"] = "ægir þór ðaði",
      ["IŞIK İNCİ"] = "ışık inci", ["NGUYỄN THỊ ƯỚC"] = "nguyễn thị ước", ["STRAUẞ"] = "strauß",
      ["ǅENANA"] = "ǆenana",
      ["ΓΙΏΡΓΟΣ ΆΝΝΗΣ"] = "γιώργος άννης", ["ᾼ"] = "ᾳ", ["ЙОСИП ЇЖАКЕВИЧ ЁЛКИН ЎЗБЕК"] = "йосип їжакевич ёлкин ўзбек",
      ["ҚАЙРАТ ӘБІШ"] = "қайрат әбіш", ["ՀԱՅԿ ԵՎ ՕՀԱՆ"] = "հայկ եվ օհան", ["ᲭᲐᲕᲭᲐᲕᲐᲫᲔ"] = "ჭავჭავაძე",
      ["ＡＤＡ　ＢＹＲＯＮ"] = "ａｄａ　ｂｙｒｏｎ", ["ƊANLADI ƘASIM"] = "ɗanladi ƙasim", ["ƐSI ƆFORI ŊAA"] = "ɛsi ɔfori ŋaa",
      ["𞤀𞤁𞤂𞤃"] = "𞤢𞤣𞤤𞤥", ["ᏣᎳᎩ"] = "ꮳꮃꭹ", ["Ⴀ"] = "ⴀ",
    } do same(capital, small) end
  end)

  it("gives what people type who have no such keys", function()
    for name, typed in pairs {
      ["Zoë"] = "zoe", ["Łukasz Śliwa"] = "lukasz sliwa", ["Anaïs N’Diaye"] = "anais n'diaye",
      ["Søren Ærø"] = "soren aero",
      ["Đặng Ngọc"] = "dang ngoc", ["Weiß"] = "weiss", ["Þór"] = "thor", ["Şükrü Işık"] = "sukru isik",
      ["Ħal Għaxaq"] = "hal ghaxaq",
      ["Çelebi"] = "celebi", ["Ľubomír Ďurďa"] = "lubomir durda", ["ﬁnn"] = "finn", ["Ĳsbrand"] = "ijsbrand",
      ["Ｌｅｅ"] = "lee",
      ["Œuvrard"] = "oeuvrard", ["K\u{212A}"] = "kk",
    } do assert.are.equal(typed, core.fold(name)) end
  end)

  it("takes letters and marks together or apart", function()
    for together, apart in pairs {
      ["é"] = "e\u{301}", ["Ś"] = "S\u{301}", ["ñ"] = "n\u{303}", ["ệ"] = "e\u{323}\u{302}", ["ά"] = "α\u{301}",
      ["й"] = "и\u{306}",
      ["Ç"] = "C\u{327}", ["한글"] = "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}", ["が"] = "か\u{3099}",
      ["ड़"] = "ड\u{93C}",
      ["أحمد"] = "ا\u{654}حمد", ["שׁ"] = "ש\u{5C1}",
    } do same(together, apart) end
    same("مُحَمَّد", "محمد")
    assert.are_not.equal(core.fold "कि", core.fold "क") -- the vowels of Devanagari are letters
  end)

  it("has one apostrophe, one space, and none at the ends", function()
    for _, each in ipairs { "O’Neill", "O‘Neill", "Oʼ" .. "Neill", "O`Neill", "O´Neill", "O′Neill", "O＇Neill" } do
      same(each, "o'neill")
    end
    for _, each in ipairs { "Smith-Jones", "Smith‐Jones", "Smith‑Jones", "Smith – Jones", "Smith—Jones",
      "Smith\u{A0}Jones",
      " Smith  Jones\t", "Smith\u{3000}\u{2009}Jones", "Smith -\r\n Jones",
      "\u{FEFF}Sm\u{AD}ith \u{200B} Jones\u{200E}" } do
      assert.are.equal("smith jones", core.fold(each))
    end
    for _, each in ipairs { "", " ", "-", "\u{A0}–\u{200B}\n", "\u{301}" } do assert.are.equal("",
      core.fold(each)) end
  end)

  it("leaves what no name is told apart by, and what is no text", function()
    assert.are.equal("st. mary's (c/e), no_2 & 1\0b", core.fold "St. Mary’s (C/E), No_2 & 1\0B")
    assert.are.equal("\xC9cole \xFF\xFE", core.fold "\xC9cole \xFF\xFE ")
    assert.are_not.equal(core.fold "Lee", core.fold "Lea")
    assert.are.equal("a\xC3\u{301}\xA9", core.fold "Ã\xC3\u{301}\xA9") -- nothing becomes a letter that was none
  end)

  it("says from where each byte is", function()
    local text = "  S\u{301}liwa — Weiß\u{301} "
    local folded, places = core.fold_places(text)
    assert.are.equal("sliwa weiss", folded)
    assert.are.equal(#folded + 1, #places)
    local first, last = folded:find("sliwa", 1, true)
    assert.are.equal("S\u{301}liwa", text:sub(places[first], places[last + 1] - 1))
    first, last = folded:find("weiss", 1, true)
    assert.are.equal("Weiß\u{301}", text:sub(places[first], places[last + 1] - 1))
    folded, places = core.fold_places " \u{301}- "
    assert.are.same({ "", 1 }, { folded, #places })
  end)
end)

-- Texts of letters of many scripts, marks, signs, and bytes that are none.
local blocks = { { 0x20, 0x7E }, { 0x20, 0x7E }, { 0xA0, 0x24F }, { 0x250, 0x2FF }, { 0x300, 0x36F }, { 0x370,
0x52F },
  { 0x531, 0x5F4 }, { 0x610, 0x6FF }, { 0x900, 0xDFF }, { 0x10A0, 0x11FF }, { 0x13A0, 0x13FD }, { 0x1C80, 0x1CBF },
  { 0x1DC0, 0x2064 }, { 0x2C00, 0x2D2D }, { 0x3000, 0x30FF }, { 0xA640, 0xA7F0 }, { 0xAB30, 0xABBF }, { 0xAC00,
  0xD7A3 },
  { 0xFB00, 0xFEFF }, { 0xFF00, 0xFFEF }, { 0x10400, 0x104FF }, { 0x1E900, 0x1E943 } }

local function random_text(broken)
  local parts = {}
  for i = 1, math.random(0, 12) do
    local block = blocks[math.random(#blocks)]
    parts[i] = broken and math.random(4) == 1 and string.char(math.random(0x80, 0xFF))
      or utf8.char(math.random(block[1], block[2]))
  end
  return table.concat(parts)
end

describe("of any texts", function()
  local many = os.getenv "SLOW" and 200000 or 6000

  it("what is folded folds to itself, and stays text", function()
    math.randomseed(20260320)
    for i = 1, many do
      local text = random_text(i % 2 == 0)
      local folded = core.fold(text)
      if core.fold(folded) ~= folded then error(("%q folds to %q and %q"):format(text, folded, core.fold(folded))) end
      if utf8.len(text) and not utf8.len(folded) then error(("%q is no text any more"):format(text)) end
      if folded:find "^ " or folded:find " $" or folded:find "  " or folded:find "%u" then
        error(("%q"):format(folded)) end
    end
  end)

  it("places ascend within the text, at the beginnings of characters", function()
    math.randomseed(4)
    for i = 1, many do
      local text = random_text(i % 3 == 0)
      local folded, places = core.fold_places(text)
      assert(folded == core.fold(text) and #places == #folded + 1)
      for k = 1, #places do
        local at = places[k]
        assert(at >= 1 and at <= #text + 1 and (k == 1 or at >= places[k - 1]), text)
        assert(not utf8.len(text) or at > #text or utf8.len(text:sub(1, at - 1)), text)
      end
    end
  end)

  it("a word that is folded where it stands is the word folded alone", function()
    math.randomseed(5)
    for _ = 1, many // 10 do
      local words = {}
      for k = 1, 4 do words[k] = core.fold(random_text()):gsub(" ", "") end
      assert.are.equal((table.concat(words, " "):gsub("^ +", ""):gsub(" +$", ""):gsub(" +", " ")),
        core.fold(table.concat(words, " \u{2014}\u{A0}")))
    end
  end)

  it("every character of Unicode folds to what folds to itself", function()
    for code = 1, 0x1FFFF do
      if code < 0xD800 or code > 0xDFFF then
        local folded = core.fold(utf8.char(code))
        if core.fold(folded) ~= folded or not utf8.len(folded) then error(("U+%04X"):format(code)) end
      end
    end
  end)
end)
