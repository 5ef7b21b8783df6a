-- The lowest room of the store: statements that are kept, values that memory is too short
-- to bind, and on which disks a workspace may lie. tests/support/store_probe.c asks what no
-- command asks; tests/support/mounts.c says what the kernel would say elsewhere.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local build = os.getenv "WAYMARK_BUILD" or "build"
local sanitized = (os.getenv "PRELOAD" or "") ~= ""
local plain = "env -u LD_PRELOAD " -- a sanitized probe brings its own

local top

setup(function()
  top = folder.new()
  local objects = ""
  for _, name in ipairs { "store/db/db", "store/db/digest", "store/db/disk", "store/db/file", "store/db/functions",
    "store/db/pack", "store/db/query", "base/*" } do
    objects = objects .. build .. "/o/" .. name .. ".o "
  end
  assert(os.execute(("%s gcc -std=c11 -D_GNU_SOURCE -Wall -Wextra -O1 %s -Icore -o '%s/probe'"
    .. " tests/support/store_probe.c %s -lsqlite3 -lcrypto"):format(plain,
    sanitized and "-g -fsanitize=address,undefined -fno-sanitize-recover=all" or "", top, objects)))
  assert(os.execute(("%s gcc -std=c11 -D_GNU_SOURCE -w -O1 -shared -fPIC -o '%s/mounts.so' tests/support/mounts.c")
    :format(plain, top)))
end)
teardown(function() folder.remove(top) end)

-- -> what the probe prints; its exit status
local function probe(line)
  local pipe = assert(io.popen(("cd '%s' && %s ./probe %s 2>&1"):format(top, plain, line)))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

describe("a statement that is kept", function()
  it("is never taken from a loop that stands on it, however many others are asked for", function()
    for _, count in ipairs { 1, 3, 95, 96, 97, 200, 499 } do
      assert.equal(("50 rows, %d statements\n"):format(count + 1), (probe("statements t.db " .. count)))
    end
  end)

  it("is lent again for the same text, to one user at a time, without what the last one left", function()
    assert.equal("2 statements run 1000 times, few others\n", (probe "shared t.db"))
  end)

  it("is not given out again while somebody stands on its row", function()
    local text, status = probe "busy t.db"
    assert.is_nil(text:find("nothing was said", 1, true))
    assert.is_true(status ~= 0)
  end)
end)

describe("a value", function()
  it("that memory is too short for is refused, and never stored as NULL", function()
    local text, status = probe "binds t.db"
    assert.equal(0, status, text)
    assert.is_true(tonumber(text:match "^(%d+) refused") > 10, text)
  end)
end)

describe("a file", function()
  it("is mapped by who reads it alone, and no more of it than an authority has", function()
    assert.equal(("0 %d\n"):format(128 << 20), (probe "mapped t.db"))
  end)
end)

