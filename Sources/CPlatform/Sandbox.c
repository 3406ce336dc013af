#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <asm/sockios.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

// System calls that the headers of Debian 12 do not name. The numbers are the same on every architecture.
enum {
    OPEN_TREE = 428, MOVE_MOUNT = 429, FSOPEN = 430, FSCONFIG = 431, FSMOUNT = 432, FSPICK = 433,
    PIDFD_OPEN = 434, CLONE3 = 435, PIDFD_GETFD = 438, MOUNT_SETATTR = 442, FCHMODAT2 = 452,
    SETXATTRAT = 463, REMOVEXATTRAT = 466,
};

// Refused in every sandbox: calls that reach the network, other processes, or rarely used parts of the kernel.
static const int refused[] = {
    SYS_socket, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_unshare, SYS_setns, SYS_mount,
    SYS_umount2, SYS_pivot_root, SYS_chroot, OPEN_TREE, MOVE_MOUNT, FSOPEN, FSCONFIG, FSMOUNT, FSPICK, MOUNT_SETATTR,
    SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup,
    SYS_io_uring_enter, SYS_io_uring_register, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_kexec_load,
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday,
    SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_acct, SYS_quotactl, SYS_syslog, SYS_vhangup,
    SYS_personality, SYS_lookup_dcookie, SYS_fanotify_init, SYS_sethostname, SYS_setdomainname, PIDFD_OPEN,
    PIDFD_GETFD, SYS_mq_open, SYS_mq_unlink,
    // Memory to which no limit applies.
    SYS_memfd_create, SYS_shmget, SYS_shmat,
#ifdef __x86_64__
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs, SYS_create_module, SYS_kexec_file_load,
#endif
};

// Refused where the sandbox has no namespaces, because the program then shares them with everything else: signals, and
// the attributes of files, which Landlock does not cover.
static const int refused_without_namespaces[] = {
    SYS_kill, SYS_tkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_send_signal, SYS_setsid, SYS_setpgid,
    SYS_fchmod, SYS_fchmodat, FCHMODAT2, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr, SYS_lsetxattr,
    SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr, SETXATTRAT, REMOVEXATTRAT, SYS_setpriority,
    SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr, SYS_ioprio_set, SYS_truncate, SYS_semget,
    SYS_msgget, SYS_mknodat,
#ifdef __x86_64__
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_mknod,
#endif
};

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

// The offset of the low half of an argument, which all compared arguments fit in.
#define ARGUMENT(index) (offsetof(struct seccomp_data, args) + 8 * (index))

#define REFUSE(code) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (code))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))

int arbor_seccomp_filter(void *buffer, int capacity, int has_namespaces) {
    struct sock_filter *filter = buffer;
    int count = 0;
    int room = capacity / (int)sizeof(struct sock_filter);
    // Every number needs two instructions; all else needs fewer than 60.
    if (room < 2 * (COUNT(refused) + COUNT(refused_without_namespaces)) + 60) return -1;
#define ADD(...)                                                                                                       \
    do {                                                                                                               \
        struct sock_filter instruction = __VA_ARGS__;                                                                  \
        filter[count++] = instruction;                                                                                 \
    } while (0)
    ADD(LOAD(offsetof(struct seccomp_data, arch)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCHITECTURE, 1, 0));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    ADD(LOAD(offsetof(struct seccomp_data, nr)));
#ifdef __x86_64__
    // The calls of the x32 interface have other numbers.
    ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
#endif
    // glibc then uses clone, whose flags a filter can read.
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLONE3, 0, 1));
    ADD(REFUSE(ENOSYS));
    int numbers = COUNT(refused) + (has_namespaces ? 0 : COUNT(refused_without_namespaces));
    for (int i = 0; i < numbers; i++) {
        int number = i < COUNT(refused) ? refused[i] : refused_without_namespaces[i - COUNT(refused)];
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1));
        ADD(REFUSE(EPERM));
    }
    // Refuses clone with a flag of a new namespace.
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4));
    ADD(LOAD(ARGUMENT(0)));
    ADD(BPF_JUMP(
        BPF_JMP | BPF_JSET | BPF_K,
        CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET, 0, 1));
    ADD(REFUSE(EPERM));
    ADD(LOAD(offsetof(struct seccomp_data, nr)));
    // Refuses the requests that put input into a terminal.
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5));
    ADD(LOAD(ARGUMENT(1)));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 1, 0));
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCLINUX, 0, 1));
    ADD(REFUSE(EPERM));
    ADD(LOAD(offsetof(struct seccomp_data, nr)));
    if (!has_namespaces) {
        // Refuses the requests that let a file send signals to another process.
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 6));
        ADD(LOAD(ARGUMENT(1)));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN, 2, 0));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETOWN_EX, 1, 0));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETSIG, 0, 1));
        ADD(REFUSE(EPERM));
        ADD(LOAD(offsetof(struct seccomp_data, nr)));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5));
        ADD(LOAD(ARGUMENT(1)));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FIOSETOWN, 1, 0));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SIOCSPGRP, 0, 1));
        ADD(REFUSE(EPERM));
        ADD(LOAD(offsetof(struct seccomp_data, nr)));
        // A process may send signals to its own threads and, through prlimit64, change its own limits.
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4));
        ADD(LOAD(ARGUMENT(0)));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)getpid(), 1, 0));
        ADD(REFUSE(EPERM));
        ADD(LOAD(offsetof(struct seccomp_data, nr)));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_prlimit64, 0, 4));
        ADD(LOAD(ARGUMENT(0)));
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
        ADD(REFUSE(EPERM));
        ADD(LOAD(offsetof(struct seccomp_data, nr)));
    }
    ADD(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
#undef ADD
    return count * (int)sizeof(struct sock_filter);
}

