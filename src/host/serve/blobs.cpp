#include "host/serve/blobs.hpp"

#include "base/hex.hpp"
#include "host/serve/blob_sink.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

namespace host::serve {

using base::Errno;
using net::server::problem;

namespace {

bool digits_of_digest(std::string_view text) {
    constexpr std::size_t length = 64;
    return text.size() == length && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

struct Found {
    std::string name;
    std::uint64_t size;
    timespec changed;
};

bool older(Found const& a, Found const& b) {
    return a.changed.tv_sec != b.changed.tv_sec ? a.changed.tv_sec < b.changed.tv_sec
                                                : a.changed.tv_nsec < b.changed.tv_nsec;
}

} // namespace

std::optional<std::string> Blobs::name_of(std::string_view digest) {
    constexpr std::string_view algorithm = "sha256:";
    if (!digest.starts_with(algorithm)) return {};
    digest.remove_prefix(algorithm.size());
    if (!digits_of_digest(digest)) return {};
    return std::string{digest};
}

base::Result<std::shared_ptr<Blobs>> Blobs::open(
    std::string folder, std::uint64_t most, std::size_t customers, net::server::Metrics& metrics
) {
    std::shared_ptr<Blobs> made{new Blobs{{std::move(folder), most, customers}, metrics}};
    metrics.gauge("enarx_serve_blob_bytes", "Size of the cache of packages.");
    metrics.gauge("enarx_serve_blobs", "Blobs in the cache of packages.");
    metrics.counter("enarx_serve_blobs_dropped_total", "Blobs that went to make room.");
    TRY(made->take_stock());
    return made;
}

base::Result<void> Blobs::take_stock() {
    std::vector<Found> found;
    std::error_code error;
    std::filesystem::directory_iterator entries{folder_, error};
    if (error) return std::unexpected(Errno{error.value()});
    for (auto const& entry : entries) {
        auto const name = entry.path().filename().string();
        struct ::stat status{};
        if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        if (digits_of_digest(name))
            found.push_back({name, static_cast<std::uint64_t>(status.st_size), status.st_mtim});
        else if (name.starts_with(".enarx-"))
            ::unlink(entry.path().c_str()); // os::NewFile's, of a process that was killed
    }
    std::ranges::sort(found, older);
    for (auto const& blob : found) shelf_.add(blob.name, blob.size);
    drop(shelf_.too_many());
    return {};
}

void Blobs::count() {
    metrics_->set("enarx_serve_blob_bytes", static_cast<double>(shelf_.bytes()));
    metrics_->set("enarx_serve_blobs", static_cast<double>(shelf_.count()));
}

void Blobs::add(std::string const& name, std::uint64_t size, std::string const& customer) {
    shelf_.add(name, size);
    shelf_.brought(name, customer);
    count();
}

void Blobs::drop(std::vector<std::string> const& names) {
    for (auto const& name : names) {
        ::unlink(path(name).c_str()); // who reads it keeps it as long as it is open
        shelf_.forget(name);
        metrics_->add("enarx_serve_blobs_dropped_total");
    }
    count();
}

bool Blobs::make_room(std::uint64_t size, std::string const& customer) {
    auto const go = shelf_.to_go_for(size, customer);
    if (!go) return false;
    drop(*go);
    shelf_.reserve(size, customer);
    return true;
}

bool Blobs::has(std::string const& name) {
    if (!shelf_.has(name)) return false;
    struct ::stat status{};
    bool const there = ::lstat(path(name).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                       static_cast<std::uint64_t>(status.st_size) == shelf_.size_of(name);
    if (!there) { // somebody has cleaned up
        shelf_.forget(name);
        count();
        return false;
    }
    shelf_.used(name);
    ::utimensat(AT_FDCWD, path(name).c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
    return true;
}

base::Result<net::server::FileBody> Blobs::read(std::string const& name) {
    if (!has(name)) return std::unexpected(Errno::NoEnt);
    os::Fd file{::open(path(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!file) return std::unexpected(Errno::NoEnt);
    return net::server::FileBody{std::move(file), shelf_.size_of(name)};
}

base::Result<std::unique_ptr<net::server::Sink>, net::server::Response> Blobs::receive(
    std::string name,
    std::string const& customer,
    std::optional<std::uint64_t> length,
    std::shared_ptr<net::server::Mailbox> loop,
    Worker& worker
) {
    if (!length)
        return std::unexpected(
            problem(411, "request-invalid", "a blob needs a Content-Length: room is made for it")
        );
    if (has(name)) {
        shelf_.brought(name, customer);
        return std::make_unique<BlobThere>();
    }
    if (!make_room(*length, customer))
        return std::unexpected(problem(
            507, "host-full", "the cache of this host has no room for this blob of this customer"
        ));
    auto file = os::NewFile::begin(path(name), os::Readers::Owner);
    if (!file) {
        give_back(*length, customer);
        return std::unexpected(problem(
            507,
            "host-full",
            "the cache of this host cannot be written: " +
                std::string{os::description(file.error())}
        ));
    }
    return std::make_unique<BlobSink>(
        shared_from_this(),
        BlobSink::Coming{std::move(name), customer, *length},
        std::make_shared<os::NewFile>(*std::move(file)),
        std::move(loop),
        worker
    );
}

} // namespace host::serve
