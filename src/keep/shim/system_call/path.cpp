// Calls that name a path: relative to a folder that the host handed in, as a Keep has no root.

#include "keep/shim/system_call/forward.hpp"

#include <string_view>

namespace shim::system_call {

namespace {

constexpr std::uint64_t access_mode = 3; // zero: only to read
constexpr std::uint64_t open_how_size = 24;
// Linux UAPI, asm-generic/fcntl.h; which of them count: fs/open.c, build_open_how.
constexpr std::uint64_t open_create = 0100;
constexpr std::uint64_t open_directory = 0200000;
constexpr std::uint64_t open_unnamed = 020200000; // O_TMPFILE
constexpr std::uint64_t open_path = 010000000;
constexpr std::uint64_t with_path = 012600000; // with O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC
constexpr std::uint64_t known_flags = 037777703;
constexpr std::uint64_t mode_bits = 07777;
constexpr std::string_view own_name = "/proc/self/exe";
constexpr std::string_view own_target = "/exec";

// What the boot block gave under this name, if a program only wants to read it.
Reply open_named(SystemCall const& call, std::uint64_t path, std::uint64_t flags) {
    constexpr std::size_t longest = 32;
    std::array<char, longest> text{};
    auto const read = call.kernel.user.text(path, text);
    if (!read && read.error() == base::Errno::Fault) return std::unexpected(base::Errno::Fault);
    auto const& names = protocol::launch::named_files;
    for (std::size_t i = 0; read && i < names.size(); ++i) {
        auto file = call.kernel.named[i];
        if (std::string_view{read->data(), read->size()} != names[i] ||
            file.kind == File::Kind::Closed || (flags & access_mode) != 0)
            continue;
        file.close_on_exec = (flags & open_close_on_exec) != 0;
        return call.kernel.files.add(file);
    }
    return std::unexpected(base::Errno::NoEnt);
}

Reply open_below(
    SystemCall const& call, std::uint64_t flags, std::uint64_t mode, std::uint64_t resolve
) {
    if (call.word(0) == working_folder) return open_named(call, call[1], flags);
    Forward forward{call, Call::OpenAt};
    TRY(forward.below(0));
    forward.value(flags & ~open_close_on_exec);
    forward.value(mode);
    forward.value(resolve);
    auto const handle = TRY(forward.send());
    return add_handle(call, handle, flags, (flags & access_mode) == 0);
}

Reply read_link(SystemCall const& call, unsigned path, std::uint64_t to, std::uint64_t size) {
    std::array<char, own_name.size() + 1> text{};
    auto const read = call.kernel.user.text(call[path], text);
    if (!read || std::string_view{read->data(), read->size()} != own_name)
        return std::unexpected(base::Errno::NoEnt);
    auto const n = smaller(size, own_target.size());
    TRY(call.kernel.user.write(to, std::as_bytes(std::span{own_target}.first(n))));
    return n;
}

} // namespace

Reply open(SystemCall const& call) { return open_named(call, call[0], call[1]); }

// The host opens by the rules of openat2; openat forgets what it does not know, and a mode that
// nothing is created with.
Reply openat(SystemCall const& call) {
    auto const flags = call[2] & (call[2] & open_path ? with_path : known_flags);
    bool const creates = (flags & (open_create | (open_unnamed & ~open_directory))) != 0;
    return open_below(call, flags, creates ? call[3] & mode_bits : 0, 0);
}

Reply openat2(SystemCall const& call) {
    if (call[3] < open_how_size) return std::unexpected(base::Errno::Inval);
    auto const how = TRY((call.kernel.user.load<std::array<std::uint64_t, 3>>(call[2])));
    return open_below(call, how[0], how[1], how[2]);
}

Reply readlink(SystemCall const& call) { return read_link(call, 0, call[1], call[2]); }

Reply readlinkat(SystemCall const& call) {
    if (call.word(0) == working_folder) return read_link(call, 1, call[2], call[3]);
    return forward(call);
}

Reply getcwd(SystemCall const& call) {
    constexpr std::array root{'/', '\0'};
    if (call[1] < root.size()) return std::unexpected(base::Errno::Range);
    TRY(call.kernel.user.store(call[0], root));
    return root.size();
}

Reply utimensat(SystemCall const& call) {
    constexpr std::uint64_t times_size = 32;
    constexpr std::uint64_t at_empty_path = 0x1000; // of a null pointer, not of an empty text
    Forward forward{call, Call::UtimensAt};
    if (call[1] != 0) {
        TRY(forward.below(0));
    } else {
        TRY(forward.folder(0));
        TRY(forward.in(0, 0));
    }
    TRY(forward.in(call[2], call[2] != 0 ? times_size : 0));
    forward.value(call[3] | (call[1] == 0 ? at_empty_path : 0));
    return forward.send();
}

Reply renameat(SystemCall const& call) {
    Forward forward{call, Call::RenameAt};
    TRY(forward.below(0));
    TRY(forward.below(2));
    return forward.send();
}

Reply faccessat(SystemCall const& call) {
    Forward forward{call, Call::FaccessAt};
    TRY(forward.below(0));
    forward.value(call[2]);
    return forward.send();
}

} // namespace shim::system_call
