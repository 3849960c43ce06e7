#pragma once

// The directory that holds the last component of a path, for the system calls that act on a name in
// a directory.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <string>
#include <string_view>

namespace exec::vfs::host {

class Parent {
public:
    // `start` outlives the parent. Perm: the path leads out of it.
    static base::Result<Parent> open(os::Fd const& start, std::string_view path);

    int directory() const { return opened_ ? opened_.number() : start_; }
    // A single component; slashes behind it, if any, are left to the kernel's judgement.
    char const* name() const { return name_.c_str(); }

private:
    Parent(int start, os::Fd opened, std::string name)
        : start_{start}, opened_{std::move(opened)}, name_{std::move(name)} {}

    int start_;
    os::Fd opened_; // none: it is the start itself
    std::string name_;
};

} // namespace exec::vfs::host
