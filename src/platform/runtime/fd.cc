#include "platform/runtime/fd.h"

#include <unistd.h>

namespace signet::runtime {

void Fd::Reset() {
  // close() is not repeated on EINTR: on Linux the descriptor is gone by then, and its number may
  // belong to another thread.
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace signet::runtime
