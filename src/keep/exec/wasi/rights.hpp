#pragma once

// Which rights a descriptor starts with.
//
// An open file or directory has every right that its directory inherits and that applies to its
// kind; reading and writing only where path_open asked for it. That is what applications meet on
// other runtimes, few of which ask for each right that they use. What an application gives up by
// fd_fdstat_set_rights is gone, here and below.

#include "keep/exec/wasi/abi.hpp"

namespace exec::wasi {

namespace right {

inline constexpr Rights on_any = fd_fdstat_set_flags | fd_filestat_get;

// Of files, those that take a file open for writing.
inline constexpr Rights to_write = fd_write | fd_allocate | fd_filestat_set_size;

inline constexpr Rights on_file = on_any | to_write | fd_read | fd_seek | fd_tell | fd_datasync |
                                  fd_sync | fd_advise | fd_filestat_set_times | poll_fd_readwrite;

inline constexpr Rights on_directory =
    on_any | fd_datasync | fd_sync | fd_readdir | fd_filestat_set_times | path_create_directory |
    path_create_file | path_link_source | path_link_target | path_open | path_readlink |
    path_rename_source | path_rename_target | path_filestat_get | path_filestat_set_size |
    path_filestat_set_times | path_symlink | path_remove_directory | path_unlink_file;

inline constexpr Rights on_connection =
    on_any | fd_read | fd_write | poll_fd_readwrite | right::sock_shutdown;

inline constexpr Rights on_listener = on_any | poll_fd_readwrite | right::sock_accept;

} // namespace right

// Of a file opened through a directory that inherits `inherited`, after `requested` from it.
constexpr Rights file_rights(Rights requested, Rights inherited) {
    auto rights = right::on_file & ~(right::to_write | right::fd_read);
    if ((requested & right::fd_read) != 0) rights |= right::fd_read;
    if ((requested & right::fd_write) != 0) rights |= right::to_write;
    return rights & inherited;
}

constexpr Rights directory_rights(Rights inherited) { return right::on_directory & inherited; }

} // namespace exec::wasi
