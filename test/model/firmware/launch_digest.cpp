// See launch_digest.hpp.
#include "firmware/launch_digest.hpp"

#include "base/bytes.hpp"
#include "base/rules.hpp"

#include <algorithm>

namespace model::firmware {

namespace {

// PAGE_INFO, table 67.
struct PageInfo {
    Sha384 digest_cur;            // 0x00
    Sha384 contents;              // 0x30
    std::uint16_t length;         // 0x60
    std::uint8_t page_type;       // 0x62
    std::uint8_t imi_page;        // 0x63
    std::uint8_t vmpl3_perms;     // 0x64
    std::uint8_t vmpl2_perms;     // 0x65
    std::uint8_t vmpl1_perms;     // 0x66
    std::uint8_t reserved;        // 0x67
    std::uint64_t guest_physical; // 0x68
};
static_assert(sizeof(PageInfo) == 0x70);

} // namespace

void LaunchDigest::extend(
    PageType type, std::uint64_t guest_physical, std::span<std::byte const> contents
) {
    if (type == PageType::Vmsa && broken(Rule::VmsaMeasured)) return;
    PageInfo info{};
    info.digest_cur = current_;
    if (type == PageType::Normal || type == PageType::Vmsa) info.contents = sha384(contents);
    // A digest that forgets the order: each page's own, joined by XOR.
    if (broken(Rule::DigestOrder)) info.digest_cur = {};
    info.length = sizeof info;
    info.page_type = broken(Rule::DigestPageType) ? 1 : static_cast<std::uint8_t>(type);
    info.guest_physical = guest_physical;
    auto const next = sha384(bytes_of(info));
    if (broken(Rule::DigestOrder))
        std::ranges::transform(next, current_, current_.begin(), [](std::byte a, std::byte b) {
            return a ^ b;
        });
    else
        current_ = next;
}

} // namespace model::firmware
