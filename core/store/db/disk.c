/* disk: reads /proc/self/mountinfo, and asks the kernel (statfs) where there is no /proc.
 * Keeps nothing. */
#include "store/db/disk.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "store/db/file.h"

/* What a type is; `name` as people know it. The number is statfs's, 0 where it has none. */
static const struct file_system {
  const char *type, *name;
  unsigned long number;
} network[] = {
    {"nfs", "NFS", 0x6969},
    {"nfs4", "NFS", 0x6969},
    {"cifs", "SMB", 0xFF534D42},
    {"smb3", "SMB", 0xFE534D42},
    {"smbfs", "SMB", 0x517B},
    {"ncpfs", "NCP", 0x564C},
    {"9p", "9P", 0x01021997},
    {"coda", "Coda", 0x73757245},
    {"afs", "AFS", 0x5346414F},
    {"afs", "AFS", 0x6B414653},
    {"vboxsf", "a shared folder of VirtualBox", 0x786F4256},
    {"ceph", "Ceph", 0x00C36400},
    {"gpfs", "GPFS", 0x47504653},
    {"lustre", "Lustre", 0x0BD00BD0},
    {"virtiofs", "virtiofs, a virtual machine's shared folder", 0},
    {"vmhgfs", "a shared folder of VMware", 0xBACBACBC},
    {"prl_fs", "a shared folder of Parallels", 0},
    {"davfs", "WebDAV", 0},
    {"glusterfs", "GlusterFS", 0},
    {"fuse.vmhgfs-fuse", "a shared folder of VMware", 0},
    {"fuse.sshfs", "SSHFS", 0},
    {"fuse.davfs", "WebDAV", 0},
    {"fuse.davfs2", "WebDAV", 0},
    {"fuse.rclone", "rclone", 0},
    {"fuse.gvfsd-fuse", "GVfs", 0},
    {"fuse.s3fs", "S3", 0},
    {"fuse.gcsfuse", "Google Cloud Storage", 0},
    {"fuse.glusterfs", "GlusterFS", 0},
    {"fuse.ceph", "Ceph", 0},
    {"fuse.ceph-fuse", "Ceph", 0},
};

/* Over FUSE, and on a disk of this computer. */
static const char *const local[] = {"fuseblk",        "fuse.ntfs-3g",    "fuse.ntfs",
                                    "fuse.exfat",     "fuse.exfat-fuse", "fuse.fuse-overlayfs",
                                    "fuse.bindfs",    "fuse.mergerfs",   "fuse.encfs",
                                    "fuse.gocryptfs", "fuse.cryfs"};

enum { FUSE_NUMBER = 0x65735546, MOUNTS_MOST = 64 << 20 };

/* The next field of a line, which moves behind it. */
static slice next_field(slice *line) {
  const char *end = line->length ? memchr(line->at, ' ', line->length) : NULL;
  slice field = {line->at, end ? (size_t)(end - line->at) : line->length};
  size_t used = field.length + (end != NULL);
  *line = (slice){line->at + used, line->length - used};
  return field;
}

/* The kernel writes a space, tab, newline or backslash as \ and three octal digits. */
static void unescape(slice a, size_t room, char *out) {
  size_t n = 0;
  for (size_t i = 0; i < a.length && n + 1 < room; n++) {
    const char *c = a.at + i;
    bool escaped = *c == '\\' && i + 3 < a.length && c[1] >= '0' && c[1] <= '3' && c[2] >= '0' &&
                   c[2] <= '7' && c[3] >= '0' && c[3] <= '7';
    out[n] = escaped ? (char)((c[1] - '0') * 64 + (c[2] - '0') * 8 + (c[3] - '0')) : *c;
    i += escaped ? 4 : 1;
  }
  out[n] = '\0';
}

/* A line: number, parent, device, root, mount point, options, any more of those, "-", type,
 * … The longest mount point counts, and of two at one place the later, which hides it. */
void disk_type(slice mountinfo, const char *folder, char type[DISK_TYPE]) {
  size_t longest = 0;
  char mounted[PATH_MAX];
  type[0] = '\0';
  while (mountinfo.length) {
    const char *end = memchr(mountinfo.at, '\n', mountinfo.length);
    slice line = {mountinfo.at, end ? (size_t)(end - mountinfo.at) : mountinfo.length};
    size_t used = line.length + (end != NULL);
    mountinfo = (slice){mountinfo.at + used, mountinfo.length - used};
    for (int i = 0; i < 4; i++) (void)next_field(&line);
    unescape(next_field(&line), sizeof mounted, mounted);
    size_t n = strlen(mounted), inner = n && mounted[n - 1] == '/' ? n - 1 : n; /* "/" is all */
    if (n == 0 || n < longest || strncmp(folder, mounted, n) != 0) continue;
    if (folder[inner] != '/' && folder[inner] != '\0') continue;
    while (line.length && !slice_is(next_field(&line), "-")) continue;
    if (!line.length) continue;
    longest = n;
    unescape(next_field(&line), DISK_TYPE, type);
  }
}

status disk_check(const char *path, buffer *warning, problem *p) {
  char folder[PATH_MAX], type[DISK_TYPE] = "";
  buffer text = {0};
  const char *slash = strrchr(path, '/');
  buffer_add(&text, path, slash ? (size_t)(slash - path) + (slash == path) : 0);
  if (!slash) buffer_add_char(&text, '.');
  buffer_add_char(&text, '\0');
  status s = buffer_status(&text, p);
  bool there = !s && realpath(text.bytes, folder) != NULL;
  buffer_clear(&text);
  if (there && file_read("/proc/self/mountinfo", MOUNTS_MOST, &text, NULL) == STATUS_OK)
    disk_type(buffer_slice(&text), folder, type);
  if (!s) s = buffer_status(&text, p);
  buffer_free(&text);
  if (s || !there) return s;
  struct statfs about;
  if (!type[0] && statfs(folder, &about) == 0) { /* a system without /proc: by the number */
    unsigned long number = (unsigned long)about.f_type & 0xFFFFFFFFUL;
    const char *name = number == FUSE_NUMBER ? "fuse" : "";
    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
      if (network[i].number && network[i].number == number) name = network[i].type;
    unescape(slice_of(name), DISK_TYPE, type);
  }

  static const char remedy[] = "keep the workspace on this computer's own disk";
  for (size_t i = 0; i < sizeof network / sizeof *network; i++)
    if (strcmp(type, network[i].type) == 0)
      return problem_set(p, STATUS_REFUSED, remedy,
                         "%s is on a network drive (%s), where two programs can damage it", path,
                         network[i].name);
  for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
    if (strcmp(type, local[i]) != 0) continue;
    buffer_printf(warning,
                  "%s is on a drive that a program provides (%s); a disk of Linux's own is safer",
                  path, type);
    return buffer_status(warning, p);
  }
  if (strcmp(type, "fuse") == 0 || strncmp(type, "fuse.", 5) == 0)
    return problem_set(p, STATUS_REFUSED, remedy,
                       "%s is on a drive that a program provides (%s) and that may be a network"
                       " drive, where two programs can damage it",
                       path, type);
  return STATUS_OK;
}
