#pragma once

// All that one application has: arguments, environment, descriptors, and how it ended.

#include "keep/exec/net/closing_list.hpp"
#include "keep/exec/wasi/descriptor_table.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exec::wasi {

// How an application ended by itself.
struct Ending {
    std::uint32_t status = 0; // what it gave to proc_exit
    std::optional<int>
        signal; // instead: the Linux signal that it raised, whose native effect is the end
};

class Context {
public:
    // A number for a new descriptor: the given one, which must be free, or the lowest free one from
    // 3 on.
    using Number = std::optional<std::uint32_t>;

    explicit Context(Limits limits = {}) : descriptors{limits} {}

    // The host descriptor stays open when the application closes its own.
    base::Result<Fd> add_stdio(int host_fd, Number number);
    base::Result<Fd> add_null(Number number);
    base::Result<Fd> add_directory(
        std::unique_ptr<vfs::Directory> directory,
        std::string guest_path,
        bool read_only,
        Number number = {}
    );
    base::Result<Fd>
    add_listener(std::unique_ptr<net::Listener> listener, FdFlags flags, Number number = {});
    base::Result<Fd>
    add_connection(std::unique_ptr<net::Connection> connection, FdFlags flags, Number number = {});

    std::vector<std::string> args;    // argv[0] first; none holds a NUL
    std::vector<std::string> environ; // "NAME=value"; none holds a NUL
    // What closed connections have left unsent: every call moves it on. Before the descriptors,
    // whose connections leave it here.
    std::shared_ptr<net::ClosingList> closing = std::make_shared<net::ClosingList>();
    DescriptorTable descriptors;

    // Set by proc_exit, and by proc_raise of a fatal signal: the engine checks it after each of the
    // two and unwinds.
    std::optional<Ending> ending;

private:
    base::Result<Fd> add(Descriptor descriptor, Number number);
};

} // namespace exec::wasi
