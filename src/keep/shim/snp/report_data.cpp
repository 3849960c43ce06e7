#include "keep/shim/snp/report_data.hpp"

#include <algorithm>
#include <bit>

namespace shim::snp {

// AWS-LC, crypto/fipsmodule/sha: takes 128-byte blocks and needs no other part of the library, and
// no vector register.
extern "C" void
sha512_block_data_order_nohw(std::uint64_t* state, std::byte const* blocks, std::size_t n);

namespace {

namespace evidence = protocol::evidence;

// FIPS 180-4, 5.1.2, 5.3.5 and 6.4.
class Sha512 {
public:
    void add(base::View bytes) {
        for (auto const byte : bytes) {
            block_[size_++ % block_size] = byte;
            if (size_ % block_size == 0)
                sha512_block_data_order_nohw(state_.data(), block_.data(), 1);
        }
    }
    ReportData finish() {
        // The length has 128 bits, of which the upper half is zero here.
        std::array<std::uint64_t, 2> const length{0, __builtin_bswap64(8 * size_)};
        constexpr std::array end{std::byte{0x80}};
        add(end);
        constexpr std::array zero{std::byte{}};
        while (size_ % block_size != block_size - sizeof length) add(zero);
        add(std::as_bytes(std::span{length}));
        for (auto& word : state_) word = __builtin_bswap64(word);
        return std::bit_cast<ReportData>(state_);
    }

private:
    static constexpr std::size_t block_size = 128;

    std::array<std::uint64_t, 8> state_{
        0x6a09e667f3bcc908,
        0xbb67ae8584caa73b,
        0x3c6ef372fe94f82b,
        0xa54ff53a5f1d36f1,
        0x510e527fade682d1,
        0x9b05688c2b3e6c1f,
        0x1f83d9abfb41bd6b,
        0x5be0cd19137e2179
    };
    base::Bytes<block_size> block_{};
    std::uint64_t size_ = 0;
};

// Digests of workload and configuration, then as many user data as the byte between says.
bool is_application(base::View bound) {
    constexpr auto fixed = evidence::application_digests + 1;
    if (bound.size() < fixed) return false;
    auto const user_data = std::to_integer<std::size_t>(bound[evidence::application_digests]);
    return user_data <= evidence::most_user_data && bound.size() == fixed + user_data;
}

} // namespace

ReportData sha512(base::View first, base::View second) {
    Sha512 digest;
    digest.add(first);
    digest.add(second);
    return digest.finish();
}

base::Result<ReportData> report_data(evidence::Purpose purpose, base::View bound) {
    bool const formed = purpose == evidence::Purpose::Application
                            ? is_application(bound)
                            : !bound.empty() && bound.size() <= evidence::most_bound;
    if (!formed) return std::unexpected(base::Errno::Inval);
    return sha512(base::view_of(evidence::text_of(purpose)), bound);
}

} // namespace shim::snp
