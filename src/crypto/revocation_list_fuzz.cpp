// Whatever the bytes: a revocation list is read or refused, and finds its entries.

#include "crypto/revocation_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: std::byte may alias any object.
    base::View const bytes{reinterpret_cast<std::byte const*>(data), size};
    auto const list = crypto::RevocationList::parse(bytes);
    if (!list) {
        if (list.error().offset > size) __builtin_trap();
        return 0;
    }
    if (!base::equal(list->der(), bytes)) __builtin_trap();
    auto const& revocations = list->revocations();
    if (revocations.empty()) return 0;
    for (auto const* entry : {&revocations.front(), &revocations.back()})
        if (list->find(entry->serial) == nullptr) __builtin_trap();
    return 0;
}
