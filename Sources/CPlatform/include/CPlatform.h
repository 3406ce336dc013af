// What a C program is told by its runtime and its kernel, and Swift cannot ask for.
#ifndef ARBOR_PLATFORM_H
#define ARBOR_PLATFORM_H

// The arguments of `main`. Swift reads its own from /proc/self/cmdline, and where that is not there it has none.
int arbor_argument_count(void);
const char *arbor_argument(int index);

// The version of Landlock that the kernel has, from 1; an errno, negated, where it does not say.
long arbor_landlock_version(void);

#endif
