#pragma once

// A Keep as the server sees it: a block into which a test writes one call after the other.

#include "host/vmm/server/server.hpp"

#include <array>
#include <cstring>
#include <string_view>
#include <vector>

namespace host::vmm {

class KeepForTests {
public:
    explicit KeepForTests(Network network = {}) : server{{.network = std::move(network)}} {}

    // Writes bytes behind those of the call's earlier arguments: the word that stands for them.
    std::uint64_t put(std::span<std::byte const> bytes) {
        auto const extent = protocol::hostcall::Extent::create(used_, bytes.size());
        std::memcpy(
            block_.data() + protocol::hostcall::data_offset + used_, bytes.data(), bytes.size()
        );
        used_ += bytes.size();
        return extent->encode();
    }
    std::uint64_t put(std::string_view text) { return put(std::as_bytes(std::span{text})); }
    template <class T> std::uint64_t put_value(T const& value) {
        return put(std::as_bytes(std::span{&value, 1}));
    }

    base::Result<std::uint64_t>
    call(protocol::hostcall::Call call, std::vector<std::uint64_t> const& words) {
        // Safety: a block is page-aligned and has room for its header.
        auto& header = *reinterpret_cast<protocol::hostcall::Header*>(block_.data());
        header.number = static_cast<std::uint64_t>(call);
        for (std::size_t i = 0; i < words.size(); ++i) header.arguments[i] = words[i];
        used_ = 0;
        auto const request = TRY(Request::fetch(block_, server.handles()));
        return server.serve(request);
    }

    // What the calls' buffers hold, the first one's first.
    std::span<std::byte const> data() const {
        return std::span{block_}.subspan(protocol::hostcall::data_offset);
    }

    Server server;

private:
    std::vector<std::byte> block_ = std::vector<std::byte>(protocol::hostcall::block_size);
    std::uint64_t used_ = 0;
};

} // namespace host::vmm
