#include "keep/shim/platform/machine.hpp"
#include "keep/shim/program/program_file.hpp"

#include <bit>

namespace shim {

// AWS-LC, crypto/fipsmodule/sha: both take 64-byte blocks and need no other part of the library.
extern "C" {
void sha256_block_data_order_nohw(std::uint32_t* state, std::byte const* blocks, std::size_t n);
void sha256_block_data_order_hw(std::uint32_t* state, std::byte const* blocks, std::size_t n);
}

namespace {

using State = std::array<std::uint32_t, 8>;

// FIPS 180-4, 5.3.3 and 5.1.1; as a page is a whole number of blocks, the padding is one more.
constexpr State begin{
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};
constexpr std::size_t block_size = 64;
constexpr auto padding = [] {
    base::Bytes<block_size> block{std::byte{0x80}};
    constexpr std::uint64_t bits = 8 * hw::page_size;
    for (unsigned i = 0; i < 8; ++i) block[63 - i] = static_cast<std::byte>(bits >> 8 * i);
    return block;
}();

template <auto Blocks> void run(State& state, protocol::program::Page const& page) {
    Blocks(state.data(), page.data(), page.size() / block_size);
    Blocks(state.data(), padding.data(), 1);
}

// The instructions use vector registers, which are the program's while the shim runs.
void run_with_instructions(State& state, protocol::program::Page const& page) {
    alignas(64) base::Bytes<Machine::most_extended_state> program{};
    Machine::save_extended_state(program.data());
    run<sha256_block_data_order_hw>(state, page);
    // What was saved a moment ago is never refused.
    static_cast<void>(Machine::load_extended_state(program.data()));
}

} // namespace

PageDigest PageDigest::create() {
    // Intel SDM volume 2, CPUID leaf 7: EBX bit 29, SHA. A lie costs time or ends the Keep.
    PageDigest digest;
    digest.instructions_ = (Machine::cpuid(7, 0).ebx >> 29 & 1U) != 0;
    return digest;
}

protocol::program::Digest PageDigest::of(protocol::program::Page const& page) const {
    State state = begin;
    if (instructions_)
        run_with_instructions(state, page);
    else
        run<sha256_block_data_order_nohw>(state, page);
    for (auto& word : state) word = __builtin_bswap32(word);
    return std::bit_cast<protocol::program::Digest>(state);
}

} // namespace shim
