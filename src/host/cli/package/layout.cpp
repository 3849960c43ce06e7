#include "host/cli/package/layout.hpp"

#include "package/oci/manifest.hpp"
#include "package/tar/writer.hpp"

namespace host::cli {

namespace {

std::string blob_path(std::string const& digest) {
    return "blobs/sha256/" + digest.substr(digest.find(':') + 1);
}

std::string index_of(std::string const& digest, std::size_t size) {
    return R"({"schemaVersion":2,"mediaType":")" + std::string{package::oci::index_type} +
           R"(","manifests":[{"mediaType":")" + std::string{package::oci::manifest_type} +
           R"(","digest":")" + digest + R"(","size":)" + std::to_string(size) +
           R"(,"artifactType":")" + std::string{package::oci::package_type} + R"("}]})";
}

std::vector<std::byte> header(std::string const& path, std::uint64_t size) {
    return package::tar::header(
        {.path = path, .type = package::tar::Type::File, .size = size, .target = {}}
    );
}

} // namespace

base::Result<void> LayoutWriter::blob_header(std::string const& digest, std::uint64_t size) {
    auto const bytes = header(blob_path(digest), size);
    TRY(file_.write_at(at_, bytes));
    at_ += bytes.size();
    return {};
}

void LayoutWriter::skip(std::uint64_t size) { at_ += size + package::tar::padding(size); }

base::Result<void> LayoutWriter::add(std::string const& path, base::View contents) {
    auto bytes = header(path, contents.size());
    bytes.insert(bytes.end(), contents.begin(), contents.end());
    bytes.resize(bytes.size() + package::tar::padding(contents.size()));
    TRY(file_.write_at(at_, bytes));
    at_ += bytes.size();
    return {};
}

base::Result<void> LayoutWriter::end(base::View config, base::View manifest) {
    auto const digest = package::oci::digest_of(manifest);
    TRY(add(blob_path(package::oci::digest_of(config)), config));
    TRY(add(blob_path(digest), manifest));
    TRY(add("index.json", base::view_of(index_of(digest, manifest.size()))));
    TRY(add("oci-layout", base::view_of(R"({"imageLayoutVersion":"1.0.0"})")));
    std::vector<std::byte> const zeros(package::tar::end_size);
    return file_.write_at(at_, zeros);
}

} // namespace host::cli
