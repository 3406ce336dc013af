// Exchanges a file or folder immediately before a path is opened for the n-th time, or lets a file grow before it is
// read. The library is preloaded into the program under test; CommandTests/SwapTests.swift sets the variables.
//
//   SWAP_NAME      the last component of a path; only paths that end in it count when they are opened
//   SWAP_AT        the exchange happens before this opening, counted from 1
//   SWAP_DONE      a file created at the exchange, which shows that it happened and prevents a second one
//   SWAP_PATH      the path that is exchanged with SWAP_WITH
//   SWAP_WITH      the path that is exchanged with SWAP_PATH
//   SWAP_GROW      if set, nothing is exchanged; instead, this number of lines `grown: 1` is added to SWAP_PATH before
//                  it is read for the first time
//   SWAP_OUTSIDE   paths below this folder are written to SWAP_LOG when they are opened
//   SWAP_LOG       a file that lists the opened paths below SWAP_OUTSIDE

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *name, *done, *path, *with, *outside, *record;
static unsigned at;
static long growth;
static _Atomic unsigned met;

__attribute__((constructor)) static void begin(void) {
    name = getenv("SWAP_NAME");
    done = getenv("SWAP_DONE");
    path = getenv("SWAP_PATH");
    with = getenv("SWAP_WITH");
    outside = getenv("SWAP_OUTSIDE");
    record = getenv("SWAP_LOG");
    at = atoi(getenv("SWAP_AT") ?: "0");
    growth = atol(getenv("SWAP_GROW") ?: "0");
}

static void before_opening(const char *opened) {
    if (!name || !opened || growth) return;
    const char *slash = strrchr(opened, '/');
    if (strcmp(slash ? slash + 1 : opened, name) || atomic_fetch_add(&met, 1) + 1 != at) return;
    int file = syscall(SYS_openat, AT_FDCWD, done, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return;
    syscall(SYS_close, file);
    if (syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, with, RENAME_EXCHANGE)) abort();
}

static int is_at(int file, const char *place, int below) {
    char link[64], found[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, found, sizeof found - 1);
    if (length < 0) return 0;
    found[length] = 0;
    size_t size = strlen(place);
    return !strncmp(found, place, size) && (!found[size] || (below && found[size] == '/'));
}

static void grow(int file) {
    if (!growth || file < 0 || !is_at(file, path, 0) || atomic_fetch_add(&met, 1)) return;
    static const char more[] = "grown: 1\n";
    int grown = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CLOEXEC);
    for (long line = 0; line < growth; line++) syscall(SYS_write, grown, more, sizeof more - 1);
    syscall(SYS_close, grown);
}

static int after_opening(int file, const char *opened) {
    int saved = errno;
    if (file >= 0 && outside && is_at(file, outside, 1)) {
        int log = syscall(SYS_openat, AT_FDCWD, record, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        syscall(SYS_write, log, opened, strlen(opened));
        syscall(SYS_write, log, "\n", 1);
        syscall(SYS_close, log);
    }
    errno = saved;
    return file;
}

#define WRAP_OPEN(call, parameters, arguments)                                             \
    int call parameters {                                                                  \
        static __typeof__(&call) real;                                                     \
        if (!real) real = (__typeof__(&call))dlsym(RTLD_NEXT, #call);                       \
        va_list rest;                                                                      \
        va_start(rest, flags);                                                             \
        int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, int) : 0;                \
        va_end(rest);                                                                      \
        before_opening(opened);                                                            \
        return after_opening(real arguments, opened);                                      \
    }

WRAP_OPEN(open, (const char *opened, int flags, ...), (opened, flags, mode))
WRAP_OPEN(open64, (const char *opened, int flags, ...), (opened, flags, mode))
WRAP_OPEN(openat, (int folder, const char *opened, int flags, ...), (folder, opened, flags, mode))
WRAP_OPEN(openat64, (int folder, const char *opened, int flags, ...), (folder, opened, flags, mode))

ssize_t read(int file, void *bytes, size_t size) {
    grow(file);
    return syscall(SYS_read, file, bytes, size);
}
