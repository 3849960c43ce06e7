// The keeper keeps one artefact, of one module, in one place: all else leaves nothing behind.

#include "crypto/digest.hpp"
#include "host/cli/run/code_keeper.hpp"
#include "os/read_file.hpp"
#include "os/temporary_directory.hpp"
#include "os/write_all.hpp"

#include <csignal>
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace host::cli;
using protocol::launch::ArtefactHeader;

constexpr std::uint64_t most = 300'000;

base::Bytes<32> module_digest() {
    base::Bytes<32> digest{};
    digest.fill(std::byte{7});
    return digest;
}

std::vector<std::byte> code(std::size_t size = 200'000) {
    return std::vector<std::byte>(size, std::byte{42});
}

ArtefactHeader header_of(std::vector<std::byte> const& code) {
    return {
        .magic = protocol::launch::artefact_magic,
        .length = std::uint64_t{code.size()},
        .module = module_digest(),
        .engine = {},
        .digest = crypto::sha256(code)
    };
}

class CodeKeeper : public ::testing::Test {
protected:
    // As exec and a Keep's command have it: a keeper that has seen enough does not end the test.
    CodeKeeper() { (void)std::signal(SIGPIPE, SIG_IGN); }

    // What the keeper answers to these bytes, after which nothing comes.
    std::string answer(ArtefactHeader const& header, std::vector<std::byte> const& code) {
        os::Folder const folder{os::Fd{::dup(folder_.fd().number())}};
        auto const stream = start_code_keeper(
            {.folder = folder, .name = "name", .module = module_digest(), .most = most}
        );
        if (!stream) return "no keeper";
        (void)os::write_all(stream->number(), std::as_bytes(std::span{&header, 1}));
        (void)os::write_all(stream->number(), code);
        ::shutdown(stream->number(), SHUT_WR);
        std::string out(8, '\0');
        std::size_t size = 0;
        for (ssize_t got = 1; got > 0; size += static_cast<std::size_t>(got))
            got = std::max<ssize_t>(::read(stream->number(), out.data() + size, 1), 0);
        return out.substr(0, size);
    }
    std::size_t files() const {
        namespace fs = std::filesystem;
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator{folder_.path()}, fs::directory_iterator{})
        );
    }

    os::TemporaryDirectory folder_;
};

TEST_F(CodeKeeper, KeepsTheAwaitedArtefactAsItCame) {
    EXPECT_EQ(answer(header_of(code()), code()), "k");
    os::Folder const folder{os::Fd{::dup(folder_.fd().number())}};
    auto const file = folder.own_file("name");
    ASSERT_TRUE(file);
    auto const bytes = os::read_file(file->number(), most * 2);
    ASSERT_TRUE(bytes);
    EXPECT_TRUE(base::equal(bytes->view().subspan(sizeof(ArtefactHeader)), code()));
    EXPECT_EQ(files(), 1U);
}

TEST_F(CodeKeeper, KeepsNothingElse) {
    auto const whole = code();
    auto another_module = header_of(whole);
    another_module.module[31] ^= std::byte{1};
    EXPECT_EQ(answer(another_module, whole), "");
    auto another_magic = header_of(whole);
    another_magic.magic[7] = std::byte{'1'};
    EXPECT_EQ(answer(another_magic, whole), "");
    auto damaged = whole;
    damaged[100'000] ^= std::byte{1};
    EXPECT_EQ(answer(header_of(whole), damaged), "");
    EXPECT_EQ(answer(header_of(whole), code(whole.size() - 1)), "");
    EXPECT_EQ(answer(header_of(code(most + 1)), code(most + 1)), "");
    auto endless = header_of(whole);
    endless.length = ~0ULL;
    EXPECT_EQ(answer(endless, whole), "");
    EXPECT_EQ(files(), 0U);
}

TEST_F(CodeKeeper, ReplacesALinkAndDoesNotFollowIt) {
    os::TemporaryDirectory elsewhere;
    auto const victim = elsewhere.path() + "/victim";
    std::filesystem::create_symlink(victim, folder_.path() + "/name");
    EXPECT_EQ(answer(header_of(code()), code()), "k");
    EXPECT_FALSE(std::filesystem::exists(victim));
    EXPECT_FALSE(std::filesystem::is_symlink(folder_.path() + "/name"));
}

} // namespace
