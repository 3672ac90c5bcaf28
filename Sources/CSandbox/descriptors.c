#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

// Linux 6.3; where the system insists on it (vm.memfd_noexec=2), a memfd without it is refused.
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static bool is_one_component(const char *name) {
  return strchr(name, '/') == NULL && strcmp(name, "..") != 0;
}

int ds_open_beneath(int dirfd, const char *name, int want_directory) {
  if (dirfd != AT_FDCWD && !is_one_component(name)) {
    return -EINVAL;
  }
  int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  if (want_directory) {
    flags |= O_DIRECTORY;
  }
  int descriptor;
  do {
    descriptor = openat(dirfd, name, flags);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor < 0 ? -errno : descriptor;
}

int ds_memfd_create(const char *name) {
  int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
  if (descriptor < 0 && errno == EINVAL) {  // before Linux 6.3
    descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  }
  return descriptor < 0 ? -errno : descriptor;
}

int ds_memfd_seal(int descriptor) {
  const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
  return fcntl(descriptor, F_ADD_SEALS, seals) < 0 ? -errno : 0;
}

int ds_socketpair_seqpacket(int out[2]) {
  return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out) < 0 ? -errno : 0;
}

int ds_socketpair_stream(int out[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) < 0 ? -errno : 0;
}

int ds_pipe(int out[2]) {
  return pipe2(out, O_CLOEXEC) < 0 ? -errno : 0;
}

// A union, as the kernel reads the buffer as a struct cmsghdr and a char array has no alignment of
// its own.
union control_buffer {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(DS_MESSAGE_DESCRIPTORS * sizeof(int))];
};

int ds_send(int socket, const void *bytes, size_t count, const int *descriptors,
            size_t descriptor_count) {
  if (count == 0 || descriptor_count > DS_MESSAGE_DESCRIPTORS ||
      (descriptor_count > 0 && descriptors == NULL)) {
    return -EINVAL;
  }
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  union control_buffer control;
  if (descriptor_count > 0) {
    const size_t size = descriptor_count * sizeof(int);
    memset(&control, 0, sizeof control);
    message.msg_control = &control;
    message.msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), descriptors, size);
  }
  ssize_t sent;
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    return -errno;
  }
  // SOCK_SEQPACKET sends whole messages; on a stream, which is not what this is for, it may not.
  return (size_t)sent == count ? 0 : -EMSGSIZE;
}

ssize_t ds_receive(int socket, void *bytes, size_t capacity, int *descriptors,
                   size_t descriptor_capacity, size_t *descriptor_count) {
  *descriptor_count = 0;
  struct iovec part = {.iov_base = bytes, .iov_len = capacity};
  union control_buffer control;
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  ssize_t received;
  do {
    // Set anew: the kernel writes the length, also before it fails.
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) {
    return -errno;
  }

  bool fits = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0;
  size_t kept = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const size_t here = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < here; i++) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
      if (descriptors != NULL && kept < descriptor_capacity) {
        descriptors[kept++] = descriptor;
      } else {
        close(descriptor);
        fits = false;
      }
    }
  }
  // No bytes but descriptors: nobody of ours sends that, and it must not look like end of file.
  const bool malformed = received == 0 && kept > 0;
  if (!fits || malformed) {
    for (size_t i = 0; i < kept; i++) {
      close(descriptors[i]);
      descriptors[i] = -1;
    }
    return fits ? -EBADMSG : -EMSGSIZE;
  }
  *descriptor_count = kept;
  return received;
}

int ds_terminal_width(int descriptor) {
  struct winsize size;
  memset(&size, 0, sizeof size);
  return ioctl(descriptor, TIOCGWINSZ, &size) < 0 ? -errno : (int)size.ws_col;
}
