/*
 * Stands before the C library of a node under test (LD_PRELOAD): makes the n-th fsync or fdatasync fail, and shifts or
 * drifts the wall clock. Does nothing unless the environment says so.
 *   FAULT_SYNC_AT=n          from the n-th call on, syncs fail with EIO
 *   FAULT_CLOCK_OFFSET=s     the wall clock is so many seconds ahead
 *   FAULT_CLOCK_JUMP=s       and jumps back and forth by so many seconds, every second reading
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static atomic_long syncs;
static atomic_long readings;

static long setting(const char *name) {
  const char *text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

static int sync_fails(void) {
  long at = setting("FAULT_SYNC_AT");
  return at > 0 && atomic_fetch_add(&syncs, 1) + 1 >= at;
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fsync");
  if (sync_fails()) { errno = EIO; return -1; }
  return real(descriptor);
}

int fdatasync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fdatasync");
  if (sync_fails()) { errno = EIO; return -1; }
  return real(descriptor);
}

static time_t shift(void) {
  time_t seconds = setting("FAULT_CLOCK_OFFSET");
  long jump = setting("FAULT_CLOCK_JUMP");
  if (jump != 0 && (atomic_fetch_add(&readings, 1) & 1)) seconds -= jump;
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  if (result == 0) now->tv_sec += shift();
  return result;
}
