#include "keep/exec/wasi/context.hpp"

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/rights.hpp"

#include <utility>

namespace exec::wasi {

base::Result<Fd> Context::add_stdio(int host_fd, Number number) {
    os::Stream const host{host_fd};
    auto const type = type_of(TRY(host.stat()));
    auto const access = TRY(host.access());

    // A C library takes a character device without the rights to seek and tell for a terminal.
    auto rights = right::on_any | right::poll_fd_readwrite;
    if (access.read) rights |= right::fd_read;
    if (access.write) rights |= right::fd_write;
    if (type != FileType::CharacterDevice || !host.terminal())
        rights |= right::fd_seek | right::fd_tell;
    return add({.object = Stream{.host = host, .type = type}, .rights_base = rights}, number);
}

base::Result<Fd> Context::add_null(Number number) {
    auto const rights = right::on_any | right::poll_fd_readwrite | right::fd_read |
                        right::fd_write | right::fd_seek | right::fd_tell;
    return add({.object = Null{}, .rights_base = rights}, number);
}

base::Result<Fd> Context::add_directory(
    std::unique_ptr<vfs::Directory> directory, std::string guest_path, bool read_only, Number number
) {
    return add(
        {.object =
             OpenDirectory{
                 .directory = std::move(directory),
                 .preopened_as = std::move(guest_path),
                 .read_only = read_only
             },
         .rights_base = right::on_directory,
         .rights_inheriting = right::on_directory | right::on_file},
        number
    );
}

base::Result<Fd>
Context::add_listener(std::unique_ptr<net::Listener> listener, FdFlags flags, Number number) {
    return add(
        {.object = std::move(listener),
         .rights_base = right::on_listener,
         .rights_inheriting = right::on_connection,
         .flags = flags},
        number
    );
}

base::Result<Fd>
Context::add_connection(std::unique_ptr<net::Connection> connection, FdFlags flags, Number number) {
    return add(
        {.object = std::move(connection), .rights_base = right::on_connection, .flags = flags},
        number
    );
}

base::Result<Fd> Context::add(Descriptor descriptor, Number number) {
    if (!number) {
        auto const fd = descriptors.insert(std::move(descriptor));
        if (!fd) return std::unexpected(base::Errno::NFile);
        return *fd;
    }
    auto const done = descriptors.insert_at(Fd{*number}, std::move(descriptor));
    if (done) return Fd{*number};
    switch (done.error()) {
    case Errno::Exist:
        return std::unexpected(base::Errno::Exist);
    case Errno::Inval:
        return std::unexpected(base::Errno::Inval);
    default:
        return std::unexpected(base::Errno::NFile);
    }
}

} // namespace exec::wasi
