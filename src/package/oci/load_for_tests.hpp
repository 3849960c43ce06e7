#pragma once

// A package in memory whose blobs a test changes, and what a Keep is handed of it.

#include "package/oci/load.hpp"

#include <algorithm>
#include <map>

namespace package::oci::testing {

using Bytes = std::vector<std::byte>;

inline Bytes copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

// Bytes of which no two neighbouring segments are the same.
inline Bytes counted(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = std::byte(i * 31 + (i >> 12));
    return out;
}

// A tree with one file, "large".
inline Bytes archive_of(base::View contents) {
    Bytes out = tar::header({.path = "large", .size = contents.size(), .target = {}});
    out.insert(out.end(), contents.begin(), contents.end());
    out.resize(out.size() + tar::padding(contents.size()) + tar::end_size);
    return out;
}

struct Store : Blobs {
    std::map<std::string, Bytes> blobs;
    std::string layer; // its digest
    std::size_t most_at_once = std::size_t{1} << 20;
    std::size_t largest_read = 0;

    std::string add(base::View bytes) {
        auto const digest = digest_of(bytes);
        blobs[digest] = copy(bytes);
        return digest;
    }
    Descriptor described(std::string_view type, base::View bytes) {
        return {.media_type = std::string{type}, .digest = add(bytes), .size = bytes.size()};
    }

    std::vector<std::byte>
    read(std::string const& digest, std::uint64_t offset, std::size_t most) override {
        auto const found = blobs.find(digest);
        if (found == blobs.end() || offset >= found->second.size()) return {};
        largest_read = std::max(largest_read, most);
        auto const size = std::min({most, most_at_once, found->second.size() - offset});
        return copy(base::View{found->second}.subspan(offset, size));
    }
};

// What was handed on.
struct Collect : tar::Sink {
    tar::Read<void> entry(tar::Entry const& entry) override {
        names.emplace_back(entry.path);
        return {};
    }
    tar::Read<void> contents(base::View piece) override {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
        return {};
    }
    std::vector<std::string> names;
    Bytes bytes;
};

// The failure's name, or "loaded".
inline std::string loaded(Store& store, base::View key, std::string const& digest, Collect& sink) {
    auto const result = load(digest, key, store, sink);
    return result ? "loaded" : std::string{result.error().name};
}

} // namespace package::oci::testing
