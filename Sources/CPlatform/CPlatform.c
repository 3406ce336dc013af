#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

static int argument_count;
static char **arguments;

// glibc passes the arguments of `main` to constructors.
__attribute__((constructor)) static void save_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int arbor_argument_count(void) { return argument_count; }

const char *arbor_argument(int index) { return arguments[index]; }

long arbor_landlock_version(void) {
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? -errno : version;
}
