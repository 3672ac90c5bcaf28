// Makes every write shorter than was asked for, and every fifth one interrupted, as a system may.
//
// cc -shared -fPIC -O1 -o short_writes.so short_writes.c -ldl; LD_PRELOAD=./short_writes.so dumpsieve …
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

static unsigned calls;

static size_t shorter(size_t count) {
  return count > 1 ? count / 2 : count;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (real == NULL) {
    *(void **)&real = dlsym(RTLD_NEXT, "write");
  }
  if (++calls % 5 == 0) {
    errno = EINTR;
    return -1;
  }
  return real(descriptor, bytes, shorter(count));
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (real == NULL) {
    *(void **)&real = dlsym(RTLD_NEXT, "pwrite");
  }
  if (++calls % 5 == 0) {
    errno = EINTR;
    return -1;
  }
  return real(descriptor, bytes, shorter(count), offset);
}
