#pragma once

// An open directory of the host.

#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/host/listing.hpp"
#include "os/fd.hpp"

#include <memory>
#include <utility>

#include <sys/stat.h>

namespace exec::vfs::host {

// Who sees to it that nothing is opened which has to stay closed.
enum class Looks : std::uint8_t { Itself, Host };

// What the directories of one mount have in common; its address tells one mount from another.
struct Mount {
    Access access;
    Looks looks;
};

class OpenDirectory : public Directory {
public:
    // `fd` is a directory's, open for reading.
    OpenDirectory(os::Fd fd, std::shared_ptr<Mount const> mount)
        : fd_{std::move(fd)}, mount_{std::move(mount)} {}

    Result<Node> open(std::string_view path, OpenHow how) override;
    Result<Stat> stat() const override;
    Result<Stat> stat(std::string_view path, Follow follow) const override;
    Result<void> set_times(Times times) override;
    Result<void> set_times(std::string_view path, Times times, Follow follow) override;
    Result<void> create_directory(std::string_view path) override;
    Result<void> remove_directory(std::string_view path) override;
    Result<void> unlink(std::string_view path) override;
    Result<void> rename(std::string_view from, Directory& to, std::string_view to_path) override;
    Result<void>
    link(std::string_view from, Follow follow, Directory& to, std::string_view to_path) override;
    Result<void> symlink(std::string_view target, std::string_view path) override;
    Result<std::string> read_link(std::string_view path) const override;
    Result<std::vector<Entry>> entries(std::uint64_t cookie, std::size_t room) override;
    Result<void> sync() override;

private:
    Result<void> check_writable() const;
    Result<OpenDirectory*> same_mount(Directory& other) const;
    Result<os::Fd> open_path(std::string_view path, Follow follow) const;
    Result<struct ::stat> look(std::string_view path, Follow follow) const;
    Result<Node> open_node(std::string_view path, OpenHow how);
    Result<Node> open_read_only(std::string_view path, OpenHow how);
    Result<std::string> to_link(std::string_view path, Follow follow) const;
    Result<std::string> follow_links(std::string_view path) const;
    Result<std::string> link_text(std::string_view path) const;
    Result<void> remove(std::string_view path, int flags);

    os::Fd fd_;
    std::shared_ptr<Mount const> mount_;
    Listing listing_;
};

} // namespace exec::vfs::host
