// What is given to a Keep is whole and of its module, or is not given.

#include "crypto/digest.hpp"
#include "host/cli/run/code_cache.hpp"
#include "os/check.hpp"
#include "os/temporary_directory.hpp"
#include "os/write_all.hpp"
#include "protocol/launch/artefact.hpp"

#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace host::cli;
using protocol::launch::ArtefactHeader;
using protocol::launch::Kind;

class CodeCache : public ::testing::Test {
protected:
    CodeCache() {
        ::setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1);
        std::ofstream{module_path()} << "module";
        module_ = os::Fd{::open(module_path().c_str(), O_RDONLY)};
    }
    ~CodeCache() override { ::unsetenv("XDG_CACHE_HOME"); }

    std::string module_path() const { return folder_.path() + "/module"; }

    // The item that a start gets.
    struct Got {
        Kind kind = Kind::Action;
        os::Fd file;
    };
    Got start(std::string_view backend = "kvm", std::string_view configuration = "") {
        host::vmm::LaunchOrder order;
        auto const added = add_code(
            order,
            {.backend = backend,
             .configuration = configuration,
             .module = module_.number(),
             .sealed = false}
        );
        EXPECT_TRUE(added) << (added ? "" : added.error().text);
        if (order.items().empty()) return {};
        auto const& item = order.items().front();
        return {item.kind, os::Fd{::dup(item.descriptor)}};
    }
    // As exec does, after it has compiled.
    static void hand_over(os::Fd const& sink, std::string_view module = "module") {
        std::vector<std::byte> const code(1000, std::byte{42});
        ArtefactHeader const header{
            .magic = protocol::launch::artefact_magic,
            .length = std::uint64_t{code.size()},
            .module = crypto::sha256(base::view_of(module)),
            .engine = {},
            .digest = crypto::sha256(code)
        };
        EXPECT_TRUE(os::write_all(sink.number(), std::as_bytes(std::span{&header, 1})));
        EXPECT_TRUE(os::write_all(sink.number(), code));
        char answer = 0;
        EXPECT_EQ(::read(sink.number(), &answer, 1), 1);
        EXPECT_EQ(answer, 'k');
    }
    std::string artefact() const {
        for (auto const& entry :
             std::filesystem::recursive_directory_iterator{folder_.path() + "/enarx/code"})
            if (entry.is_regular_file()) return entry.path();
        return {};
    }

    os::TemporaryDirectory folder_;
    os::Fd module_;
};

TEST_F(CodeCache, GivesOutWhatWasHandedOverToBeReadOnly) {
    auto const first = start();
    ASSERT_EQ(first.kind, Kind::ArtefactSink);
    hand_over(first.file);
    auto const second = start();
    ASSERT_EQ(second.kind, Kind::Artefact);
    EXPECT_EQ(::fcntl(second.file.number(), F_GETFL) & O_ACCMODE, O_RDONLY);
}

TEST_F(CodeCache, GivesOutNothingThatWasChangedAnywhere) {
    hand_over(start().file);
    auto const path = artefact();
    for (std::streamoff const at : {0, 8, 16, 47, 80, 111, 112, 500, 1111}) {
        std::fstream stream{path, std::ios::in | std::ios::out | std::ios::binary};
        stream.seekg(at);
        auto const byte = static_cast<char>(stream.get() ^ 0x55);
        stream.seekp(at);
        stream.put(byte);
        stream.close();
        auto const next = start();
        EXPECT_EQ(next.kind, Kind::ArtefactSink) << at;
        if (next.kind == Kind::ArtefactSink) hand_over(next.file);
        EXPECT_EQ(start().kind, Kind::Artefact) << at;
    }
    for (off_t const size : {0, 1, 111, 112, 1111, 1113}) {
        ASSERT_EQ(::truncate(path.c_str(), size), 0);
        EXPECT_EQ(start().kind, Kind::ArtefactSink) << size;
    }
}

TEST_F(CodeCache, GivesOutNothingToAnotherModuleBackendOrConfiguration) {
    hand_over(start().file);
    EXPECT_EQ(start("nil").kind, Kind::ArtefactSink);
    EXPECT_EQ(start("kvm", "args = []").kind, Kind::ArtefactSink);
    EXPECT_EQ(start().kind, Kind::Artefact);
    std::ofstream{module_path()} << "another";
    EXPECT_EQ(start().kind, Kind::ArtefactSink);
}

// Only the Keep can tell whether what is sealed still opens.
TEST_F(CodeCache, WhatASealingKeepHasIsReplacedAtItsWord) {
    auto const kinds = [&] {
        host::vmm::LaunchOrder order;
        EXPECT_TRUE(add_code(
            order,
            {.backend = "kvm", .configuration = "", .module = module_.number(), .sealed = true}
        ));
        std::vector<Kind> out;
        for (auto const& item : order.items()) out.push_back(item.kind);
        return out;
    };
    hand_over(start().file);
    EXPECT_TRUE(kinds().empty()); // a module this small is compiled sooner
    std::ofstream{module_path()} << std::string(64 << 10, 'm');
    EXPECT_EQ(kinds(), (std::vector{Kind::ArtefactSink}));
    hand_over(start().file, std::string(64 << 10, 'm'));
    EXPECT_EQ(kinds(), (std::vector{Kind::Artefact, Kind::ArtefactSink}));
}

} // namespace
