// Compiled code comes from the host only if it is of this module and engine, and goes back whole.

#include "keep/exec/cache/artefact.hpp"
#include "protocol/launch/artefact.hpp"

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

HandedOver hand_over_to(std::string_view answer) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    HandedOver out{.result = {}, .bytes = {}};
    os::Fd const sink{ends[0]};
    std::jthread const host{[&, end = ends[1]] {
        os::Fd const stream{end};
        std::vector<std::byte> piece(64 << 10);
        while (out.bytes.size() < sizeof(protocol::launch::ArtefactHeader) + code().size()) {
            auto const got = ::read(stream.number(), piece.data(), piece.size());
            if (got <= 0) return;
            out.bytes.insert(out.bytes.end(), piece.begin(), piece.begin() + got);
        }
        (void)!::write(stream.number(), answer.data(), answer.size());
    }};
    out.result = hand_over(sink, identity(1, 2), code());
    return out;
}

TEST(Artefact, comes_back_as_it_was_handed_over) {
    auto const handed = hand_over_to("k");
    ASSERT_TRUE(handed.result);
    auto const artefact = read_artefact(file_of(handed.bytes), identity(1, 2));
    ASSERT_TRUE(artefact);
    EXPECT_TRUE(base::equal(artefact->code(), code()));
}

TEST(Artefact, of_another_module_or_engine_is_not_taken) {
    auto const file = file_of(hand_over_to("k").bytes);
    EXPECT_FALSE(read_artefact(file, identity(3, 2)));
    EXPECT_FALSE(read_artefact(file, identity(1, 3)));
    EXPECT_TRUE(read_artefact(file, identity(1, 2)));
}

TEST(Artefact, that_was_cut_or_made_longer_is_not_taken) {
    auto const whole = hand_over_to("k").bytes;
    for (std::size_t const size : {0UZ, 1UZ, 0x6fUZ, 0x70UZ, whole.size() - 1, whole.size() + 1}) {
        auto bytes = whole;
        bytes.resize(size);
        EXPECT_FALSE(read_artefact(file_of(bytes), identity(1, 2))) << size;
    }
}

TEST(Artefact, that_the_host_does_not_keep_is_told_so) {
    auto const handed = hand_over_to("");
    ASSERT_FALSE(handed.result);
    EXPECT_EQ(handed.result.error(), base::Errno::Canceled);
}

} // namespace
