/* Spoils what a programme asks of the system: its clock, and what becomes of what it writes to SQLite's
 * files. Loaded in front of the C library (LD_PRELOAD); what it is to do stands in the file that
 * SHIM_ORDERS names, as 64-bit numbers in the order of `enum order`, and may change at any time. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum order {
    CLOCK_MS,    /* The time of day is so much later. */
    SYNC_MS,     /* Every sync takes so long. */
    SYNC_ERRNO,  /* Every sync fails so. */
    WRITE_ERRNO, /* Every write fails so. */
    KEEP,        /* What was synced is copied to a file beside it, whose name ends in `.synced`. */
    SYNCS_LEFT,  /* When not 0: the sync of that number, counted from 1, never ends, and says so. */
    ORDERS
};

static volatile int64_t *orders;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHIM_ORDERS");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *page = mmap(NULL, ORDERS * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) orders = page;
    close(fd);
}

static int64_t order(enum order which) { return orders ? orders[which] : 0; }

/* Whether this is a file of SQLite that must not be lost; its path, if so. */
static int is_kept(int fd, char *path, size_t room) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, room - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    const char *name = strstr(path, ".sqlite");
    return name && (strcmp(name, ".sqlite") == 0 || strcmp(name, ".sqlite-wal") == 0);
}

static int keep(int fd, const char *path) {
    char next[4200], kept[4200], block[65536];
    snprintf(next, sizeof next, "%s.next", path);
    snprintf(kept, sizeof kept, "%s.synced", path);
    int to = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (to < 0) return -1;
    off_t at = 0;
    for (ssize_t got; (got = pread(fd, block, sizeof block, at)) > 0; at += got)
        if (syscall(SYS_write, to, block, (size_t)got) != got) abort();
    close(to);
    return rename(next, kept);
}

static void take_long(int64_t ms) {
    struct timespec left = {ms / 1000, (ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {}
}

static void perhaps_for_ever(void) {
    if (!orders || orders[SYNCS_LEFT] == 0) return;
    if (__sync_sub_and_fetch(&orders[SYNCS_LEFT], 1) > 0) return;
    orders[SYNCS_LEFT] = 1;
    const char said[] = "the sync stands still\n";
    syscall(SYS_write, 2, said, sizeof said - 1);
    for (;;) take_long(60000);
}

static int sync_file(int fd, long call) {
    char path[4096];
    if (!is_kept(fd, path, sizeof path)) return (int)syscall(call, fd);
    perhaps_for_ever();
    take_long(order(SYNC_MS));
    if (order(SYNC_ERRNO)) {
        errno = (int)order(SYNC_ERRNO);
        return -1;
    }
    int done = (int)syscall(call, fd);
    if (done == 0 && order(KEEP) && keep(fd, path) != 0) abort();
    return done;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

static int is_refused(int fd) {
    char path[4096];
    if (!order(WRITE_ERRNO) || !is_kept(fd, path, sizeof path)) return 0;
    errno = (int)order(WRITE_ERRNO);
    return 1;
}

ssize_t write(int fd, const void *from, size_t count) {
    return is_refused(fd) ? -1 : syscall(SYS_write, fd, from, count);
}

ssize_t pwrite(int fd, const void *from, size_t count, off_t at) {
    return is_refused(fd) ? -1 : syscall(SYS_pwrite64, fd, from, count, at);
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
    return is_refused(fd) ? -1 : syscall(SYS_pwrite64, fd, from, count, at);
}

int clock_gettime(clockid_t which, struct timespec *now) {
    int done = (int)syscall(SYS_clock_gettime, which, now);
    int64_t ms = order(CLOCK_MS);
    if (done != 0 || ms == 0 || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE)) return done;
    int64_t ns = now->tv_nsec + (ms % 1000) * 1000000;
    now->tv_sec += ms / 1000 + (ns < 0 ? -1 : ns / 1000000000);
    now->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec precise;
    int done = clock_gettime(CLOCK_REALTIME, &precise);
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return done;
}

time_t time(time_t *kept) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept) *kept = now.tv_sec;
    return now.tv_sec;
}
