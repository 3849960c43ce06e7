// docs/attestation.md, Workload digest.

#include "keep/exec/workload/digests.hpp"

#include "base/cbor.hpp"
#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "os/write_all.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace exec {

namespace {

using crypto::Sha256;
using vfs::FileType;
using vfs::Follow;

constexpr std::string_view purpose = "enarx/v1/package";
constexpr std::size_t block_size = 64UZ * 1024;

enum class Record : std::uint8_t { File, Link, Directory };

// The paths of everything below a directory.
class Paths {
public:
    explicit Paths(vfs::Directory& root) : root_{root} {}

    base::Result<std::vector<std::string>> in_order() {
        directories_.emplace_back();
        while (!directories_.empty()) {
            auto const path = std::move(directories_.back());
            directories_.pop_back();
            auto node = TRY(root_.open(path.empty() ? "." : path, {.directory = true}));
            TRY(list(*std::get<std::unique_ptr<vfs::Directory>>(node), path));
        }
        std::ranges::sort(found_);
        return std::move(found_);
    }

private:
    base::Result<void> list(vfs::Directory& directory, std::string const& path) {
        for (std::uint64_t cookie = 0;;) {
            auto const entries = TRY(directory.entries(cookie, block_size));
            if (entries.empty()) return {};
            for (auto const& entry : entries) add(path, entry);
            cookie = entries.back().next;
        }
    }

    void add(std::string const& path, vfs::Entry const& entry) {
        if (entry.name == "." || entry.name == "..") return;
        found_.push_back(path + entry.name);
        if (entry.type == FileType::Directory) directories_.push_back(found_.back() + '/');
    }

    vfs::Directory& root_;
    std::vector<std::string> directories_; // still to be listed, each with a slash behind
    std::vector<std::string> found_;
};

base::Result<protocol::evidence::Digest>
file_digest(vfs::Directory& root, std::string const& path) {
    auto node = TRY(root.open(path, {.follow = Follow::No}));
    auto& file = *std::get<std::unique_ptr<vfs::File>>(node);
    std::vector<std::byte> block(block_size);
    std::array const buffers{std::span{block}};
    Sha256 sum;
    for (std::uint64_t at = 0;;) {
        auto const count = TRY(file.read_at(buffers, at));
        if (count == 0) return sum.digest();
        sum.add(base::View{block}.first(count));
        at += count;
    }
}

// One record, written after another into the same sum.
class Records {
public:
    Records(Sha256& sum, vfs::Directory& root) : sum_{sum}, root_{root} {}

    base::Result<void> add(std::string const& path) {
        auto const type = TRY(root_.stat(path, Follow::No)).type;
        if (type == FileType::Directory) return add_directory(path);
        if (type == FileType::SymbolicLink) return add_link(path);
        return add_file(path);
    }

private:
    base::Result<void> add_directory(std::string const& path) {
        put(path, Record::Directory, [](auto& writer) { writer.simple(base::cbor::simple_null); });
        return {};
    }

    base::Result<void> add_link(std::string const& path) {
        auto const target = TRY(root_.read_link(path));
        put(path, Record::Link, [&](auto& writer) { writer.text(target); });
        return {};
    }

    base::Result<void> add_file(std::string const& path) {
        auto const digest = TRY(file_digest(root_, path));
        put(path, Record::File, [&](auto& writer) { writer.bytes(digest); });
        return {};
    }

    template <class Value> void put(std::string const& path, Record record, Value&& value) {
        sum_.add(base::cbor::encoded([&](base::cbor::Writer& writer) {
            writer.array(3);
            writer.text(path);
            writer.unsigned_number(static_cast<std::uint64_t>(record));
            value(writer);
        }));
    }

    Sha256& sum_;
    vfs::Directory& root_;
};

} // namespace

base::Result<protocol::evidence::Digest>
workload_digest(base::View application, vfs::Directory* package) {
    auto const alone = crypto::sha256(application);
    if (package == nullptr) return alone;
    Sha256 sum;
    sum.add(base::view_of(purpose)).add(alone);
    Records records{sum, *package};
    for (auto const& path : TRY(Paths{*package}.in_order())) TRY(records.add(path));
    return sum.digest();
}

os::OrFailure<Digests>
digests(Application const& application, PlannedStart const& start, Mounts& mounts) {
    std::unique_ptr<vfs::Directory> package;
    if (start.has_directory_of(package::Source::Package)) package = TRY(mounts.open_package());
    auto const workload = workload_digest(application.file.view(), package.get());
    if (!workload)
        return std::unexpected(
            os::Failure{
                .name = "directory-unavailable",
                .text =
                    "the package has no digest: " + std::string{os::description(workload.error())}
            }
        );
    return Digests{.workload = *workload, .configuration = start.digest()};
}

std::string digests_text(Digests const& digests) {
    return "workload " + base::hex(digests.workload) + "\nconfiguration " +
           base::hex(digests.configuration) + '\n';
}

} // namespace exec
