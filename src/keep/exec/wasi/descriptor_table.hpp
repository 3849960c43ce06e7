#pragma once

// The application's descriptors by number, no more of them than the limits say.

#include "keep/exec/wasi/descriptor.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace exec::wasi {

struct Limits {
    std::size_t open_files = 1024; // descriptors of any kind, those given at the start among them
    std::size_t sockets = 1024;    // listeners and connections
};

class DescriptorTable {
public:
    explicit DescriptorTable(Limits limits) : limits_{limits} {}

    // Errno::BadF where there is none. Valid until the descriptor is closed or replaced.
    Result<Descriptor*> find(Fd fd) const;
    // The same, if it has all of these rights.
    Result<Descriptor*> find(Fd fd, Rights needed) const;

    // Errno::NFile at a limit.
    Result<void> room(bool for_socket) const;

    // At the lowest free number; 0-2 count as free only after the application has closed one of
    // them.
    Result<Fd> insert(Descriptor descriptor, std::uint32_t lowest = 0);
    // At this very number: Errno::Exist if it is taken, Errno::Inval if it is out of all
    // proportion.
    Result<void> insert_at(Fd fd, Descriptor descriptor);

    Result<void> close(Fd fd);
    // `to`, which must be open, is closed and becomes what `from` was; `from` is free.
    Result<void> renumber(Fd from, Fd to);

private:
    static constexpr std::uint32_t first_number = 3;
    static constexpr std::uint32_t highest_number =
        1U << 20; // below it lie those that exec's main chooses

    bool open(std::uint32_t number) const {
        return number < by_number_.size() && by_number_[number] != nullptr;
    }
    void put(std::uint32_t number, Descriptor descriptor);

    Limits limits_;
    std::vector<std::unique_ptr<Descriptor>> by_number_;
    std::uint32_t search_from_ = first_number; // no number below is free to give
    std::size_t open_ = 0;
    std::size_t sockets_ = 0;
};

} // namespace exec::wasi
