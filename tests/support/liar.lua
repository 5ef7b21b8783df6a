-- liar: a worker that was taken over: a program that sends what it likes.
--
--   liar.new() -> one, to be removed with liar:remove()
--   liar:start(bytes) -> a job that was READY and says these bytes, whatever it is asked
--   liar.frame(kind, sequence, payload)    kinds as core/worker/frame.h numbers them
--   liar:answers(kind, payload) -> a job that answers its first request so

local folder = require "tests.support.folder"
local worker = require "tests.support.worker"

local liar = {}
liar.__index = liar

liar.kinds = { ready = 1, declared = 3, suggested = 5, result = 7, done = 9, refused = 10, effects = 12,
  consulted = 14 }

function liar.new() return setmetatable({ top = folder.new() }, liar) end

function liar:remove() folder.remove(self.top) end

function liar.frame(kind, sequence, payload)
  return string.pack("<I4BI4", #payload, liar.kinds[kind] or kind, sequence) .. payload
end

function liar:start(bytes)
  folder.write(self.top .. "/frames", liar.frame("ready", 0, '{"api":2,"jail":[]}') .. bytes)
  folder.write(self.top .. "/worker", ("#!/bin/sh\n/bin/cat '%s/frames' >&3\nexec /bin/cat <&3\n"):format(self.top))
  assert(os.execute(("chmod 700 '%s/worker'"):format(self.top)))
  return assert(worker.start { worker = self.top .. "/worker", wall = 1 })
end

function liar:answers(kind, payload) return self:start(liar.frame(kind, 1, payload)) end

return liar