describe("a transaction", function()
  it("that SQLite undid by itself, as it does when the disk fails, has nothing of what follows stay either", function()
    assert(core.store.create(top .. "/lost.db"))
    local store = assert(core.store.open(top .. "/lost.db", "write"))
    finally(function() store:close() end)
    local add = "INSERT OR ROLLBACK INTO school (id, key, name) VALUES (?, ?, 'A school')"
    assert(store:begin())
    assert(store:run(add, 1, "A"))
    assert.falsy(pcall(function() assert(store:run(add, 1, "B")) end))
    for _, work in ipairs { function() assert(store:run(add, 2, "C")) end, function() assert(store:commit()) end } do
      local ok, raised = pcall(work)
      assert.is_false(ok)
      assert.truthy(tostring(raised):find("the disk failed, and what was changed is undone", 1, true), tostring(raised))
    end
    store:rollback()
    assert.equal(0, #store:schools())
    assert(store:begin())
    assert(store:run(add, 3, "D"))
    assert(store:commit())
    assert.equal(1, #store:schools())
  end)
end)

-- Disks ----------------------------------------------------------------------------

-- Lines of /proc/self/mountinfo; the root is always there.
local function mounts(lines)
  return "23 28 0:21 / /sys rw,nosuid shared:7 - sysfs sysfs rw\n"
    .. "28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n" .. table.concat(lines, "\n") .. "\n"
end

describe("the type of a disk", function()
  local function type_of(path, lines)
    folder.write(top .. "/mountinfo", type(lines) == "string" and lines or mounts(lines))
    return (probe(("disk '%s' <mountinfo"):format(path)):gsub("\n$", ""))
  end

  it("is that of the longest mount point above it", function()
    local lines = { "40 28 0:50 / /home rw - xfs /dev/vdb rw",
      "41 40 0:51 / /home/sam/drive rw - fuse.sshfs sam@host: rw",
      "42 28 0:52 / /home/sam/drive2 rw - nfs4 host:/ rw" }
    for path, wanted in pairs { ["/"] = "ext4", ["/srv/school"] = "ext4", ["/home"] = "xfs", ["/homes/x"] = "ext4",
      ["/home/sam"] = "xfs", ["/home/sam/drive"] = "fuse.sshfs", ["/home/sam/drive/school/w"] = "fuse.sshfs",
      ["/home/sam/drive2/w"] = "nfs4", ["/home/sam/drive3"] = "xfs", ["/sys/x"] = "sysfs" } do
      assert.equal(wanted, type_of(path, lines), path)
    end
    local backwards = { lines[3], lines[2], lines[1] }
    assert.equal("fuse.sshfs", type_of("/home/sam/drive/w", backwards))
  end)

  it("is that of what was mounted last at one place", function()
    local disk, share = "40 28 0:50 / /mnt rw - ext4 /dev/vdb rw", "41 40 0:51 / /mnt rw - cifs //a/b rw"
    assert.equal("cifs", type_of("/mnt/w", { disk, share }))
    assert.equal("ext4", type_of("/mnt/w", { share, disk }))
  end)

  it("is found behind spaces, tabs and backslashes in names, and any number of options", function()
    local line = "40 28 0:50 / %s rw,relatime shared:5 master:2 propagate_from:3 - %s none rw"
    for written, path in pairs { ["/mnt/our\\040school"] = "/mnt/our school", ["/mnt/a\\134b"] = "/mnt/a\\b",
      ["/mnt/a\\011b"] = "/mnt/a\tb", ["/mnt/\\303\\251cole"] = "/mnt/\u{E9}cole", ["/mnt/\\04"] = "/mnt/\\04" } do
      assert.equal("fuse.sshfs", type_of(path .. "/w", { line:format(written, "fuse.sshfs") }), written)
    end
  end)

  it("is that of the disk behind a bind mount, and overlay for a container's root", function()
    assert.equal("ext4", type_of("/srv/w/x", { "40 28 254:1 /home/sam/w /srv/w rw shared:1 - ext4 /dev/vda1 rw" }))
    assert.equal("virtiofs", type_of("/srv/w/x", { "40 28 0:40 /w /srv/w rw - virtiofs share rw" }))
    assert.equal("overlay", type_of("/w", "700 600 0:300 / / rw,relatime - overlay overlay rw,lowerdir=/a\n"))
  end)

  it("is none where nothing says so, whatever the text", function()
    for _, text in ipairs { "", "\n\n\n", "40 28", "40 28 0:50 / /", "40 28 0:50 / / rw -", "40 28 0:50 / / rw - ",
      ("x"):rep(5000), "\0\0\0", "40 28 0:50 / " .. ("/a"):rep(4000) .. " rw - nfs a b\n" } do
      assert.equal("", type_of("/srv/w", text))
    end
    assert.equal(63, #type_of("/w", "40 28 0:50 / / rw - " .. ("t"):rep(200) .. " b rw\n"))
  end)
end)

describe("a workspace", function()
  local w

  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename\nADA,Byron,Ada\n" } }
    w:ok "import pupils pupils.csv"
  end)
  teardown(function() w:remove() end)

  -- Run with everything on a disk of this type. -> { status, out, err }
  local function on(fs, line, more)
    folder.write(top .. "/mountinfo", ("28 1 254:1 / / rw - %s /dev/vda1 rw\n"):format(fs))
    return w:run(line, ("%s MOUNTINFO='%s/mountinfo' LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }%s/mounts.so\""):format(
      more or "", top, top))
  end

  it("on a network drive is refused in one line, whether there or new", function()
    for fs, name in pairs { nfs = "NFS", nfs4 = "NFS", cifs = "SMB", ["9p"] = "9P", ceph = "Ceph", davfs = "WebDAV",
      virtiofs = "virtiofs", vmhgfs = "VMware", ["fuse.vmhgfs-fuse"] = "VMware", ["fuse.sshfs"] = "SSHFS",
      ["fuse.rclone"] = "rclone", ["fuse.gvfsd-fuse"] = "GVfs", ["fuse.s3fs"] = "S3", ["fuse.glusterfs"] = "GlusterFS",
      ["fuse.davfs2"] = "WebDAV", vboxsf = "VirtualBox" } do
      local r = on(fs, "check")
      assert.equal(1, r.status, fs)
      local wanted = "^waymark: [^\n]+ is on a network drive %([^\n]*" .. name .. "[^\n]*%), [^\n]+\n$"
      assert.is_truthy(r.err:find(wanted), r.err)
      assert.equal(r.err:gsub("^.-is on", ""), (on(fs, "init fresh").err:gsub("^.-is on", "")))
    end
    assert.is_nil(io.open(w.top .. "/fresh/waymark.db"))
  end)

  it("over FUSE of a kind that nobody knows is refused as well, by its name", function()
    for _, fs in ipairs { "fuse", "fuse.homemade", "fuse.sshfs2" } do
      local r = on(fs, "check")
      assert.equal(1, r.status)
      assert.is_truthy(r.err:find("(" .. fs .. ") and that may be a network drive", 1, true), r.err)
    end
  end)

  it("on a local disk over FUSE works, and says so once", function()
    for _, fs in ipairs { "fuseblk", "fuse.exfat", "fuse.ntfs-3g" } do
      for _, line in ipairs { "check", "suggest --dry-run", "figures", "pupil Ada" } do
        local r = on(fs, line)
        assert.equal(0, r.status, r.err)
        assert.is_truthy(r.err:find("^waymark: [^\n]+%(" .. fs:gsub("%p", "%%%0") .. "%)[^\n]+\n$"), r.err)
      end
    end
  end)

  it("on any other disk says nothing", function()
    for _, fs in ipairs { "ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "fusectl", "fuse2", "nfsd" } do
      local r = on(fs, "check")
      assert.same({ 0, "" }, { r.status, r.err })
    end
  end)

  it("without /proc is judged by the kernel's number", function()
    for number, words in pairs { ["0x6969"] = "network drive (NFS)", ["0xFF534D42"] = "network drive (SMB)",
      ["0x01021997"] = "network drive (9P)", ["0x65735546"] = "(fuse) and that may be a network drive" } do
      os.remove(top .. "/mountinfo")
      local r = w:run("check", ("STATFS=%s MOUNTINFO='%s/none' LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }%s/mounts.so\"")
        :format(number, top, top))
      assert.equal(1, r.status)
      assert.is_truthy(r.err:find(words, 1, true), r.err)
    end
  end)
end)
