// Rules: whatever the service sends is signed or refused.

#include "protocol/signer/message.hpp"
#include "signer/rules.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span{data, size});
    base::Bytes<protocol::signer::point_size> const point{};
    for (auto const issues : {signer::Issues::Authorities, signer::Issues::Leaves})
        if (auto const held = signer::check(bytes, issues, point); held && bytes.empty())
            __builtin_trap();
    (void)protocol::signer::decode_refusal(bytes);
    return 0;
}
