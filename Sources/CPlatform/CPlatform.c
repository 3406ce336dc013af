#include "CPlatform.h"

static int argument_count;
static char **arguments;

// glibc hands a constructor what it hands to `main`.
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int arbor_argument_count(void) { return argument_count; }

const char *arbor_argument(int index) { return arguments[index]; }
