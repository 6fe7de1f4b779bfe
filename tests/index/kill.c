/* Preloaded before the C library: kills the process at the n-th time it is about to change a file.
   Of a write it does the first half, as a torn page would be. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static long left = -1;

void arm(long boundary) { left = boundary; }
long remaining(void) { return left; }

static int due(void) { return left >= 0 && left-- == 0; }
static void die(void) { kill(getpid(), SIGKILL); pause(); }
static int is_file(int fd) { struct stat s; return fstat(fd, &s) == 0 && S_ISREG(s.st_mode); }

#define REAL(name, result, ...) \
  static result (*real)(__VA_ARGS__); \
  if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *data, size_t size) {
  REAL("write", ssize_t, int, const void *, size_t);
  if (left >= 0 && is_file(fd) && due()) { real(fd, data, size / 2); die(); }
  return real(fd, data, size);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  REAL("pwrite64", ssize_t, int, const void *, size_t, off64_t);
  if (left >= 0 && is_file(fd) && due()) { real(fd, data, size / 2, at); die(); }
  return real(fd, data, size, at);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }
int fsync(int fd) { REAL("fsync", int, int); if (due()) die(); return real(fd); }
int fdatasync(int fd) { REAL("fdatasync", int, int); if (due()) die(); return real(fd); }
int ftruncate64(int fd, off64_t size) { REAL("ftruncate64", int, int, off64_t); if (due()) die(); return real(fd, size); }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }
int rename(const char *a, const char *b) { REAL("rename", int, const char *, const char *); if (due()) die(); return real(a, b); }
int unlink(const char *a) { REAL("unlink", int, const char *); if (due()) die(); return real(a); }
int link(const char *a, const char *b) { REAL("link", int, const char *, const char *); if (due()) die(); return real(a, b); }
