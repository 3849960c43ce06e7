#pragma once

// New files: whole or not at all, and never in the place of one that is there.

#include "base/result.hpp"
#include "os/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace os {

enum class Readers : unsigned char { Owner, Everybody }; // mode 0600, or 0644 as the umask allows

// A file that is written piece by piece and has its name only in the end. Until then it has none,
// so that nothing of it is left even where this process is killed; where the file system has no
// such files, it is under another name in the same folder, and goes when this does.
class NewFile {
public:
    // Errno::Exist where there is anything of that name already.
    static base::Result<NewFile> begin(std::string const& path, Readers readers);

    ~NewFile();
    NewFile(NewFile&&) noexcept = default;
    NewFile& operator=(NewFile&&) = delete;
    NewFile(NewFile const&) = delete;
    NewFile& operator=(NewFile const&) = delete;

    base::Result<void> write_at(std::uint64_t offset, std::span<std::byte const> bytes) const;
    // On the disk, and by its name. Errno::Exist as above.
    base::Result<void> keep() const;

private:
    NewFile(std::string path, std::string temporary, Fd descriptor)
        : path_{std::move(path)},
          temporary_{std::move(temporary)},
          descriptor_{std::move(descriptor)} {}

    std::string path_;
    std::string temporary_; // empty: it has no name, or this is moved from
    Fd descriptor_;
};

base::Result<void>
write_new_file(std::string const& path, std::span<std::byte const> bytes, Readers readers);

} // namespace os
