#pragma once

// One host call, copied out of the block and checked against its shape.

#include "base/result.hpp"
#include "host/vmm/server/handles.hpp"
#include "protocol/hostcall/block.hpp"
#include "protocol/hostcall/call.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace host::vmm {

class Request {
public:
    // Each word of the block is fetched once. NoSys: no such call; BadF, Proto: an argument is not
    // what the shape says.
    static base::Result<Request> fetch(std::span<std::byte> block, Handles& handles);

    protocol::hostcall::Call call() const { return call_; }
    std::uint64_t value(unsigned i) const { return words_[i]; }
    int number(unsigned i) const { return static_cast<int>(words_[i]); }
    int file(unsigned i) const { return open_[i]->number(); }
    Handles::Open const& open(unsigned i) const { return open_[i]; }
    std::span<std::byte> buffer(unsigned i) const { return buffers_[i]; }
    std::string const& text(unsigned i) const { return texts_[i]; }

private:
    Request() = default;
    base::Result<void> check(
        unsigned i,
        protocol::hostcall::Argument kind,
        std::span<std::byte> block,
        Handles const& handles
    );

    static constexpr std::size_t count = protocol::hostcall::max_arguments;

    protocol::hostcall::Call call_{};
    std::array<std::uint64_t, count> words_{};
    std::array<Handles::Open, count> open_;
    std::array<std::span<std::byte>, count> buffers_;
    std::array<std::string, count> texts_;
};

} // namespace host::vmm
