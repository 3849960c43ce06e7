// Whatever the bytes: decode() answers, and what it accepts is the same when written again.

#include "protocol/evidence/evidence.hpp"
#include "protocol/evidence/vouched.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace protocol::evidence;
    auto const bytes = std::as_bytes(std::span{data, size});
    auto const bound = decode_bound(bytes);
    if (bound && !std::ranges::equal(encode(*bound), bytes)) std::abort();
    auto const vouched = decode_vouched(bytes);
    if (vouched && !std::ranges::equal(encode(*vouched), bytes)) std::abort();
    auto const claims = decode(bytes);
    if ((bound || vouched) && claims) std::abort();
    if (!claims) {
        if (claims.error().offset > size || claims.error().expected.empty()) std::abort();
        return 0;
    }
    if (!looks_like(bytes) || !std::ranges::equal(encode(*claims).view(), bytes)) std::abort();
    return 0;
}
