-- fork_server: the program, started once and forked for each command. Most of the time of a short
-- command goes into beginning; here that is done once for all specs.
--
-- BUILD/fork/bin/waymark is the program itself, and this file its waymark/cli.lua (see run.sh): it
-- reads the real one with all commands, from their files, and makes the pipe that is our only
-- argument. A file of specs writes a folder there, in a line, and is served by a fork of its own: it
-- reads requests from the pipe `requests` in that folder. Each is the number of its fields in a
-- line, and the fields, each with a NUL after it: folder, file for the output, file for errors,
-- arguments. A child does what the program does with these arguments to its end, and the exit status
-- is a line in the pipe `answers`.

return function(arguments, home)
  local build = home:match "^(.*)/fork/bin$"
  package.path = package.path:gsub("/fork/bin/", "/")
  table.remove(package.searchers, 2) -- not what stands in the program, but the files
  local forks = assert(package.loadlib(build .. "/fork/forks.so", "luaopen_forks"))()
  package.loaded["waymark.cli"] = nil
  local cli = dofile(assert(package.searchpath("waymark.cli", package.path)))
  package.loaded["waymark.cli"] = cli
  local commands = package.searchpath("waymark.cli", package.path):gsub("cli%.lua$", "commands")
  for name in require("lfs").dir(commands) do
    if name:find "%.lua$" then require("waymark.commands." .. name:sub(1, -5)) end
  end
  local files, problem = require "waymark.base.files", require "waymark.base.problem"

  -- The commands that `plugin test` gives for a school of the kit are forked as well: from the
  -- process that runs Busted, whose schools and output are not the child's.
  local kit, exit = require "waymark.kit.workspace", os.exit
  function kit:run(list, now)
    local out, err = self.top .. "/out", self.top .. "/err"
    local words = now and { "-C", self.dir, "--now", now } or { "-C", self.dir }
    for _, each in ipairs(list) do words[#words + 1] = tostring(each) end
    io.stdout:flush()
    io.stderr:flush()
    local child = forks.fork()
    if child == 0 then
      function kit.remove(place) place.top = nil end -- it is not the child's
      forks.enter(".", out, err)
      local ok, status = xpcall(cli, debug.traceback, words, build)
      if not ok then io.stderr:write(status) end
      forks.leave(ok and status or 1)
      exit(1, true)
    end
    return { status = forks.wait(child), out = problem.check(files.read(out)), err = problem.check(files.read(err)) }
  end
  collectgarbage("setpause", 1000) -- what is here stays: a short command need not look through it
  collectgarbage()

  local function serve(folder)
    local answer = forks.serve(folder)
    for count in io.stdin:lines() do
      local fields, text = {}, {}
      while #fields < tonumber(count) do
        local byte = io.stdin:read(1)
        if byte ~= "\0" then
          text[#text + 1] = byte
        else
          fields[#fields + 1], text = table.concat(text), {}
        end
      end
      local child = forks.fork()
      if child == 0 then
        forks.enter(table.unpack(fields, 1, 3))
        return cli({ table.unpack(fields, 4) }, build)
      end
      answer(forks.wait(child) .. "\n")
    end
    return 0
  end

  local pipe = arguments[1]
  local folders = assert(io.open(pipe .. ".new", "r+")) -- for writing too, so that it has no end
  assert(os.rename(pipe .. ".new", pipe))
  forks.unwaited()
  for folder in folders:lines() do
    if forks.fork() == 0 then
      folders:close()
      local status = serve(folder)
      forks.leave(status)
      return status
    end
  end
end