// The rights of Landlock's versions 1, 2, 3 and 5, which older headers do not name.
#define READ_RIGHTS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ALL_RIGHTS_OF_VERSION_1 ((1ULL << 13) - 1)
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE)
#define REFER (1ULL << 13)
#define TRUNCATE (1ULL << 14)
#define IOCTL_DEV (1ULL << 15)

// The attributes of a ruleset with the fields that older headers lack.
struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
    uint64_t scoped;
};

static int allow(int ruleset, const char *path, uint64_t rights) {
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) return -1;
    // The other rights apply to folders only.
    struct stat status;
    if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode)) {
        rule.allowed_access &= FILE_RIGHTS | TRUNCATE | IOCTL_DEV;
    }
    long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int code = errno;
    close(rule.parent_fd);
    errno = code;
    return (int)result;
}

int arbor_supervise(void) {
    if (setpgid(0, 0) != 0 && getpgrp() != getpid()) return -1;
    pid_t tool = getppid();
    pid_t leader = getpid();
    pid_t supervisor = fork();
    if (supervisor < 0) return -1;
    if (supervisor > 0) return 0;
    setsid();
    for (int descriptor = 0; descriptor < 1024; descriptor++) close(descriptor);
    while (getppid() == leader && (kill(tool, 0) == 0 || errno != ESRCH)) usleep(200000);
    kill(-leader, SIGKILL);
    _exit(0);
}

int arbor_confine(char *const *readable, char *const *files, const char *writable) {
    long version = arbor_landlock_version();
    if (version < 1) {
        errno = (int)-version;
        return -1;
    }
    uint64_t rights = ALL_RIGHTS_OF_VERSION_1;
    if (version >= 2) rights |= REFER;
    if (version >= 3) rights |= TRUNCATE;
    if (version >= 5) rights |= IOCTL_DEV;
    struct ruleset attributes = {.handled_access_fs = rights};
    size_t size = sizeof(attributes.handled_access_fs);
    if (version >= 4) {
        attributes.handled_access_net = 3;
        size = 2 * sizeof(uint64_t);
    }
    // Abstract Unix sockets and signals.
    if (version >= 6) {
        attributes.scoped = 3;
        size = sizeof(attributes);
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return -1;
    for (; *readable; readable++) {
        if (allow(ruleset, *readable, READ_RIGHTS) != 0 && errno != ENOENT) return -1;
    }
    for (; *files; files++) {
        uint64_t file_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
        if (version >= 3) file_rights |= TRUNCATE;
        if (allow(ruleset, *files, file_rights) != 0 && errno != ENOENT) return -1;
    }
    uint64_t devices = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_EXECUTE;
    if (allow(ruleset, writable, rights & ~devices) != 0) return -1;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) return -1;
    close(ruleset);
    // A process of root keeps no privilege.
    for (int capability = 0; capability <= 63; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    if (syscall(SYS_capset, &header, none) != 0) return -1;
    struct sock_filter filter[512];
    int bytes = arbor_seccomp_filter(filter, sizeof(filter), 0);
    if (bytes < 0) return -1;
    struct sock_fprog program = {.len = (unsigned short)(bytes / (int)sizeof(struct sock_filter)), .filter = filter};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
}
