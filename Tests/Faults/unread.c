// Ends the process of a run before it reads its request, and delays the parent's write until then. The library is
// preloaded into the program under test by CommandTests/FaultTests.swift.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((constructor)) static void begin(void) {
    char line[4096];
    FILE *file = fopen("/proc/self/cmdline", "r");
    if (!file) return;
    size_t length = fread(line, 1, sizeof line, file);
    fclose(file);
    if (memmem(line, length, "\0__kernel", 10)) _exit(3);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    ssize_t (*next)(int, const void *, size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    struct stat status;
    if (count > 0 && *(const char *)bytes == '{' && fstat(descriptor, &status) == 0 && S_ISFIFO(status.st_mode))
        usleep(500000);
    return next(descriptor, bytes, count);
}
