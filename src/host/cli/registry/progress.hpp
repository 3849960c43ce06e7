#pragma once

// How far a transfer is, on standard error where that is a terminal.

#include <chrono>
#include <cstdint>
#include <string>

namespace host::cli {

class Progress {
public:
    // "pushing", and how many bytes there are.
    Progress(std::string what, std::uint64_t total);
    ~Progress() { clear(); }
    Progress(Progress const&) = delete;
    Progress& operator=(Progress const&) = delete;

    void at(std::uint64_t done);
    void clear(); // the line is free for something else

private:
    std::string what_;
    std::uint64_t total_;
    bool shown_;
    bool dirty_ = false;
    std::chrono::steady_clock::time_point next_;
};

} // namespace host::cli
