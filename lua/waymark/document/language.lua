-- document/language: which language a person means, by code or by its English or own
-- name: "pl", "Polish", "polski", "pl-PL". The languages are those most spoken in schools
-- in England (DfE, school census, first languages); a further code of two or three letters
-- is taken as it is.

local core = require "waymark.core"

local language = {}

language.usual = "en" -- that of templates without a language in their name

local names = {
  am = { "Amharic" }, ar = { "Arabic", "العربية" }, bg = { "Bulgarian", "български" },
  bn = { "Bengali", "বাংলা", "Bangla", "Sylheti" }, cs = { "Czech", "čeština" }, cy = { "Welsh", "Cymraeg" },
  da = { "Danish", "dansk" }, de = { "German", "Deutsch" }, el = { "Greek", "ελληνικά" }, en = { "English" },
  es = { "Spanish", "español" }, et = { "Estonian", "eesti" }, fa = { "Persian", "فارسی", "Farsi", "Dari" },
  fi = { "Finnish", "suomi" }, fr = { "French", "français" }, ga = { "Irish", "Gaeilge" },
  gu = { "Gujarati", "ગુજરાતી" }, he = { "Hebrew", "עברית" }, hi = { "Hindi", "हिन्दी" },
  hr = { "Croatian", "hrvatski" }, hu = { "Hungarian", "magyar" }, hy = { "Armenian" }, ig = { "Igbo" },
  it = { "Italian", "italiano" }, ja = { "Japanese", "日本語" }, ka = { "Georgian" }, ko = { "Korean", "한국어" },
  ku = { "Kurdish", "kurdî", "Kurmanji", "Sorani" }, lt = { "Lithuanian", "lietuvių" },
  lv = { "Latvian", "latviešu" }, ml = { "Malayalam", "മലയാളം" }, mr = { "Marathi" }, ms = { "Malay" },
  mt = { "Maltese" }, ne = { "Nepali", "नेपाली" }, nl = { "Dutch", "Nederlands" }, no = { "Norwegian", "norsk" },
  pa = { "Punjabi", "ਪੰਜਾਬੀ", "Panjabi" }, pl = { "Polish", "polski" }, ps = { "Pashto", "پښتو" },
  pt = { "Portuguese", "português" }, ro = { "Romanian", "română", "Moldovan" },
  ru = { "Russian", "русский" }, rom = { "Romani", "Romany" }, si = { "Sinhala" }, sk = { "Slovak", "slovenčina" },
  sn = { "Shona" }, so = { "Somali", "Soomaali" }, sq = { "Albanian", "shqip" }, sr = { "Serbian", "српски" },
  sv = { "Swedish", "svenska" }, sw = { "Swahili", "Kiswahili" }, ta = { "Tamil", "தமிழ்" }, te = { "Telugu" },
  th = { "Thai" }, ti = { "Tigrinya" }, tl = { "Tagalog", "Filipino" }, tr = { "Turkish", "Türkçe" },
  tw = { "Twi", "Akan" }, uk = { "Ukrainian", "українська" }, ur = { "Urdu", "اردو" },
  vi = { "Vietnamese", "Tiếng Việt" }, yo = { "Yoruba" }, yue = { "Cantonese" },
  zh = { "Chinese", "中文", "Mandarin" },
}

local codes, all = {}, {} -- by name; every name
for code, list in next, names do
  for _, name in ipairs(list) do
    codes[core.fold(name)] = code
    all[#all + 1] = name
  end
end
table.sort(all)

-- The code of what somebody wrote, or nil and the nearest name.
function language.code(text)
  local low = text:match "^%s*(.-)%s*$":lower()
  if names[low] then return low end
  if codes[core.fold(text)] then return codes[core.fold(text)] end
  local short = low:match "^(%l%l%l?)$" or low:match "^(%l%l%l?)[-_]%w+$"
  if short then return short end
  local first = low:match "^([^%s,;/(]+)[%s,;/(]" -- "Polish (and some English)"
  if first and codes[core.fold(first)] then return codes[core.fold(first)] end
  return nil, core.nearest(text, all)
end

-- The English name of a code.
function language.name(code) return names[code] and names[code][1] or code end

return language
