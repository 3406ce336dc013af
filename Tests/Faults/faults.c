// Makes the n-th change to a file below a folder fail, or kills the process at that change. The library is preloaded
// into the program under test and its children, which share one count; CommandTests/FaultLoop.swift sets the variables.
//
//   FAULT_FOLDER   the folder: only changes below it count
//   FAULT_COUNT    a file of 8 bytes, shared by all processes: the number of changes so far and of failed changes
//   FAULT_AT       the change that fails, counted from 1; 0 if none does
//   FAULT_DO       kill; error (ENOSPC for calls that need space, EIO for the others); or full (from this change on
//                  nothing can be written, and a write at this change is cut short)
//   FAULT_LOG      a file to which a line `call path` is written for each change

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic unsigned *count;  // the numbers of changes so far and of failed changes
static char folder[PATH_MAX];
static const char *deed, *record;
static unsigned at;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULT_FOLDER"), *shared = getenv("FAULT_COUNT");
    if (!path || !shared) return;
    int file = syscall(SYS_openat, AT_FDCWD, shared, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    count = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    snprintf(folder, sizeof folder, "%s", path);
    deed = getenv("FAULT_DO") ?: "kill";
    record = getenv("FAULT_LOG");
    at = atoi(getenv("FAULT_AT") ?: "0");
}

static int is_below(int directory, const char *path, char *whole) {
    if (path[0] == '/') {
        snprintf(whole, PATH_MAX, "%s", path);
    } else {
        char link[64], base[PATH_MAX];
        if (directory == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        long length = syscall(SYS_readlinkat, AT_FDCWD, link, base, sizeof base - 1);
        if (length < 0) return 0;
        base[length] = 0;
        snprintf(whole, PATH_MAX, "%.2000s/%.2000s", base, path);
    }
    size_t length = strlen(folder);
    return strncmp(whole, folder, length) == 0 && (whole[length] == '/' || whole[length] == 0);
}

// Returns 0 to continue, 1 to fail with errno set, or 2 to cut a write short.
static int meet(const char *name, int directory, const char *path) {
    char whole[PATH_MAX];
    if (!count || !path || !is_below(directory, path, whole)) return 0;
    if (record) {
        char line[PATH_MAX + 16];
        int file = syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        int length = snprintf(line, sizeof line, "%s %.4000s\n", name, whole);
        syscall(SYS_write, file, line, length);
        syscall(SYS_close, file);
    }
    unsigned number = atomic_fetch_add(&count[0], 1) + 1;
    if (!at || number < at) return 0;
    int needs_space = !strcmp(name, "write") || !strcmp(name, "create") || !strcmp(name, "mkdir") || !strcmp(name, "link");
    if (!strcmp(deed, "full")) {
        if (!needs_space) return 0;
        atomic_fetch_add(&count[1], 1);
        errno = ENOSPC;
        return number == at ? 2 : 1;
    }
    if (number > at) return 0;
    atomic_fetch_add(&count[1], 1);
    if (!strcmp(deed, "kill")) {
        syscall(SYS_kill, getpid(), SIGKILL);
        pause();
    }
    errno = needs_space ? ENOSPC : EIO;
    return 1;
}

static int meet_descriptor(const char *name, int descriptor) {
    char link[64], path[PATH_MAX];
    if (!count) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length <= 0 || path[0] != '/') return 0;
    path[length] = 0;
    return meet(name, AT_FDCWD, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRAP(name, arguments, test, values)                     \
    int name arguments {                                        \
        static __typeof__(&name) real;                          \
        if (!real) real = REAL(name);                           \
        int saved = errno;                                      \
        if (test) return -1;                                    \
        errno = saved;                                          \
        return real values;                                     \
    }

WRAP(fsync, (int file), meet_descriptor("fsync", file), (file))
WRAP(fdatasync, (int file), meet_descriptor("fsync", file), (file))
WRAP(ftruncate, (int file, off_t size), meet_descriptor("write", file), (file, size))
WRAP(ftruncate64, (int file, off64_t size), meet_descriptor("write", file), (file, size))
WRAP(rename, (const char *a, const char *b), meet("rename", AT_FDCWD, b), (a, b))
WRAP(renameat, (int x, const char *a, int y, const char *b), meet("rename", y, b), (x, a, y, b))
WRAP(renameat2, (int x, const char *a, int y, const char *b, unsigned f), meet("rename", y, b), (x, a, y, b, f))
WRAP(link, (const char *a, const char *b), meet("link", AT_FDCWD, b), (a, b))
WRAP(linkat, (int x, const char *a, int y, const char *b, int f), meet("link", y, b), (x, a, y, b, f))
WRAP(symlink, (const char *a, const char *b), meet("link", AT_FDCWD, b), (a, b))
WRAP(mkdir, (const char *a, mode_t m), meet("mkdir", AT_FDCWD, a), (a, m))
WRAP(mkdirat, (int x, const char *a, mode_t m), meet("mkdir", x, a), (x, a, m))
WRAP(unlink, (const char *a), meet("unlink", AT_FDCWD, a), (a))
WRAP(unlinkat, (int x, const char *a, int f), meet("unlink", x, a), (x, a, f))
WRAP(rmdir, (const char *a), meet("unlink", AT_FDCWD, a), (a))
WRAP(chmod, (const char *a, mode_t m), meet("mode", AT_FDCWD, a), (a, m))
WRAP(fchmod, (int file, mode_t m), meet_descriptor("mode", file), (file, m))

#define WRAP_WRITE(name, arguments, values, shortened)          \
    ssize_t name arguments {                                    \
        static __typeof__(&name) real;                          \
        if (!real) real = REAL(name);                           \
        int saved = errno, met = meet_descriptor("write", file);\
        if (met == 1 || (met == 2 && size < 2)) return -1;      \
        errno = saved;                                          \
        if (met == 2) return real shortened;                    \
        return real values;                                     \
    }

WRAP_WRITE(write, (int file, const void *bytes, size_t size), (file, bytes, size), (file, bytes, size / 2))
WRAP_WRITE(pwrite, (int file, const void *bytes, size_t size, off_t o), (file, bytes, size, o), (file, bytes, size / 2, o))
WRAP_WRITE(pwrite64, (int file, const void *bytes, size_t size, off64_t o), (file, bytes, size, o), (file, bytes, size / 2, o))

static int changes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC); }

#define WRAP_OPEN(name)                                                                        \
    int name(const char *path, int flags, ...) {                                               \
        static int (*real)(const char *, int, ...);                                            \
        if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name);             \
        va_list rest;                                                                          \
        va_start(rest, flags);                                                                 \
        int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;                    \
        va_end(rest);                                                                          \
        if (changes(flags) && meet("create", AT_FDCWD, path)) return -1;                       \
        return real(path, flags, mode);                                                        \
    }

#define WRAP_OPENAT(name)                                                                      \
    int name(int directory, const char *path, int flags, ...) {                                \
        static int (*real)(int, const char *, int, ...);                                       \
        if (!real) real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, #name);        \
        va_list rest;                                                                          \
        va_start(rest, flags);                                                                 \
        int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;                    \
        va_end(rest);                                                                          \
        if (changes(flags) && meet("create", directory, path)) return -1;                      \
        return real(directory, path, flags, mode);                                             \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open64(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
