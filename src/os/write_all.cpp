// write(2) until nothing is left.

#include "os/write_all.hpp"

#include "os/check.hpp"

#include <unistd.h>

namespace os {

base::Result<void> write_all(int descriptor, std::span<std::byte const> bytes) {
    while (!bytes.empty()) {
        auto const written =
            TRY(check(retry([&] { return ::write(descriptor, bytes.data(), bytes.size()); })));
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace os
