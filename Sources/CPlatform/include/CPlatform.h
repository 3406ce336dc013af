// Information from the C runtime and the kernel that Swift cannot access.
#ifndef ARBOR_PLATFORM_H
#define ARBOR_PLATFORM_H

// The arguments of `main`. Swift reads its own from /proc/self/cmdline and has none if that is missing.
int arbor_argument_count(void);
const char *arbor_argument(int index);

// The kernel's Landlock version, from 1; a negated errno on failure.
long arbor_landlock_version(void);

#endif
