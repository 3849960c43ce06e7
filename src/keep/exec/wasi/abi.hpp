#pragma once

// What crosses between an application and WASI: numbers, flags and structs of
// wasi_snapshot_preview1.
//
// Integers are little-endian. A struct lies in guest memory at a multiple of its `alignment`.

#include "base/wire.hpp"
#include "keep/exec/wasi/errno.hpp"

#include <cstddef>
#include <cstdint>

namespace exec::wasi {

// A descriptor as the application numbers it.
struct Fd {
    std::uint32_t number = 0;
    friend auto operator<=>(Fd, Fd) = default;
};

// Where the application says that a T, or an array of them, lies in its memory. Nothing is checked
// yet.
template <class T> struct Pointer {
    std::uint32_t at = 0;
};

// "rights", bit by bit.
using Rights = std::uint64_t;
namespace right {
inline constexpr Rights fd_datasync = 1ULL << 0;
inline constexpr Rights fd_read = 1ULL << 1;
inline constexpr Rights fd_seek = 1ULL << 2;
inline constexpr Rights fd_fdstat_set_flags = 1ULL << 3;
inline constexpr Rights fd_sync = 1ULL << 4;
inline constexpr Rights fd_tell = 1ULL << 5;
inline constexpr Rights fd_write = 1ULL << 6;
inline constexpr Rights fd_advise = 1ULL << 7;
inline constexpr Rights fd_allocate = 1ULL << 8;
inline constexpr Rights path_create_directory = 1ULL << 9;
inline constexpr Rights path_create_file = 1ULL << 10;
inline constexpr Rights path_link_source = 1ULL << 11;
inline constexpr Rights path_link_target = 1ULL << 12;
inline constexpr Rights path_open = 1ULL << 13;
inline constexpr Rights fd_readdir = 1ULL << 14;
inline constexpr Rights path_readlink = 1ULL << 15;
inline constexpr Rights path_rename_source = 1ULL << 16;
inline constexpr Rights path_rename_target = 1ULL << 17;
inline constexpr Rights path_filestat_get = 1ULL << 18;
inline constexpr Rights path_filestat_set_size = 1ULL << 19;
inline constexpr Rights path_filestat_set_times = 1ULL << 20;
inline constexpr Rights fd_filestat_get = 1ULL << 21;
inline constexpr Rights fd_filestat_set_size = 1ULL << 22;
inline constexpr Rights fd_filestat_set_times = 1ULL << 23;
inline constexpr Rights path_symlink = 1ULL << 24;
inline constexpr Rights path_remove_directory = 1ULL << 25;
inline constexpr Rights path_unlink_file = 1ULL << 26;
inline constexpr Rights poll_fd_readwrite = 1ULL << 27;
inline constexpr Rights sock_shutdown = 1ULL << 28;
inline constexpr Rights sock_accept = 1ULL << 29;
inline constexpr Rights all = (1ULL << 30) - 1;
} // namespace right

// "fdflags", "oflags", "lookupflags", "fstflags", "riflags", "roflags", "sdflags", "subclockflags",
// "eventrwflags".
using FdFlags = std::uint16_t;
namespace fd_flag {
inline constexpr FdFlags append = 1U << 0;
inline constexpr FdFlags dsync = 1U << 1;
inline constexpr FdFlags nonblock = 1U << 2;
inline constexpr FdFlags rsync = 1U << 3;
inline constexpr FdFlags sync = 1U << 4;
inline constexpr FdFlags all = 0x1f;
} // namespace fd_flag

namespace open_flag {
inline constexpr std::uint32_t create = 1U << 0;
inline constexpr std::uint32_t directory = 1U << 1;
inline constexpr std::uint32_t exclusive = 1U << 2;
inline constexpr std::uint32_t truncate = 1U << 3;
inline constexpr std::uint32_t all = 0xf;
} // namespace open_flag

namespace lookup_flag {
inline constexpr std::uint32_t symlink_follow = 1U << 0;
inline constexpr std::uint32_t all = 1;
} // namespace lookup_flag

namespace times_flag {
inline constexpr std::uint32_t accessed = 1U << 0;
inline constexpr std::uint32_t accessed_now = 1U << 1;
inline constexpr std::uint32_t modified = 1U << 2;
inline constexpr std::uint32_t modified_now = 1U << 3;
inline constexpr std::uint32_t all = 0xf;
} // namespace times_flag

namespace receive_flag {
inline constexpr std::uint32_t peek = 1U << 0;
inline constexpr std::uint32_t wait_all = 1U << 1;
inline constexpr std::uint32_t all = 3;
} // namespace receive_flag

inline constexpr std::uint16_t received_data_truncated = 1U << 0;

namespace shutdown_flag {
inline constexpr std::uint32_t read = 1U << 0;
inline constexpr std::uint32_t write = 1U << 1;
} // namespace shutdown_flag

inline constexpr std::uint16_t clock_absolute = 1U << 0;
inline constexpr std::uint16_t event_hang_up = 1U << 0;

enum class FileType : std::uint8_t {
    Unknown = 0,
    BlockDevice = 1,
    CharacterDevice = 2,
    Directory = 3,
    RegularFile = 4,
    SocketDatagram = 5,
    SocketStream = 6,
    SymbolicLink = 7,
};

enum class Whence : std::uint8_t { Set = 0, Current = 1, End = 2 };
enum class ClockId : std::uint32_t { Realtime = 0, Monotonic = 1, ProcessCpu = 2, ThreadCpu = 3 };
enum class EventType : std::uint8_t { Clock = 0, FdRead = 1, FdWrite = 2 };

// "iovec" and "ciovec"
struct IoVector {
    static constexpr std::size_t alignment = 4;
    base::U32 buffer; // 0x00
    base::U32 length; // 0x04
};
static_assert(base::Wire<IoVector> && sizeof(IoVector) == 8);

// "fdstat"
struct FdStat {
    static constexpr std::size_t alignment = 8;
    FileType type;               // 0x00
    std::uint8_t padding1;       // 0x01
    base::U16 flags;             // 0x02
    base::Bytes<4> padding2;     // 0x04
    base::U64 rights_base;       // 0x08
    base::U64 rights_inheriting; // 0x10
};
static_assert(base::Wire<FdStat> && sizeof(FdStat) == 24);
static_assert(offsetof(FdStat, flags) == 2 && offsetof(FdStat, rights_base) == 8);
static_assert(offsetof(FdStat, rights_inheriting) == 16);

// "filestat"
struct FileStat {
    static constexpr std::size_t alignment = 8;
    base::U64 device;       // 0x00
    base::U64 inode;        // 0x08
    FileType type;          // 0x10
    base::Bytes<7> padding; // 0x11
    base::U64 links;        // 0x18
    base::U64 size;         // 0x20
    base::U64 accessed_ns;  // 0x28
    base::U64 modified_ns;  // 0x30
    base::U64 changed_ns;   // 0x38
};
static_assert(base::Wire<FileStat> && sizeof(FileStat) == 64);
static_assert(offsetof(FileStat, type) == 16 && offsetof(FileStat, links) == 24);
static_assert(offsetof(FileStat, size) == 32 && offsetof(FileStat, accessed_ns) == 40);
static_assert(offsetof(FileStat, modified_ns) == 48 && offsetof(FileStat, changed_ns) == 56);

// "dirent": the name follows it.
struct DirEntry {
    static constexpr std::size_t alignment = 8;
    base::U64 next;         // 0x00
    base::U64 inode;        // 0x08
    base::U32 name_length;  // 0x10
    FileType type;          // 0x14
    base::Bytes<3> padding; // 0x15
};
static_assert(base::Wire<DirEntry> && sizeof(DirEntry) == 24);
static_assert(offsetof(DirEntry, name_length) == 16 && offsetof(DirEntry, type) == 20);

// "prestat" of a directory, the only kind there is.
struct Prestat {
    static constexpr std::size_t alignment = 4;
    std::uint8_t tag;       // 0x00: 0
    base::Bytes<3> padding; // 0x01
    base::U32 name_length;  // 0x04
};
static_assert(base::Wire<Prestat> && sizeof(Prestat) == 8 && offsetof(Prestat, name_length) == 4);

// "subscription_clock" and, in its first field, "subscription_fd_readwrite"
struct SubscriptionBody {
    base::U32 clock_or_fd;   // 0x00
    base::Bytes<4> padding1; // 0x04
    base::U64 timeout_ns;    // 0x08
    base::U64 precision_ns;  // 0x10
    base::U16 clock_flags;   // 0x18
    base::Bytes<6> padding2; // 0x1a
};
static_assert(base::Wire<SubscriptionBody> && sizeof(SubscriptionBody) == 32);
static_assert(offsetof(SubscriptionBody, timeout_ns) == 8);
static_assert(offsetof(SubscriptionBody, precision_ns) == 16);
static_assert(offsetof(SubscriptionBody, clock_flags) == 24);

// "subscription"
struct Subscription {
    static constexpr std::size_t alignment = 8;
    base::U64 user_data;    // 0x00
    std::uint8_t tag;       // 0x08: an EventType
    base::Bytes<7> padding; // 0x09
    SubscriptionBody body;  // 0x10
};
static_assert(base::Wire<Subscription> && sizeof(Subscription) == 48);
static_assert(offsetof(Subscription, tag) == 8 && offsetof(Subscription, body) == 16);

// "event"
struct Event {
    static constexpr std::size_t alignment = 8;
    base::U64 user_data;     // 0x00
    base::U16 error;         // 0x08
    EventType type;          // 0x0a
    base::Bytes<5> padding1; // 0x0b
    base::U64 bytes;         // 0x10: of fd_read and fd_write
    base::U16 flags;         // 0x18
    base::Bytes<6> padding2; // 0x1a
};
static_assert(base::Wire<Event> && sizeof(Event) == 32);
static_assert(offsetof(Event, error) == 8 && offsetof(Event, type) == 10);
static_assert(offsetof(Event, bytes) == 16 && offsetof(Event, flags) == 24);

} // namespace exec::wasi
