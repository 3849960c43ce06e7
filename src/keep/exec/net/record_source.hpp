#pragma once

// Cuts what the application sends into pieces for TLS records, and gathers small buffers so that
// they share one.

#include <array>
#include <cstddef>
#include <span>

namespace exec::net {

inline constexpr std::size_t record_size = std::size_t{16} << 10; // RFC 8446 5.1

class RecordSource {
public:
    explicit RecordSource(std::span<std::span<std::byte const> const> buffers) : rest_{buffers} {
        skip_empty();
    }

    bool done() const { return rest_.empty(); }

    // The next bytes, at most `records` full records; valid until the next call.
    std::span<std::byte const> next(std::size_t records);

private:
    std::span<std::byte const> take(std::size_t limit);
    void skip_empty();

    std::span<std::span<std::byte const> const> rest_;
    std::size_t used_ = 0;                        // of the first of rest_
    std::array<std::byte, record_size> gathered_; // not initialised before it is used
};

} // namespace exec::net
