-- kit/report: what `waymark plugin test` shows of a run of Busted: a line a test, why
-- one failed, and the totals. The same run gives the same lines.

local busted = require "busted"

local function text_of(message)
  return type(message) == "string" and message or require("pl.pretty").write(message)
end

local function print_why(title, failure)
  print(("\n%s: %s"):format(title, failure.name))
  for line in (text_of(failure.message) .. "\n"):gmatch "([^\n]*)\n" do print("  " .. line) end
end

return function(_)
  local handler = require "busted.outputHandlers.base"()

  busted.subscribe({ "test", "end" }, function(element, _, status)
    local word = status == "success" and "ok     " or status == "pending" and "pending" or "FAILED "
    print(("%s  %s"):format(word, handler.getFullName(element)))
    io.stdout:flush()
    return nil, true
  end, { predicate = handler.cancelOnPending })

  busted.subscribe({ "suite", "end" }, function()
    for _, failure in ipairs(handler.failures) do print_why("Failed", failure) end
    for _, failure in ipairs(handler.errors) do print_why("Error", failure) end
    print(("%s%d passed, %d failed"):format(handler.failuresCount + handler.errorsCount > 0 and "\n" or "",
      handler.successesCount, handler.failuresCount + handler.errorsCount))
    return nil, true
  end)

  return handler
end
