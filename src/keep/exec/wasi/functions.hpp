#pragma once

// All functions of wasi_snapshot_preview1, each with its name, to be bound by the engine.
//
// A function's parameters are those of the specification, in its order; what the application passed
// is not checked before.

#include "keep/exec/wasi/context.hpp"
#include "keep/exec/wasi/guest_memory.hpp"

#include <string_view>
#include <tuple>
#include <type_traits>

namespace exec::wasi {

Result<void> args_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> argv, Pointer<std::byte> text
);
Result<void> args_sizes_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> count, Pointer<std::uint32_t> bytes
);
Result<void> environ_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> environ, Pointer<std::byte> text
);
Result<void> environ_sizes_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> count, Pointer<std::uint32_t> bytes
);

Result<void>
clock_res_get(Context& context, GuestMemory memory, std::uint32_t id, Pointer<std::uint64_t> out);
Result<void> clock_time_get(
    Context& context,
    GuestMemory memory,
    std::uint32_t id,
    std::uint64_t precision,
    Pointer<std::uint64_t> out
);

Result<void> fd_advise(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint64_t offset,
    std::uint64_t length,
    std::uint32_t advice
);
Result<void> fd_allocate(
    Context& context, GuestMemory memory, Fd fd, std::uint64_t offset, std::uint64_t length
);
Result<void> fd_close(Context& context, GuestMemory memory, Fd fd);
Result<void> fd_datasync(Context& context, GuestMemory memory, Fd fd);
Result<void> fd_fdstat_get(Context& context, GuestMemory memory, Fd fd, Pointer<FdStat> out);
Result<void> fd_fdstat_set_flags(Context& context, GuestMemory memory, Fd fd, std::uint32_t flags);
Result<void>
fd_fdstat_set_rights(Context& context, GuestMemory memory, Fd fd, Rights base, Rights inheriting);
Result<void> fd_filestat_get(Context& context, GuestMemory memory, Fd fd, Pointer<FileStat> out);
Result<void> fd_filestat_set_size(Context& context, GuestMemory memory, Fd fd, std::uint64_t size);
Result<void> fd_filestat_set_times(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint64_t accessed_ns,
    std::uint64_t modified_ns,
    std::uint32_t flags
);
Result<void> fd_pread(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint64_t offset,
    Pointer<std::uint32_t> out
);
Result<void> fd_prestat_get(Context& context, GuestMemory memory, Fd fd, Pointer<Prestat> out);
Result<void> fd_prestat_dir_name(
    Context& context, GuestMemory memory, Fd fd, Pointer<std::byte> to, std::uint32_t length
);
Result<void> fd_pwrite(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint64_t offset,
    Pointer<std::uint32_t> out
);
Result<void> fd_read(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    Pointer<std::uint32_t> out
);
Result<void> fd_readdir(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<std::byte> buffer,
    std::uint32_t length,
    std::uint64_t cookie,
    Pointer<std::uint32_t> out
);
Result<void> fd_renumber(Context& context, GuestMemory memory, Fd from, Fd to);
Result<void> fd_seek(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint64_t delta,
    std::uint32_t whence,
    Pointer<std::uint64_t> out
);
Result<void> fd_sync(Context& context, GuestMemory memory, Fd fd);
Result<void> fd_tell(Context& context, GuestMemory memory, Fd fd, Pointer<std::uint64_t> out);
Result<void> fd_write(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    Pointer<std::uint32_t> out
);

Result<void> path_create_directory(
    Context& context, GuestMemory memory, Fd fd, Pointer<char> path, std::uint32_t length
);
Result<void> path_filestat_get(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint32_t flags,
    Pointer<char> path,
    std::uint32_t length,
    Pointer<FileStat> out
);
Result<void> path_filestat_set_times(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint32_t flags,
    Pointer<char> path,
    std::uint32_t length,
    std::uint64_t accessed_ns,
    std::uint64_t modified_ns,
    std::uint32_t times
);
Result<void> path_link(
    Context& context,
    GuestMemory memory,
    Fd old_fd,
    std::uint32_t old_flags,
    Pointer<char> old_path,
    std::uint32_t old_length,
    Fd new_fd,
    Pointer<char> new_path,
    std::uint32_t new_length
);
Result<void> path_open(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint32_t lookup,
    Pointer<char> path,
    std::uint32_t length,
    std::uint32_t how,
    Rights base,
    Rights inheriting,
    std::uint32_t flags,
    Pointer<std::uint32_t> out
);
Result<void> path_readlink(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<char> path,
    std::uint32_t length,
    Pointer<std::byte> buffer,
    std::uint32_t buffer_length,
    Pointer<std::uint32_t> out
);
Result<void> path_remove_directory(
    Context& context, GuestMemory memory, Fd fd, Pointer<char> path, std::uint32_t length
);
Result<void> path_rename(
    Context& context,
    GuestMemory memory,
    Fd old_fd,
    Pointer<char> old_path,
    std::uint32_t old_length,
    Fd new_fd,
    Pointer<char> new_path,
    std::uint32_t new_length
);
Result<void> path_symlink(
    Context& context,
    GuestMemory memory,
    Pointer<char> target,
    std::uint32_t target_length,
    Fd fd,
    Pointer<char> path,
    std::uint32_t length
);
Result<void> path_unlink_file(
    Context& context, GuestMemory memory, Fd fd, Pointer<char> path, std::uint32_t length
);

