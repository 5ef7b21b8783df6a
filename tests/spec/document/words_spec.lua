-- Words for people: days, half days and counts, and what becomes of a text before it
-- stands on a page, in a letter or a message.

local words = require "waymark.base.words"

describe("a text for a page or a letter", function()
  it("keeps what people write, in any script", function()
    for _, text in ipairs { "Zoë O'Dell", "محمد", "می‌خواهم", "क्‍ष", "😀 👩‍👧", "日本語", "a\nb", "" } do
      assert.are.equal(text, words.plain(text))
    end
  end)

  local cases = {
    { "a tab is a space", "Item\tWho", "Item Who" },
    { "ends of lines are one", "a\r\nb\rc\vd\fe\u{85}f\u{2028}g\u{2029}h", "a\nb\nc\nd\ne\nf\ng\nh" },
    { "controls go", "a\0b\7c\27[31md\127e\u{9B}f", "abc[31mdef" },
    { "what is unseen goes", "a\u{200B}b\u{AD}c\u{2060}d\u{FEFF}e\u{180E}f\u{E0041}g", "abcdefg" },
    { "directions go", "\u{202E}a\u{2066}b\u{200F}c\u{61C}d\u{202C}", "abcd" },
    { "a broken byte is a sign that it was one", "a\xFFb", "a\u{FFFD}b" },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      assert.are.equal(case[3], words.plain(case[2]))
      assert.is_nil(words.html(case[2]):find "\\")
    end)
  end

  it("is text inside HTML, its lines with <br>", function()
    assert.are.equal("a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;<br>e f", words.html 'a <b> & "c" \'d\'\r\ne\tf')
    assert.are.equal("12", words.html(12))
  end)

  it("is one line in a heading", function()
    assert.are.equal("a b", words.line "a\u{202e}\u{2028}b")
    assert.are.equal("a b c", words.line " a \r\n b\tc \27")
  end)
end)

describe("a text in lines", function()
  it("is cut between words, and a longer word stays whole", function()
    assert.are.same({ "one two", "three", "abcdefghij", "k" }, words.wrap("one two three abcdefghij k", 8))
    assert.are.same({ "  łłł łł", "  ł" }, words.wrap("łłł łł ł", 8, "  "))
    assert.are.same({ "a", "b" }, words.wrap("a\n\nb", 80))
    assert.are.same({}, words.wrap("", 80))
  end)
end)

describe("days and counts", function()
  it("are said as people say them", function()
    assert.are.equal("1 pupil", words.count(1, "pupil"))
    assert.are.equal("0 entries", words.count(0, "entry", "entries"))
    assert.are.equal("1,234,567 pupils", words.count(1234567, "pupil"))
    assert.are.equal("Tuesday 4 November", words.day "2025-11-04")
    assert.are.equal("Tuesday 4 November", words.day("2025-11-04", "2026-03-01"))
    assert.are.equal("Tuesday 4 November 2025", words.day("2025-11-04", "2026-10-01"))
    assert.are.equal("4 November 2025", words.date "2025-11-04")
    assert.are.equal("Tuesday 4 November, afternoon", words.half_day("2025-11-04", "PM"))
    assert.are.equal("November", words.month "2025-11-04")
    assert.are.equal("Sunday", words.weekday(7))
    assert.are.equal("Tuesday", words.weekday "2025-11-04")
    assert.are.equal("did not attend", words.outcome "did-not-attend")
  end)
end)
