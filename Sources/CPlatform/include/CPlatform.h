// Information from the C runtime and the kernel that Swift cannot access.
#ifndef ARBOR_PLATFORM_H
#define ARBOR_PLATFORM_H

// The arguments of `main`. Swift reads its own from /proc/self/cmdline and has none if that is missing.
int arbor_argument_count(void);
const char *arbor_argument(int index);

// The kernel's Landlock version, from 1; a negated errno on failure.
long arbor_landlock_version(void);

// Writes the system call filter of a sandbox, in the form that bubblewrap reads. Without namespaces, the filter also
// refuses signals to other processes. Returns its size in bytes, or -1 if the buffer is too small.
int arbor_seccomp_filter(void *buffer, int capacity, int has_namespaces);

// Starts a process that kills this process and its group when the parent of this process or this process ends. Returns 0,
// or -1 with errno.
int arbor_supervise(void);

// Confines this process and what it executes: it can read some folders, read and write some files, and write one
// folder; it has no network, no privileges, and sends signals to no other process. The lists end with NULL. Returns 0,
// or -1 with errno.
int arbor_confine(char *const *readable, char *const *files, const char *writable);

#endif
