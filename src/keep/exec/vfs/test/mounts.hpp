#pragma once

// The mounts that can be written to, memory and host, as one parameter of the tests that hold for
// both.

#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/test/files.hpp"
#include "os/temporary_directory.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

#include <gtest/gtest.h>

namespace exec::vfs::test {

enum class MountKind : std::uint8_t { Memory, Host };

class AnyMount : public ::testing::TestWithParam<MountKind> {
protected:
    AnyMount() {
        if (GetParam() == MountKind::Host)
            root_ = *make_host(temporary_.fd(), Access::ReadWrite);
        else
            root_ = make_memory({.now = [this] { return clock_ += 1000; }});
    }

    Directory& root() { return *root_; }

    std::unique_ptr<Directory> directory(std::string_view name) {
        EXPECT_TRUE(root().create_directory(name));
        return *open_directory(root(), name);
    }

private:
    os::TemporaryDirectory temporary_;
    std::uint64_t clock_ = 1'700'000'000'000'000'000;
    std::unique_ptr<Directory> root_;
};

inline auto mount_kinds() { return ::testing::Values(MountKind::Memory, MountKind::Host); }

inline char const* mount_name(::testing::TestParamInfo<MountKind> const& info) {
    return info.param == MountKind::Memory ? "memory" : "host";
}

} // namespace exec::vfs::test
