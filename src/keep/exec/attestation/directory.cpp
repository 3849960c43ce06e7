#include "keep/exec/attestation/directory.hpp"

#include "keep/exec/attestation/files.hpp"
#include "keep/exec/vfs/path.hpp"

#include <algorithm>
#include <utility>

namespace exec::attestation {

namespace {

using base::Errno;
using vfs::Entry;
using vfs::Follow;
using vfs::Node;
using vfs::OpenHow;
using vfs::Result;
using vfs::Stat;
using vfs::Times;

constexpr std::uint64_t own_inode = 1;
constexpr std::size_t header_size = 24; // of a listed entry

// Nothing in it can be made, removed or moved: a file system of the Keep, such as /proc is of a
// kernel.
class AttestationDirectory final : public vfs::Directory {
public:
    explicit AttestationDirectory(Mounted mounted) : mounted_{std::move(mounted)} {}

    Result<Node> open(std::string_view path, OpenHow how) override;
    Result<Stat> stat() const override;
    Result<Stat> stat(std::string_view path, Follow follow) const override;
    Result<std::vector<Entry>> entries(std::uint64_t cookie, std::size_t room) override;
    Result<std::string> read_link(std::string_view path) const override;
    Result<void> sync() override { return {}; }

    Result<void> set_times(Times /*times*/) override { return never(); }
    Result<void> set_times(std::string_view path, Times /*times*/, Follow /*follow*/) override {
        return never(path);
    }
    Result<void> create_directory(std::string_view path) override { return never(path); }
    Result<void> remove_directory(std::string_view path) override { return never(path); }
    Result<void> unlink(std::string_view path) override { return never(path); }
    Result<void>
    rename(std::string_view from, Directory& /*to*/, std::string_view /*to_path*/) override {
        return never(from);
    }
    Result<void> link(
        std::string_view from, Follow /*follow*/, Directory& /*to*/, std::string_view /*to_path*/
    ) override {
        return never(from);
    }
    Result<void> symlink(std::string_view /*target*/, std::string_view path) override {
        return never(path);
    }

private:
    // A file, or nothing for this directory itself.
    using Found = std::optional<Name>;
    Result<Found> find(std::string_view path) const;

    static std::unexpected<Errno> never() { return std::unexpected(Errno::Perm); }
    static Result<void> never(std::string_view path) {
        TRY(vfs::check_path(path));
        return never();
    }

    Mounted mounted_;
};

Result<AttestationDirectory::Found> AttestationDirectory::find(std::string_view path) const {
    TRY(vfs::check_path(path));
    while (!path.empty()) {
        auto const component = path.substr(0, path.find('/'));
        path.remove_prefix(component.size());
        if (component == "..") return std::unexpected(Errno::Perm);
        if (component.empty() || component == ".") {
            path.remove_prefix(std::min<std::size_t>(path.size(), 1));
            continue;
        }
        auto const here = listed(*mounted_.attester);
        auto const at = std::ranges::find(here, component, &Listed::text);
        if (at == here.end()) return std::unexpected(Errno::NoEnt);
        if (!path.empty()) return std::unexpected(Errno::NotDir);
        return Found{at->name};
    }
    return Found{};
}

Result<Node> AttestationDirectory::open(std::string_view path, OpenHow how) {
    if (how.create && how.directory) return std::unexpected(Errno::Inval);
    auto const found = find(path);
    if (!found && found.error() == Errno::NoEnt && how.create)
        return std::unexpected(Errno::Access);
    auto const name = TRY(found);
    if (how.create && how.exclusive) return std::unexpected(Errno::Exist);
    if (name) {
        if (how.directory) return std::unexpected(Errno::NotDir);
        return TRY(open_file(mounted_, *name, how));
    }
    if (how.create || how.write || how.truncate) return std::unexpected(Errno::IsDir);
    return std::make_unique<AttestationDirectory>(mounted_);
}

Result<Stat> AttestationDirectory::stat() const {
    return Stat{
        .device = mounted_.device,
        .inode = own_inode,
        .type = vfs::FileType::Directory,
        .links = 2,
        .size = 0,
        .accessed_ns = mounted_.made_ns,
        .modified_ns = mounted_.made_ns,
        .changed_ns = mounted_.made_ns,
    };
}

Result<Stat> AttestationDirectory::stat(std::string_view path, Follow /*follow*/) const {
    auto const name = TRY(find(path));
    if (name) return stat_file(mounted_, *name);
    return stat();
}

Result<std::string> AttestationDirectory::read_link(std::string_view path) const {
    TRY(find(path));
    return std::unexpected(Errno::Inval);
}

Result<std::vector<Entry>> AttestationDirectory::entries(std::uint64_t cookie, std::size_t room) {
    std::vector<Entry> all;
    auto const add = [&all](std::uint64_t inode, vfs::FileType type, std::string_view name) {
        all.push_back(
            {.next = all.size() + 1, .inode = inode, .type = type, .name = std::string{name}}
        );
    };
    add(own_inode, vfs::FileType::Directory, ".");
    add(own_inode, vfs::FileType::Directory, "..");
    for (auto const& [text, name] : listed(*mounted_.attester))
        add(stat_file(mounted_, name).inode, vfs::FileType::RegularFile, text);

    std::vector<Entry> out;
    std::size_t size = 0;
    for (auto at = cookie; at < all.size() && size < room; ++at) {
        size += header_size + all[at].name.size();
        out.push_back(std::move(all[at]));
    }
    return out;
}

} // namespace

std::unique_ptr<vfs::Directory> make_directory(Mounted mounted) {
    return std::make_unique<AttestationDirectory>(std::move(mounted));
}

} // namespace exec::attestation
