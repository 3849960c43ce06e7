#pragma once

// A new directory that goes with all its contents when its owner goes.

#include "os/fd.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>

namespace os {

// Where none can be made, path() is empty and fd() is none.
class TemporaryDirectory {
public:
    TemporaryDirectory() {
        std::error_code error;
        auto const parent = std::filesystem::temp_directory_path(error);
        std::string name = (parent / "enarx-XXXXXX").string();
        if (error || ::mkdtemp(name.data()) == nullptr) return;
        path_ = std::move(name);
        fd_ = Fd{::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
    TemporaryDirectory(TemporaryDirectory&&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
    ~TemporaryDirectory() {
        std::error_code ignored;
        if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
    }

    std::string const& path() const { return path_; }
    Fd const& fd() const { return fd_; }

private:
    std::string path_;
    Fd fd_;
};

} // namespace os
