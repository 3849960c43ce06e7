// See call.hpp.
#include "kvm/call.hpp"

#include <array>

#include <sys/socket.h>
#include <sys/stat.h>

namespace model::kvm {

void Object::set_inode(int descriptor) {
    struct stat status{};
    if (::fstat(descriptor, &status) == 0) inode_ = status.st_ino;
}

TokenObject::TokenObject() {
    std::array<int, 2> both{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) return;
    ours_ = Descriptor{both[0]};
    theirs_ = Descriptor{both[1]};
    set_inode(theirs_.number());
}

} // namespace model::kvm
