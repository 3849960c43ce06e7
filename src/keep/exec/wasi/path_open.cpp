// Opening a file or directory below an open directory.

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/path_text.hpp"
#include "keep/exec/wasi/resolve.hpp"
#include "keep/exec/wasi/rights.hpp"

#include <utility>

namespace exec::wasi {

namespace {

// What the application asks for, checked for sense but not yet against any right.
struct Request {
    std::string path;
    vfs::Follow follow = vfs::Follow::No;
    std::uint32_t how = 0; // open_flag
    FdFlags flags = 0;
    bool read = false;
    bool write = false;

    bool has(std::uint32_t flag) const { return (how & flag) != 0; }
    // Which rights of the directory that takes.
    Rights needed() const {
        auto rights = right::path_open;
        if (has(open_flag::create)) rights |= right::path_create_file;
        if (has(open_flag::truncate)) rights |= right::path_filestat_set_size;
        return rights;
    }
};

// Request::how and Request::flags hold nothing unknown and do not contradict each other.
Result<void> check_flags(std::uint32_t how, std::uint32_t flags) {
    constexpr auto contradiction = open_flag::create | open_flag::directory;
    if ((how & ~open_flag::all) != 0 || (flags & ~std::uint32_t{fd_flag::all}) != 0)
        return std::unexpected(Errno::Inval);
    if ((how & contradiction) == contradiction) return std::unexpected(Errno::Inval);
    return {};
}

vfs::OpenHow open_how(Request const& request) {
    constexpr FdFlags sync = fd_flag::dsync | fd_flag::rsync | fd_flag::sync;
    // A directory is opened before anything is said about writing to it; to truncate is to write.
    auto const directory = request.has(open_flag::directory);
    auto const write = !directory && (request.write || request.has(open_flag::truncate));
    return {
        .read = request.read || !write,
        .write = write,
        .create = request.has(open_flag::create),
        .exclusive = request.has(open_flag::exclusive),
        .truncate = request.has(open_flag::truncate) && !directory,
        .directory = directory,
        .follow = request.follow,
        .sync = (request.flags & sync) != 0,
    };
}

// Opens what is there, and nothing for writing. Where a name would have to be made, the answer is
// Errno::RoFs.
Result<vfs::Node> open_read_only(vfs::Directory& in, Request const& request) {
    if (request.write || request.has(open_flag::truncate)) {
        auto const there = to_wasi(in.stat(request.path, request.follow));
        bool const to_be_made =
            !there && there.error() == Errno::NoEnt && request.has(open_flag::create);
        return std::unexpected(there || to_be_made ? Errno::RoFs : there.error());
    }
    if (!request.has(open_flag::create)) return to_wasi(in.open(request.path, open_how(request)));

    auto how = open_how(request);
    how.create = false;
    how.exclusive = false;
    auto node = to_wasi(in.open(request.path, how));
    if (!node && node.error() == Errno::NoEnt) return std::unexpected(Errno::RoFs);
    if (node && request.has(open_flag::exclusive)) return std::unexpected(Errno::Exist);
    return node;
}

Result<vfs::Node> open_node(OpenDirectory& in, Request const& request) {
    if (in.read_only) return open_read_only(*in.directory, request);
    return to_wasi(in.directory->open(request.path, open_how(request)));
}

// The node as a descriptor with the rights that it has from `parent`.
Result<Descriptor> descriptor_of(vfs::Node node, Descriptor const& parent, Request const& request) {
    auto const inherited = parent.rights_inheriting;
    if (auto* const directory = std::get_if<std::unique_ptr<vfs::Directory>>(&node)) {
        if (request.write || request.has(open_flag::truncate)) return std::unexpected(Errno::IsDir);
        auto const read_only = std::get<OpenDirectory>(parent.object).read_only;
        return Descriptor{
            .object =
                OpenDirectory{
                    .directory = std::move(*directory), .preopened_as = {}, .read_only = read_only
                },
            .rights_base = directory_rights(inherited),
            .rights_inheriting = inherited,
            .flags = request.flags,
        };
    }
    Rights const asked =
        (request.read ? right::fd_read : 0) | (request.write ? right::fd_write : 0);
    return Descriptor{
        .object = OpenFile{.file = std::move(std::get<std::unique_ptr<vfs::File>>(node))},
        .rights_base = file_rights(asked, inherited),
        .rights_inheriting = 0,
        .flags = request.flags,
    };
}

// All checks that go before any effect. The value: the descriptor of the directory.
Result<Descriptor*> check_allowed(Context const& context, Fd fd, Request const& request) {
    auto* const parent = TRY(context.descriptors.find(fd, request.needed()));
    // To write where writing is not inherited would be found out only at the first write.
    if (request.write && (parent->rights_inheriting & right::fd_write) == 0)
        return std::unexpected(Errno::NotCapable);
    TRY(context.descriptors.room(false)); // a file is not made for nobody
    return parent;
}

} // namespace

Result<void> path_open(
    Context& context,
    GuestMemory memory,
    Fd fd,
    std::uint32_t lookup,
    Pointer<char> path,
    std::uint32_t length,
    std::uint32_t how,
    Rights base,
    Rights /*inheriting*/,
    std::uint32_t flags,
    Pointer<std::uint32_t> out
) {
    auto* const in = TRY(directory_of(context, fd, 0));
    TRY(check_flags(how, flags));
    Request const request{
        .path = TRY(read_path(memory, path, length)),
        .follow = TRY(follow_of(lookup)),
        .how = how,
        .flags = static_cast<FdFlags>(flags),
        .read = (base & right::fd_read) != 0,
        .write = (base & right::fd_write) != 0,
    };
    TRY(memory.check(out));
    auto const* const parent = TRY(check_allowed(context, fd, request));
    auto node = TRY(open_node(*in, request));
    auto descriptor = TRY(descriptor_of(std::move(node), *parent, request));
    return memory.write(out, TRY(context.descriptors.insert(std::move(descriptor))).number);
}

} // namespace exec::wasi
