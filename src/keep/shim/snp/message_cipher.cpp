#include "keep/shim/snp/message_cipher.hpp"

#include "keep/shim/platform/machine.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace shim::snp {

// AWS-LC, crypto/fipsmodule/aes and crypto/fipsmodule/modes: assembly that refers to nothing else.
extern "C" {
struct Schedule {
    std::array<std::uint32_t, 4 * 15> rounds;
    unsigned count;
};
struct alignas(16) Powers {
    std::array<std::uint64_t, 2 * 16> words;
};
int vpaes_set_encrypt_key(std::byte const* key, int bits, Schedule* schedule);
void vpaes_encrypt(std::byte const* in, std::byte* out, Schedule const* schedule);
// `h`: two words, the upper half first.
void gcm_init_clmul(Powers* powers, std::uint64_t const* h);
// `size`: a multiple of 16.
void gcm_ghash_clmul(std::byte* state, Powers const* powers, std::byte const* in, std::size_t size);
}

namespace {

constexpr std::size_t block_size = 16;
using Block = base::Bytes<block_size>;

// The instructions use vector registers, which are the program's while the shim runs; what they
// held of keys goes with the return of the program's.
class VectorRegisters {
public:
    VectorRegisters() { Machine::save_extended_state(program_.data()); }
    ~VectorRegisters() {
        // What was saved a moment ago is never refused.
        static_cast<void>(Machine::load_extended_state(program_.data()));
    }
    VectorRegisters(VectorRegisters const&) = delete;
    VectorRegisters& operator=(VectorRegisters const&) = delete;

private:
    alignas(64) base::Bytes<Machine::most_extended_state> program_{};
};

// One key with one nonce.
class Gcm {
public:
    Gcm(CipherKey const& key, Nonce const& nonce) {
        vpaes_set_encrypt_key(key.data(), 256, &schedule_);
        auto h = encrypted({});
        std::array<std::uint64_t, 2> words{};
        std::memcpy(words.data(), h.data(), sizeof h);
        for (auto& word : words) word = __builtin_bswap64(word);
        gcm_init_clmul(&powers_, words.data());
        wipe(h);
        wipe(std::as_writable_bytes(std::span{words}));
        std::ranges::copy(nonce, counter_.begin());
        first_ = next_pad();
    }
    ~Gcm() {
        // Safety: all that this object holds of the key.
        wipe(std::as_writable_bytes(std::span{&schedule_, 1}));
        wipe(std::as_writable_bytes(std::span{&powers_, 1}));
        wipe(first_);
        wipe(state_);
    }
    Gcm(Gcm const&) = delete;
    Gcm& operator=(Gcm const&) = delete;

    // SP 800-38D, 6.4: zeros fill the last block.
    void authenticate(base::View bytes) {
        auto const whole = bytes.size() / block_size * block_size;
        if (whole != 0) gcm_ghash_clmul(state_.data(), &powers_, bytes.data(), whole);
        if (whole == bytes.size()) return;
        Block last{};
        std::ranges::copy(bytes.subspan(whole), last.begin());
        gcm_ghash_clmul(state_.data(), &powers_, last.data(), last.size());
    }
    // SP 800-38D, 6.5.
    void crypt(std::span<std::byte> text) {
        while (!text.empty()) {
            auto const here = text.first(std::min(text.size(), block_size));
            auto pad = next_pad();
            for (std::size_t i = 0; i < here.size(); ++i) here[i] ^= pad[i];
            wipe(pad);
            text = text.subspan(here.size());
        }
    }
    // SP 800-38D, 7.1, step 5 and 6.
    Tag tag(std::size_t associated, std::size_t text) {
        std::array const bits{
            __builtin_bswap64(std::uint64_t{8} * associated),
            __builtin_bswap64(std::uint64_t{8} * text)
        };
        authenticate(std::as_bytes(std::span{bits}));
        Tag out = state_;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= first_[i];
        return out;
    }

private:
    Block encrypted(Block const& block) const {
        Block out{};
        vpaes_encrypt(block.data(), out.data(), &schedule_);
        return out;
    }
    Block next_pad() {
        ++count_;
        auto const number = __builtin_bswap32(count_);
        std::memcpy(counter_.data() + sizeof(Nonce), &number, sizeof number);
        return encrypted(counter_);
    }

    Schedule schedule_{};
    Powers powers_{};
    Block counter_{};
    std::uint32_t count_ = 0;
    Block first_{}; // of the key stream, for the tag
    Block state_{}; // of GHASH
};

} // namespace

void wipe(std::span<std::byte> bytes) {
    std::memset(bytes.data(), 0, bytes.size());
    // Safety: the compiler has to take the bytes for looked at.
    asm volatile("" : : "r"(bytes.data()) : "memory");
}

Tag seal(
    CipherKey const& key, Nonce const& nonce, base::View associated, std::span<std::byte> text
) {
    VectorRegisters const registers;
    Gcm gcm{key, nonce};
    gcm.authenticate(associated);
    gcm.crypt(text);
    gcm.authenticate(text);
    return gcm.tag(associated.size(), text.size());
}

bool open(
    CipherKey const& key,
    Nonce const& nonce,
    base::View associated,
    std::span<std::byte> text,
    Tag const& tag
) {
    VectorRegisters const registers;
    Gcm gcm{key, nonce};
    gcm.authenticate(associated);
    gcm.authenticate(text);
    auto const expected = gcm.tag(associated.size(), text.size());
    std::byte difference{};
    for (std::size_t i = 0; i < tag.size(); ++i) difference |= expected[i] ^ tag[i];
    if (difference != std::byte{}) {
        wipe(text);
        return false;
    }
    gcm.crypt(text);
    return true;
}

} // namespace shim::snp
