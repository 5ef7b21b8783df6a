-- totals: a busted output that ends with one line that other programs can read:
-- "N passed, N failed". What goes wrong is shown as busted shows it.

local busted = require "busted"

return function(options)
  local handler = require "busted.outputHandlers.plainTerminal"(options)

  busted.subscribe({ "exit" }, function()
    io.write(("%d passed, %d failed\n"):format(handler.successesCount,
      handler.failuresCount + handler.errorsCount))
    return nil, true
  end)

  return handler
end
