// Whatever the bytes of a launch block: decode() answers, and what it accepts is the same when
// written again.

#include "protocol/launch/launch.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace protocol::launch;
    auto const block = std::as_bytes(std::span{data, size});
    auto const items = decode(block);
    if (!items) return 0;
    std::vector<Item> all;
    for (auto item : *items) all.push_back(item);
    std::vector<std::byte> again(encoded_size(all));
    if (!encode(all, again) || !std::ranges::equal(again, block)) std::abort();
    return 0;
}
