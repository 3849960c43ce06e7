#include "host/cli/package/package_file.hpp"

#include "host/cli/report.hpp"
#include "os/check.hpp"
#include "package/oci/manifest.hpp"
#include "package/tar/ustar.hpp"
#include "package/tar/writer.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace host::cli {

namespace {

using package::tar::Ustar;

constexpr std::size_t most_entries = 4096;
constexpr std::uint64_t largest_index = std::uint64_t{1} << 20;
constexpr std::string_view blob_folder = "blobs/sha256/";

std::unexpected<os::Failure> damaged(std::string const& path, std::string const& why) {
    return failure(
        "package-damaged",
        '\'' + path + "' is no package: " + why,
        "`enarx package` makes one of an application"
    );
}

bool read_all(os::Fd const& file, std::span<std::byte> out, std::uint64_t offset) {
    while (!out.empty()) {
        auto const got = ::pread(file.number(), out.data(), out.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        out = out.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return true;
}

bool all_zeros(Ustar const& header) {
    return std::ranges::all_of(std::as_bytes(std::span{&header, 1}), [](std::byte each) {
        return each == std::byte{};
    });
}

bool well_formed(Ustar const& header) {
    auto const sum = package::tar::octal(header.checksum);
    return std::string_view{header.magic, 5} == "ustar" && sum &&
           *sum == package::tar::checksum_of(header);
}

std::string name_of(Ustar const& header) {
    std::string out{package::tar::text_of(header.prefix)};
    if (!out.empty()) out += '/';
    out += package::tar::text_of(header.name);
    return out.starts_with("./") ? out.substr(2) : out;
}

// The one package that an index.json names.
std::optional<std::string> digest_in(base::View index) {
    auto const json = nlohmann::json::parse(base::text_of(index), nullptr, false);
    if (!json.is_object()) return {};
    auto const list = json.find("manifests");
    if (list == json.end() || !list->is_array() || list->size() != 1) return {};
    auto const& first = list->front();
    if (!first.is_object() || !first.contains("digest") || !first["digest"].is_string()) return {};
    auto digest = first["digest"].get<std::string>();
    if (!package::oci::is_digest(digest)) return {};
    return digest;
}

} // namespace

os::OrFailure<PackageFile> PackageFile::open(std::string const& path) {
    os::Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file) {
        auto const error = os::last_error();
        return failure(
            error == base::Errno::NoEnt ? "file-not-found" : "file-unreadable",
            '\'' + path + "': " + std::string{os::description(error)}
        );
    }
    PackageFile out{std::move(file)};
    TRY(out.index(path));
    return out;
}

os::OrFailure<void> PackageFile::index(std::string const& path) {
    struct stat status{};
    if (::fstat(file_.number(), &status) != 0 || !S_ISREG(status.st_mode))
        return damaged(path, "it is no ordinary file");
    auto const end = static_cast<std::uint64_t>(status.st_size);
    std::optional<Blob> index;
    std::uint64_t at = 0;
    for (std::size_t entries = 0;; ++entries) {
        if (entries == most_entries) return damaged(path, "it has too many files");
        Ustar header{};
        if (!read_all(file_, std::as_writable_bytes(std::span{&header, 1}), at))
            return damaged(path, "it is cut short, or no tar archive");
        if (all_zeros(header)) break;
        auto const size = package::tar::octal(header.size);
        if (!well_formed(header) || !size || *size > end || at + sizeof header > end - *size)
            return damaged(path, "byte " + std::to_string(at) + " is no header of a tar archive");
        Blob const blob{.offset = at + sizeof header, .size = *size};
        auto const name = name_of(header);
        if (name == "index.json") index = blob;
        if (name.starts_with(blob_folder))
            blobs_.insert_or_assign("sha256:" + name.substr(blob_folder.size()), blob);
        at = blob.offset + blob.size + package::tar::padding(blob.size);
    }
    if (!index || index->size > largest_index) return damaged(path, "it has no index.json");
    std::vector<std::byte> text(index->size);
    if (!read_all(file_, text, index->offset)) return damaged(path, "it is cut short");
    auto digest = digest_in(text);
    if (!digest || !blobs_.contains(*digest))
        return damaged(path, "its index.json does not name one package that is in it");
    digest_ = std::move(*digest);
    return {};
}

std::vector<std::byte>
PackageFile::read(std::string const& digest, std::uint64_t offset, std::size_t most) const {
    auto const found = blobs_.find(digest);
    if (found == blobs_.end() || offset >= found->second.size) return {};
    std::vector<std::byte> out(std::min<std::uint64_t>(most, found->second.size - offset));
    if (!read_all(file_, out, found->second.offset + offset)) return {};
    return out;
}

} // namespace host::cli
