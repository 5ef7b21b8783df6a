-- api/lua: the declaration of what there is of Lua's own library in a plugin. See
-- api/init.lua. Only names: what they do says the Lua 5.4 manual, but for what is said here.

local function library(name, text, names, example)
  return { name, type = "table", text = text, names = names, example = example }
end

return {
  title = "Lua", where = "plugin", run = "load",
  about = "A plugin is Lua 5.4 with these parts of its library. There is no `io`, `os`, `package`, `debug`, "
    .. "`coroutine` or `load`. `tostring` and `format` show no addresses, `pairs` and `next` go in a fixed order, "
    .. "`random` is seeded by Waymark, and `setmetatable` takes no `__gc`.",
  entries = {
    library("_G", "The functions that stand by themselves.", { "_VERSION", "assert", "error", "getmetatable", "ipairs",
      "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber",
      "tostring", "type" }, '_VERSION                  --> "Lua 5.4"'),
    library("math", "As in Lua.", { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge",
      "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger",
      "type", "ult" }, "math.max(3, 7)            --> 7"),
    library("string", "As in Lua, without `dump`, `pack`, `packsize` and `unpack`.", { "byte", "char", "find", "format",
      "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper" },
      '("AM"):lower()            --> "am"'),
    library("table", "As in Lua.", { "concat", "insert", "move", "pack", "remove", "sort", "unpack" },
      'table.concat({ "a", "b" }, ", ")    --> "a, b"'),
    library("utf8", "As in Lua.", { "char", "charpattern", "codepoint", "codes", "len", "offset" },
      'utf8.len "Zoë"            --> 3'),
  },
}
