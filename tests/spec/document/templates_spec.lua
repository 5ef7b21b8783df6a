-- The documents of the road map, as plugins/support-first/templates has them, filled in by
-- hand (tests/support/template_view.lua): what each says, and how (DOMAIN, "Notice to
-- Improve", "Penalty notices", "Records", "Kindness and law in lists and letters").
--
-- tests/fixtures/documents has one rendering of each. After a change of the words:
--   WAYMARK_WRITE=1 sh tests/run.sh tests/spec/document/templates_spec.lua
-- writes them again; read them before you keep them.

local mustache = require "waymark.mustache"
local template_view = require "tests.support.template_view"

local folder, golden = "plugins/support-first/templates/", "tests/fixtures/documents/"

local forms = { "call-back-form", "check-in-form" }
local early = { "initial-concern-letter", "early-help-offer", "meeting-invitation", "meeting-rearranged",
  "meeting-minutes", "did-not-attend" }
local formal = { "attendance-contract", "contract-review", "notice-to-improve", "early-decision-warning",
  "outcome-letter", "contract-invitation", "contract-did-not-attend", "contract-failed",
  "leave-not-granted" }
local staff = { "chronology", "referral-form", "cover", "register-extract" }

local function joined(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

local letters = joined(early, formal)
local every = joined({ "policy-summary" }, forms, letters, staff,
  { "contract-rearranged", "contract-pro-forma", "notice-to-improve.pl" })

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

local function partials_in(language)
  return function(name)
    if name == "style" then return "/* style.html */\n", "style.html" end
    local own = language and read(("%s%s.%s.html"):format(folder, name, language))
    return own or read(folder .. name .. ".html"), name .. ".html"
  end
end

local function render(name, view)
  local source = assert(read(folder .. name .. ".html"), name)
  local language = name:match "%.(%a+)$"
  view.title, view.language = source:match "^{{! title: (.-) }}\n", language or "en"
  local template = assert(mustache.parse(source, name .. ".html"))
  return assert(mustache.render(template, view, { partials = partials_in(language),
    known = template_view.known(), needed = { words = true } }))
end

-- What a reader sees: without tags, in one line.
local function text_of(html)
  html = html:gsub("<head>.-</head>", " "):gsub("</?strong>", ""):gsub("</?span[^>]*>", ""):gsub("<[^>]*>", " ")
  return (html:gsub("&#39;", "'"):gsub("&quot;", '"'):gsub("&nbsp;", " "):gsub("%s+", " "))
end

local function text(name, view) return text_of(render(name, view or template_view.usual())) end

local function has(shown, words) assert.is_truthy(shown:find(words, 1, true), "it does not say: " .. words) end

local function has_not(shown, pattern)
  assert.is_nil(shown:lower():find(pattern), "it says: " .. pattern)
end

describe("the documents of the road map", function()
  for _, name in ipairs(every) do
    it(name .. " is filled in as its golden file has it", function()
      local shown = render(name, template_view.usual())
      if os.getenv "WAYMARK_WRITE" then
        local file = assert(io.open(golden .. name .. ".html", "wb"))
        file:write(shown)
        file:close()
      end
      assert.are.equal(read(golden .. name .. ".html"), shown)
    end)

    it(name .. " has no name that is not there, whether little is known or much", function()
      for _, view in ipairs { template_view.bare(), template_view.long() } do
        local shown = render(name, view)
        assert.is_nil(shown:find("{{", 1, true))
        assert.is_nil(text_of(shown):find " [,.]")
      end
    end)
  end

  it("know no amount and no period of the law: these are a plugin's", function()
    for _, name in ipairs(joined(every, { "penalties", "penalties.pl" })) do
      local source = read(folder .. name .. ".html")
      assert.is_nil(source:find("£", 1, true), name)
      assert.is_nil(source:find "%d+ days", name)
      assert.is_nil(source:find "Essex", name)
    end
  end)

  it("keep what has no spaces, such as a link, on the page", function()
    assert.is_truthy(read(folder .. "style.html"):find("p, li { overflow-wrap: anywhere; }", 1, true))
  end)

  it("show what a person wrote as text, never as HTML", function()
    local view = template_view.usual()
    view.pupil.forename, view.entry.parents_views = "<b>Cal</b>", "a < b & <script>"
    local shown = render("attendance-contract", view)
    assert.is_nil(shown:find("<b>Cal", 1, true))
    has(shown, "a &lt; b &amp; &lt;script&gt;")
  end)
end)

describe("a contract that is not signed yet", function()
  it("has a line to sign for each parent that it is made with", function()
    local view = template_view.usual()
    view.entry.signatures, view.entry.has_signatures = {}, false
    view.entry.parties = { { item = "Mrs Anne Byron" }, { item = "Mr George Byron" } }
    local shown = text("attendance-contract", view)
    has(shown, "parent: Mrs Anne Byron date")
    has(shown, "parent: Mr George Byron date")
    view.entry.parties, view.entry.has_parties = {}, false
    assert.is_truthy(text("attendance-contract", view):find("_ parent date", 1, true)
      or text("attendance-contract", view):find("_ parent: Mrs Anne Byron date", 1, true))
  end)
end)

describe("what goes to a family", function()
  it("speaks of half days and plain dates, never of sessions, codes or evidence", function()
    for _, name in ipairs(joined({ "policy-summary" }, forms, letters)) do
      for _, word in ipairs { "session", "%f[%a]codes?%f[%A]", "evidence", "%d%d%d%d%-%d%d%-%d%d", "upn" } do
        has_not(text(name), word)
      end
    end
    has(text "notice-to-improve", "Tuesday 4 November 2025, morning")
  end)

  it("says what to do if a mark is wrong and by when, and names a person with phone and e-mail", function()
    for _, name in ipairs(letters) do
      local shown = text(name)
      has(shown, "Sam Reed, attendance officer Telephone: 01245 555012 E-mail: sam@oakfield.example")
      if name ~= "meeting-rearranged" and name ~= "did-not-attend" then
        has(shown, "If a mark looks wrong")
        has(shown, "please tell Sam Reed by Thursday 27 November 2025")
      end
    end
  end)

  it("threatens nobody before the formal steps", function()
    for _, name in ipairs(joined(forms, early)) do
      for _, word in ipairs { "penalt", "prosecut", "court", "offence", "legal", "%f[%a]fine%f[%A]", "unauthorised",
        "fail", "must " } do
        has_not(text(name), word)
      end
    end
  end)

  it("is by hand when the parent has no address, and to parents and carers when there is none", function()
    local view = template_view.usual()
    view.parent.address, view.parent.has_address = {}, false
    has(text("meeting-invitation", view), "Mrs Anne Byron By hand")
    has(text("meeting-invitation", template_view.bare()), "To the parents and carers of Cal Byron")
  end)

  it("has the school's own letterhead when there is one", function()
    local view = template_view.usual()
    view.letterhead = "<p>Our own</p>"
    local shown = render("meeting-invitation", view)
    has(shown, "<p>Our own</p>")
    assert.is_nil(shown:find("Head teacher: ", 1, true))
  end)

  it("asks about well-being before absence in a call-back", function()
    local shown = text "call-back-form"
    assert.is_true(shown:find("How are you, and how is Cal?", 1, true) < shown:find("Half days for which", 1, true))
  end)

  it("names independent advice and how to complain in what is formal, if the settings do", function()
    for _, name in ipairs { "attendance-contract", "notice-to-improve", "early-decision-warning", "outcome-letter",
      "leave-not-granted" } do
      has(text(name), "independent of us: Citizens Advice.")
      has(text(name), "You can also make a complaint: ask at the office.")
      has_not(text(name, template_view.bare()), "complain")
    end
  end)

  it("has no empty figure: neither where the registers say nothing yet nor for who was always there", function()
    local none = template_view.bare()
    for name in next, none.figures do none.figures[name] = math.type(none.figures[name]) and 0 or nil end
    none.figures.rate = "not available"
    for _, name in ipairs(joined(letters, { "chronology", "register-extract", "notice-to-improve.pl" })) do
      for _, view in ipairs { none, template_view.bare() } do
        for _, word in ipairs { "%f[%d]0 ", "%f[%d]0,", "%f[%d]0%.", "%f[%d]0:", "not available" } do
          assert.is_nil(text(name, view):find(word), name .. " says: " .. word)
        end
      end
    end
    has(text("initial-concern-letter", none), "Our registers do not yet say anything about Cal's attendance")
    has(text "initial-concern-letter", "school for Cal on 50 days. Cal was here for 44 days and away for 6 days.")
    has(text "initial-concern-letter", "On average, the others in 6B were away for 1½ days.")
  end)

  it("has margins on a screen", function()
    local rule = read(folder .. "style.html"):match "@media screen { body { (.-) }"
    assert.truthy(rule:find "max%-width" and rule:find "padding: 12mm", rule)
  end)

  it("offers again what was not taken up", function()
    for _, name in ipairs { "early-help-offer", "did-not-attend", "attendance-contract", "notice-to-improve",
      "early-decision-warning", "outcome-letter" } do
      has(text(name), "Early help and support (Thursday 25 September 2025) a family support worker")
    end
  end)
end)

describe("an attendance contract", function()
  it("is voluntary, and has what the family and what the school will do side by side", function()
    local shown = text "attendance-contract"
    has(shown, "It is voluntary. Nobody is punished for not signing it")
    has(shown, "section 19 of the Anti-social Behaviour Act 2003")
    has(shown, "What the family will do What the school will do ring the school before nine when Cal is ill get Cal's "
      .. "things ready on Monday evening (Mrs Byron, by Monday 13 October 2025) a lift on Tuesdays keep a place in "
      .. "breakfast club on Tuesdays (Sam Reed")
  end)

  it("is looked at with all that was agreed in it", function()
    has(text "contract-review", "How it went ring the school before nine when Cal is ill the family a lift on Tuesdays "
      .. "the school get Cal's things ready on Monday evening Mrs Byron")
  end)

  it("has the two statements of section 19(4)", function()
    local shown = text "attendance-contract"
    has(shown, "The parents' statement: we agree to do what is written above as what the family will do, for the whole "
      .. "period of this contract, from Monday 13 October 2025 to Friday 19 December 2025.")
    has(shown, "The school's statement: Oakfield Primary School agrees to give the parents the support")
  end)

  it("has parties, views of parents and pupil, barriers, dates and signatures", function()
    local shown = text "attendance-contract"
    for _, words in ipairs { "Mrs Anne Byron and Oakfield Primary School", "I start work at six", "I like maths",
      "Nobody is at home on Tuesday mornings", "from Monday 13 October 2025 to Friday 19 December 2025",
      "Monday 10 November 2025", "Version 2", "Sam Reed, on Thursday 9 October 2025" } do
      has(shown, words)
    end
    has(text("attendance-contract", template_view.bare()), "Cal Byron, if Cal would like to sign")
  end)
end)

describe("a Notice to Improve", function()
  -- Cal, one unauthorised morning each Tuesday from 9 September 2025; the notice runs from
  -- 24 November 2025 for six school weeks.
  it("has all that the guidance asks for", function()
    local shown = text "notice-to-improve"
    for _, words in ipairs {
      "Half days in school 88 (88.00 %)", "Cal has missed 10:", "Tuesday 18 November 2025, morning", -- record
      "section 7 of the Education Act 1996", "Why being in school matters", -- duty and benefits
      "Friday 12 September 2025 Absence call-back spoke", -- support so far
      "a lift on Tuesdays", "All of it is open to you again", -- on offer now, and again
      "a penalty notice may be issued, or you may be prosecuted", -- the warning
      "from Monday 24 November 2025 to Friday 16 January 2026 (6 school weeks, which are 8 weeks by the "
        .. "calendar, as school holidays are left out)",
      "The last day is Friday 16 January 2026.",
      "Enough improvement means: no more than 1 half day of unauthorised absence in this time",
      "In between we look at it together: Friday 12 December 2025",
      "if it is clear that attendance is not improving: more than one half day without leave in the first two weeks",
      "We will tell you first", "Talk to Sam Reed, 01245 555012", -- early grounds, and a named contact
    } do has(shown, words) end
  end)

  it("names the defences of section 444, all of them, and with whom it may be shared", function()
    local shown = text "notice-to-improve"
    for _, words in ipairs { "if we gave leave", "was ill or could not come for an unavoidable reason",
      "religious observance", "had a duty to arrange Cal's travel to school and did not",
      "your trade or business makes you travel from place to place",
      "This notice, and the record of Cal's attendance and of the help that was offered, may be shared with Essex" } do
      has(shown, words)
    end
    has(text "leave-not-granted", "had a duty to arrange Cal's travel to school and did not")
    has(text "leave-not-granted", "the record of Cal's attendance may be shared with Essex County Council")
    for _, words in ipairs { "udzieliła zgody", "chore", "religijne", "dojazd do szkoły", "wymaga podróżowania",
      "mogą zostać przekazane urzędowi (Essex County Council)" } do
      has(text "notice-to-improve.pl", words)
    end
  end)

  it("says what the law allows, in the amounts that the view has", function()
    local view = template_view.usual()
    local shown = text("notice-to-improve", view)
    has(shown, "The first is £160, or £80 if you pay within 21 days. It must be paid within 28 days.")
    has(shown, "within 3 years is £160, with no lower amount. A third within 3 years is not allowed")
    has(shown, "Under section 444(1) the fine can be up to £1,000. Under section 444(1A) it can be a fine of "
      .. "up to £2,500, prison for up to three months, or both.")
    has(shown, "the authority must consider an education supervision order")
    view.words.first_amount = "£200"
    has(text("notice-to-improve", view), "The first is £200")
  end)

  it("has the same parts and amounts in Polish", function()
    local english, polish = render("notice-to-improve", template_view.usual()),
      render("notice-to-improve.pl", template_view.usual())
    assert.are.equal(select(2, english:gsub("<h2>", "")), select(2, polish:gsub("<h2>", "")))
    has(polish, '<html lang="pl">')
    local shown = text_of(polish)
    for _, words in ipairs { "£160 albo £80", "w ciągu 21 dni", "w ciągu 28 dni", "£1,000", "£2,500", "do 3 miesięcy",
      "444(1)", "444(1A)", "Ostatni dzień: Friday 16 January 2026.", "Najpierw powiemy o tym Państwu" } do
      has(shown, words)
    end
    for _, words in ipairs { "Yours sincerely", "Who to talk to", "By when", "Half days" } do
      assert.is_nil(shown:find(words, 1, true))
    end
  end)

  it("tells the parent first, before a decision that comes early", function()
    local shown = text "early-decision-warning"
    has(shown, "We said that we would tell you first")
    has(shown, "No decision has been made. Please talk to us by Tuesday 9 December 2025")
    has(shown, "Since Monday 24 November 2025: 3 half days without leave")
  end)

  it("ends with the figures of its time and of the time before, and what came of it", function()
    has(text "outcome-letter", "51 of 60 half days (85.00 %); 3 half days without leave")
    has(text "outcome-letter", "has not improved enough")
    local bare = text("outcome-letter", template_view.bare())
    has(bare, "attendance has improved enough.")
    has_not(bare, "not improved enough")
  end)
end)

describe("the referral pack", function()
  it("marks what is not known", function()
    has(text "referral-form", "Date of birth 3 March 2014 Ethnicity not known: ask")
  end)

  it("says on the cover that it is not complete, and what is missing", function()
    has(text "cover", "This pack is not complete. It was made all the same. What is missing: ethnicity of the pupil")
    has_not(text("cover", template_view.bare()), "not complete")
  end)

  it("shows a register with its key, as seen in our imports", function()
    local shown = text "register-extract"
    has(shown, "8 September / \\ O \\")
    has(shown, "O absent, not authorised by the school")
    has(shown, "As seen in our imports up to Wednesday 19 November 2025.")
  end)
end)
