-- liar: a worker that was taken over: a program that sends what it likes.
--
--   liar.new() -> one, to be removed with liar:remove()
--   liar:start(bytes) -> a job that was READY and says these bytes, whatever it is asked
--   liar.frame(kind, sequence, payload)    kinds as core/worker/frame.h numbers them
--   liar:starved(limits [, before]) -> one that gets no processor once it was READY (or before): start's answer
--   liar:stopped() -> one that was READY, and that the system kills when it is asked something
--   liar:answers(kind, payload) -> a job that answers its first request so
--   liar.suggested(answers, asked, costs)  the bytes of a SUGGESTED: answers as lua/sdk/job.lua makes them;
--                                          a number stands for a length that is not true

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

local READY = liar.frame("ready", 0, '{"api":3,"jail":[]}')

local function start(self, frames, goes_on, limits)
  folder.write(self.top .. "/frames", frames)
  folder.write(self.top .. "/worker", ("#!/bin/sh\n/bin/cat '%s/frames' >&3\n%s\n"):format(self.top, goes_on))
  assert(os.execute(("chmod 700 '%s/worker'"):format(self.top)))
  return worker.start { worker = self.top .. "/worker", wall = limits and limits.wall }
end

function liar:start(bytes) return assert(start(self, READY .. bytes, "exec /bin/cat <&3")) end

function liar:starved(limits, before) return start(self, before and "" or READY, "kill -STOP $$", limits) end

function liar:stopped() return assert(start(self, READY, "/usr/bin/head -c 1 <&3 >&4; kill -KILL $$")) end

function liar:answers(kind, payload) return self:start(liar.frame(kind, 1, payload)) end

local NOT_SAID = 0xFFFFFFFF

local function packed_text(text)
  if type(text) == "string" then return string.pack("<s4", text) end
  return string.pack("<I4", text or NOT_SAID)
end

local function packed_list(list, packed)
  if type(list) ~= "table" then return string.pack("<I4", list or NOT_SAID) end
  local parts = { string.pack("<I4", #list) }
  for _, each in ipairs(list) do parts[#parts + 1] = packed(each) end
  return table.concat(parts)
end

local function packed_reference(each)
  return packed_text(each.rule) .. packed_text(each.from) .. packed_text(each.to)
end

local function packed_answer(each)
  return string.pack("<I4", each.record) .. packed_text(each.step) .. packed_text(each.verdict)
    .. packed_text(each.words) .. packed_text(each.gate) .. packed_text(each.concern)
    .. packed_list(each.rules, packed_reference) .. packed_list(each.consulted, packed_reference)
    .. packed_list(each.printed, packed_text)
end

function liar.suggested(answers, asked, costs)
  return packed_list(answers, packed_answer) .. packed_list(asked, function(n) return string.pack("<I4", n) end)
    .. packed_list(costs, function(counts) return string.pack("<I8I8I8I8I8", table.unpack(counts)) end)
end

return liar
