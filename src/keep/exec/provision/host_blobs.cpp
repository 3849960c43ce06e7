#include "keep/exec/provision/host_blobs.hpp"

#include "keep/exec/vfs/host.hpp"
#include "package/tar/ustar.hpp"
#include "package/tar/writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

namespace exec::provision {

namespace {

using package::tar::Ustar;

constexpr std::string_view algorithm = "sha256:";
constexpr std::string_view blob_folder = "blobs/sha256/";
constexpr std::size_t most_entries = 4096;
constexpr std::uint64_t longest_file = std::uint64_t{1} << 40; // nothing overflows below it

std::size_t read_at(os::Fd const& file, std::span<std::byte> out, std::uint64_t offset) {
    std::size_t done = 0;
    while (done < out.size()) {
        auto const rest = out.subspan(done);
        auto const got =
            ::pread(file.number(), rest.data(), rest.size(), static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

} // namespace

std::unique_ptr<HostBlobs> HostBlobs::open(os::Fd place) {
    struct stat status{};
    if (::fstat(place.number(), &status) != 0) return nullptr;
    if (S_ISDIR(status.st_mode)) {
        auto mounted = vfs::make_host(place, vfs::Access::ReadOnly);
        if (!mounted) return nullptr;
        return std::unique_ptr<HostBlobs>{new HostBlobs{Folder{.directory = std::move(*mounted)}}};
    }
    Packed packed{.file = std::move(place)};
    index(packed);
    return std::unique_ptr<HostBlobs>{new HostBlobs{std::move(packed)}};
}

// Where the blobs lie, as far as this is an archive.
void HostBlobs::index(Packed& packed) {
    std::uint64_t at = 0;
    for (std::size_t entries = 0; entries < most_entries; ++entries) {
        Ustar header{};
        auto const bytes = std::as_writable_bytes(std::span{&header, 1});
        if (read_at(packed.file, bytes, at) != bytes.size()) return;
        auto const size = package::tar::octal(header.size);
        if (!size || *size > longest_file || at > longest_file) return;
        Part const part{.offset = at + sizeof header, .size = *size};
        auto const name = package::tar::text_of(header.name);
        if (name.starts_with(blob_folder))
            packed.parts.insert_or_assign(
                std::string{algorithm} + std::string{name.substr(blob_folder.size())}, part
            );
        at = part.offset + part.size + package::tar::padding(part.size);
    }
}

vfs::File* HostBlobs::file(Folder& folder, std::string const& digest) {
    auto const [at, added] = folder.files.try_emplace(digest);
    if (!added) return at->second.get();
    auto node =
        folder.directory->open(digest.substr(algorithm.size()), {.follow = vfs::Follow::No});
    if (auto* const found = node ? std::get_if<std::unique_ptr<vfs::File>>(&*node) : nullptr)
        at->second = std::move(*found);
    return at->second.get();
}

std::vector<std::byte>
HostBlobs::read(std::string const& digest, std::uint64_t offset, std::size_t most) {
    if (auto* const folder = std::get_if<Folder>(&place_)) {
        auto* const kept = file(*folder, digest);
        if (kept == nullptr) return {};
        std::vector<std::byte> out(most);
        std::array const buffers{std::span{out}};
        out.resize(kept->read_at(buffers, offset).value_or(0));
        return out;
    }
    auto const& packed = std::get<Packed>(place_);
    auto const found = packed.parts.find(digest);
    if (found == packed.parts.end() || offset >= found->second.size) return {};
    std::vector<std::byte> out(std::min<std::uint64_t>(most, found->second.size - offset));
    out.resize(read_at(packed.file, out, found->second.offset + offset));
    return out;
}

} // namespace exec::provision
