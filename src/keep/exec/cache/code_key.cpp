#include "keep/exec/cache/code_key.hpp"

#include "protocol/launch/code_key.hpp"

#include <cerrno>
#include <vector>

#include <unistd.h>

namespace exec {

namespace {

constexpr auto call = static_cast<long>(protocol::launch::code_key_call);

} // namespace

base::Result<crypto::SecretBytes> code_key(crypto::Sha256Digest const& origin) {
    static_assert(sizeof origin == protocol::launch::code_origin_size);
    std::vector<std::byte> key(protocol::launch::code_key_size);
    if (::syscall(call, origin.data(), key.data()) != 0) return std::unexpected(base::Errno{errno});
    return crypto::SecretBytes{std::move(key)};
}

void give_up_code_key() { (void)::syscall(call, nullptr, nullptr); }

} // namespace exec
