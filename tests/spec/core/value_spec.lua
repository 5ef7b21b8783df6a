-- Lua values as JSON and back: what plugins, answers and --format json share.

local core = require "waymark.core"

local function message_of(value)
  local text, message = core.encode(value)
  assert.is_nil(text)
  return message
end

describe("JSON", function()
  it("has sorted keys, so that the same value is the same text", function()
    assert.are.equal('{"a":1,"b":{"c":true,"d":false},"é":"ü"}',
      core.encode { b = { d = false, c = true }, ["é"] = "ü", a = 1 })
  end)

  it("keeps whole numbers whole and floats floats", function()
    assert.are.equal('[1,1.0,0.1,-5,9223372036854775807,1e+100,2.5]',
      core.encode { 1, 1.0, 0.1, -5, math.maxinteger, 1e100, 2.5 })
    assert.are.equal("[-9223372036854775808,0,-1]", core.encode { math.mininteger, 0, -1 })
    local back = core.decode "[1, 1.0, 1e2]"
    assert.are.equal("integer", math.type(back[1]))
    assert.are.equal("float", math.type(back[2]))
    assert.are.equal(0.1 + 0.2, core.decode(core.encode { 0.1 + 0.2 })[1])
  end)

  it("writes an empty table as a record unless it is marked as a list", function()
    assert.are.equal("{}", core.encode {})
    assert.are.equal("[]", core.encode(core.array {}))
    assert.are.equal("[1]", core.encode(core.array { 1 }))
    assert.are.equal('{"a":[]}', core.encode(core.decode '{"a":[]}'))
    assert.has_error(function() core.array(setmetatable({}, {})) end)
  end)

  it("escapes what must be escaped", function()
    assert.are.equal([["\"\\\n\t\u0001/é"]], core.encode "\"\\\n\t\1/é")
  end)

  it("can be indented for people", function()
    assert.are.equal('{\n  "a": [\n    1,\n    2\n  ],\n  "b": {}\n}', core.encode({ a = { 1, 2 }, b = {} }, 2))
  end)

  it("leaves out null in records and has none in lists", function()
    assert.are.same({ a = 1 }, core.decode '{"a":1,"b":null}')
    local value, message = core.decode "[1,null]"
    assert.is_nil(value)
    assert.are.equal("item 2 of a list is null", message)
    assert.are.equal("null", core.encode(nil))
  end)

  it("says where the trouble is", function()
    assert.are.equal("value.rows[3].name: a function cannot be sent",
      message_of { rows = { {}, {}, { name = print } } })
    assert.are.equal('value["odd key"]: not a number that can be written', message_of { ["odd key"] = 0 / 0 })
    assert.are.equal("value.a: the text is not valid UTF-8", message_of { a = "\xFF" })
    assert.is_truthy(message_of({ 1, a = 2 }):find("neither a list", 1, true))
    local cycle = {}
    cycle.again = cycle
    assert.is_truthy(message_of(cycle):find("nested too deep", 1, true))
    assert.are.equal("value: an object cannot be sent", message_of(io.stdout))
  end)

  it("does not run metamethods", function()
    local function never() error "ran" end
    local meta = { __index = never, __pairs = never, __len = never }
    assert.are.equal('{"a":1}', core.encode(setmetatable({ a = 1 }, meta)))
  end)

  it("refuses text that is not one JSON value", function()
    for _, text in ipairs { "", "{", "[1,]", "1 2", '{"a":1,"a":2}', '"\\u0000"', "\xFF", "nul", ("["):rep(100000),
      ("["):rep(100) .. ("]"):rep(100), "123456789012345678901234567890" } do
      local value, message = core.decode(text)
      assert.is_nil(value)
      assert.is_string(message)
    end
  end)
end)