Result<void> poll_oneoff(
    Context& context,
    GuestMemory memory,
    Pointer<Subscription> in,
    Pointer<Event> out,
    std::uint32_t count,
    Pointer<std::uint32_t> events
);

// Both may set Context::ending; the engine then unwinds.
void proc_exit(Context& context, GuestMemory memory, std::uint32_t status);
Result<void> proc_raise(Context& context, GuestMemory memory, std::uint32_t signal);

Result<void> sched_yield(Context& context, GuestMemory memory);
Result<void>
random_get(Context& context, GuestMemory memory, Pointer<std::byte> out, std::uint32_t length);

Result<void> sock_accept(
    Context& context, GuestMemory memory, Fd fd, std::uint32_t flags, Pointer<std::uint32_t> out
);
Result<void> sock_recv(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint32_t flags,
    Pointer<std::uint32_t> out,
    Pointer<std::uint16_t> out_flags
);
Result<void> sock_send(
    Context& context,
    GuestMemory memory,
    Fd fd,
    Pointer<IoVector> vectors,
    std::uint32_t count,
    std::uint32_t flags,
    Pointer<std::uint32_t> out
);
Result<void> sock_shutdown(Context& context, GuestMemory memory, Fd fd, std::uint32_t how);

// What WebAssembly passes for a parameter of type T: an i64 or an i32.
template <class T> using Raw = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

template <class... Args>
constexpr auto adapt(Result<void> (* /*function*/)(Context&, GuestMemory, Args...), auto constant) {
    return +[](Context& context, GuestMemory memory, Raw<Args>... raw) -> Errno {
        context.closing->move_on();
        auto const result = decltype(constant)::value(context, memory, Args{raw}...);
        return result ? Errno::Success : result.error();
    };
}
template <class... Args>
constexpr auto adapt(void (* /*function*/)(Context&, GuestMemory, Args...), auto constant) {
    return +[](Context& context, GuestMemory memory, Raw<Args>... raw) -> void {
        decltype(constant)::value(context, memory, Args{raw}...);
    };
}

// `call` is a plain function: Errno (or void, for proc_exit) of (Context&, GuestMemory,
// std::uint32_t or std::uint64_t...).
template <auto F> struct Function {
    std::string_view name;
    static constexpr auto call = adapt(F, std::integral_constant<decltype(F), F>{});
};

inline constexpr std::tuple functions{
    Function<&args_get>{"args_get"},
    Function<&args_sizes_get>{"args_sizes_get"},
    Function<&environ_get>{"environ_get"},
    Function<&environ_sizes_get>{"environ_sizes_get"},
    Function<&clock_res_get>{"clock_res_get"},
    Function<&clock_time_get>{"clock_time_get"},
    Function<&fd_advise>{"fd_advise"},
    Function<&fd_allocate>{"fd_allocate"},
    Function<&fd_close>{"fd_close"},
    Function<&fd_datasync>{"fd_datasync"},
    Function<&fd_fdstat_get>{"fd_fdstat_get"},
    Function<&fd_fdstat_set_flags>{"fd_fdstat_set_flags"},
    Function<&fd_fdstat_set_rights>{"fd_fdstat_set_rights"},
    Function<&fd_filestat_get>{"fd_filestat_get"},
    Function<&fd_filestat_set_size>{"fd_filestat_set_size"},
    Function<&fd_filestat_set_times>{"fd_filestat_set_times"},
    Function<&fd_pread>{"fd_pread"},
    Function<&fd_prestat_get>{"fd_prestat_get"},
    Function<&fd_prestat_dir_name>{"fd_prestat_dir_name"},
    Function<&fd_pwrite>{"fd_pwrite"},
    Function<&fd_read>{"fd_read"},
    Function<&fd_readdir>{"fd_readdir"},
    Function<&fd_renumber>{"fd_renumber"},
    Function<&fd_seek>{"fd_seek"},
    Function<&fd_sync>{"fd_sync"},
    Function<&fd_tell>{"fd_tell"},
    Function<&fd_write>{"fd_write"},
    Function<&path_create_directory>{"path_create_directory"},
    Function<&path_filestat_get>{"path_filestat_get"},
    Function<&path_filestat_set_times>{"path_filestat_set_times"},
    Function<&path_link>{"path_link"},
    Function<&path_open>{"path_open"},
    Function<&path_readlink>{"path_readlink"},
    Function<&path_remove_directory>{"path_remove_directory"},
    Function<&path_rename>{"path_rename"},
    Function<&path_symlink>{"path_symlink"},
    Function<&path_unlink_file>{"path_unlink_file"},
    Function<&poll_oneoff>{"poll_oneoff"},
    Function<&proc_exit>{"proc_exit"},
    Function<&proc_raise>{"proc_raise"},
    Function<&sched_yield>{"sched_yield"},
    Function<&random_get>{"random_get"},
    Function<&sock_accept>{"sock_accept"},
    Function<&sock_recv>{"sock_recv"},
    Function<&sock_send>{"sock_send"},
    Function<&sock_shutdown>{"sock_shutdown"},
};
static_assert(std::tuple_size_v<decltype(functions)> == 46);

} // namespace exec::wasi
