// Compiled code comes from the host only if it is of this module and engine, and goes back whole.

#include "keep/exec/cache/artefact.hpp"
#include "protocol/launch/artefact.hpp"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace exec;

CodeIdentity identity(unsigned char module, unsigned char engine) {
    CodeIdentity identity{};
    identity.module.fill(std::byte{module});
    identity.engine.fill(std::byte{engine});
    return identity;
}

std::vector<std::byte> code() { return std::vector<std::byte>(300'000, std::byte{42}); }

os::Fd file_of(std::span<std::byte const> bytes) {
    os::Fd file{::memfd_create("artefact", MFD_CLOEXEC)};
    EXPECT_EQ(::write(file.number(), bytes.data(), bytes.size()), std::ssize(bytes));
    return file;
}

// What hand_over() writes, with a host at the other end that answers so.
struct HandedOver {
    base::Result<void> result;
    std::vector<std::byte> bytes;
};

HandedOver hand_over_to(std::string_view answer, Seal const& seal = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    HandedOver out{.result = {}, .bytes = {}};
    os::Fd const sink{ends[0]};
    std::jthread const host{[&, end = ends[1]] {
        os::Fd const stream{end};
        std::vector<std::byte> piece(64 << 10);
        auto const sealing = seal ? 28UZ : 0UZ;
        while (out.bytes.size() <
               sizeof(protocol::launch::ArtefactHeader) + sealing + code().size()) {
            auto const got = ::read(stream.number(), piece.data(), piece.size());
            if (got <= 0) return;
            out.bytes.insert(out.bytes.end(), piece.begin(), piece.begin() + got);
        }
        (void)!::write(stream.number(), answer.data(), answer.size());
    }};
    out.result = hand_over(sink, identity(1, 2), code(), seal);
    return out;
}

TEST(Artefact, comes_back_as_it_was_handed_over) {
    auto const handed = hand_over_to("k");
    ASSERT_TRUE(handed.result);
    auto const artefact = read_artefact(file_of(handed.bytes), identity(1, 2), {});
    ASSERT_TRUE(artefact);
    EXPECT_TRUE(base::equal(artefact->code(), code()));
}

TEST(Artefact, of_another_module_or_engine_is_not_taken) {
    auto const file = file_of(hand_over_to("k").bytes);
    EXPECT_FALSE(read_artefact(file, identity(3, 2), {}));
    EXPECT_FALSE(read_artefact(file, identity(1, 3), {}));
    EXPECT_TRUE(read_artefact(file, identity(1, 2), {}));
}

TEST(Artefact, that_was_cut_or_made_longer_is_not_taken) {
    auto const whole = hand_over_to("k").bytes;
    for (std::size_t const size : {0UZ, 1UZ, 0x6fUZ, 0x70UZ, whole.size() - 1, whole.size() + 1}) {
        auto bytes = whole;
        bytes.resize(size);
        EXPECT_FALSE(read_artefact(file_of(bytes), identity(1, 2), {})) << size;
    }
}

Seal seal(unsigned char key) {
    std::vector<std::byte> const bytes(32, std::byte{key});
    return std::move(*crypto::Aes256Gcm::with(bytes));
}

TEST(SealedArtefact, comes_back_as_it_was_handed_over_and_nobody_sees_it) {
    auto const handed = hand_over_to("k", seal(7));
    ASSERT_TRUE(handed.result);
    auto const artefact = read_artefact(file_of(handed.bytes), identity(1, 2), seal(7));
    ASSERT_TRUE(artefact);
    EXPECT_TRUE(base::equal(artefact->code(), code()));
    EXPECT_TRUE(std::ranges::search(handed.bytes, std::vector(16, std::byte{42})).empty());
    // No nonce comes twice.
    EXPECT_NE(handed.bytes, hand_over_to("k", seal(7)).bytes);
}

TEST(SealedArtefact, of_another_key_and_what_was_never_sealed_is_not_taken) {
    auto const file = file_of(hand_over_to("k", seal(7)).bytes);
    EXPECT_FALSE(read_artefact(file, identity(1, 2), seal(8)));
    EXPECT_FALSE(read_artefact(file_of(hand_over_to("k").bytes), identity(1, 2), seal(7)));
    EXPECT_TRUE(read_artefact(file, identity(1, 2), seal(7)));
}

// The header is the host's to write: it can name another module or engine for the same code.
TEST(SealedArtefact, under_a_header_that_the_host_wrote_anew_is_not_taken) {
    auto bytes = hand_over_to("k", seal(7)).bytes;
    auto const other = identity(3, 4);
    std::ranges::copy(other.module, bytes.begin() + 0x10);
    EXPECT_FALSE(read_artefact(file_of(bytes), identity(3, 2), seal(7)));
    std::ranges::copy(identity(1, 2).module, bytes.begin() + 0x10);
    std::ranges::copy(other.engine, bytes.begin() + 0x30);
    EXPECT_FALSE(read_artefact(file_of(bytes), identity(1, 4), seal(7)));
}

TEST(SealedArtefact, that_was_touched_anywhere_is_not_taken) {
    auto const whole = hand_over_to("k", seal(7)).bytes;
    for (std::size_t const at : {0x70UZ, 0x7bUZ, 0x7cUZ, whole.size() / 2, whole.size() - 1}) {
        auto bytes = whole;
        bytes[at] ^= std::byte{1};
        EXPECT_FALSE(read_artefact(file_of(bytes), identity(1, 2), seal(7))) << at;
    }
    for (std::size_t const size : {0x70UZ, 0x7cUZ, 0x8bUZ, 0x8cUZ, whole.size() - 1}) {
        auto bytes = whole;
        bytes.resize(size);
        std::uint64_t const length = size - 0x70;
        std::memcpy(bytes.data() + 8, &length, sizeof length);
        EXPECT_FALSE(read_artefact(file_of(bytes), identity(1, 2), seal(7))) << size;
    }
}

TEST(Artefact, that_the_host_does_not_keep_is_told_so) {
    auto const handed = hand_over_to("");
    ASSERT_FALSE(handed.result);
    EXPECT_EQ(handed.result.error(), base::Errno::Canceled);
}

} // namespace
