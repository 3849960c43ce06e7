#include "os/random.hpp"

#include "os/check.hpp"

#include <sys/random.h>

namespace os {

base::Result<void> random(std::span<std::byte> out) {
    auto const fill = [&] { return ::getrandom(out.data(), out.size(), 0); };
    while (!out.empty()) {
        auto const got = TRY(check(retry(fill)));
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

} // namespace os
