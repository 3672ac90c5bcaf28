// Turns the system's clock an hour back each time that somebody looks at it, as one may be that is set anew meanwhile.
//
// cc -shared -fPIC -O1 -o backward_clock.so backward_clock.c -ldl; LD_PRELOAD=./backward_clock.so dumpsieve …
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>

static time_t set_back(void) {
  static int looks;
  return (time_t)3600 * __atomic_add_fetch(&looks, 1, __ATOMIC_RELAXED);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) {
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
  }
  int result = real(clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) {
    time->tv_sec -= set_back();
  }
  return result;
}

int gettimeofday(struct timeval *time, void *zone) {
  struct timespec now;
  (void)zone;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  if (result == 0) {
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
  }
  return result;
}
