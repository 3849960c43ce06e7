#include "os/stream.hpp"

#include "os/check.hpp"
#include "os/poll.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <vector>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

namespace os {

namespace {

constexpr std::size_t most_buffers = 1024; // UIO_MAXIOV of linux/uio.h

// Few buffers, the usual case, cost no allocation.
class Vectors {
public:
    // `most` bytes together
    template <class Byte> Vectors(std::span<std::span<Byte> const> buffers, std::size_t most) {
        auto const count = std::min(buffers.size(), most_buffers);
        if (count > few_.size()) many_.resize(count);
        auto* const to = count > few_.size() ? many_.data() : few_.data();
        for (auto const buffer : buffers.first(count)) {
            if (most == 0) break;
            auto const length = std::min(buffer.size(), most);
            // Safety: writev does not write through iov_base.
            to[count_++] = {const_cast<std::byte*>(buffer.data()), length};
            most -= length;
        }
    }

    iovec const* data() const { return many_.empty() ? few_.data() : many_.data(); }
    int count() const { return static_cast<int>(count_); }

private:
    std::array<iovec, 8> few_;
    std::vector<iovec> many_;
    std::size_t count_ = 0;
};

} // namespace

base::Result<void> Stream::wait(short events, bool nonblocking) const {
    std::array set{pollfd{.fd = number_, .events = events, .revents = 0}};
    for (;;) {
        auto const ready = poll(set, nonblocking ? std::optional<std::uint64_t>{0} : std::nullopt);
        if (ready && *ready > 0) return {};
        if (ready && nonblocking) return std::unexpected(base::Errno::Again);
        if (!ready && ready.error() != base::Errno::Intr) return std::unexpected(ready.error());
    }
}

base::Result<std::size_t>
Stream::read(std::span<std::span<std::byte> const> out, bool nonblocking) const {
    Vectors const vectors{out, SSIZE_MAX};
    if (nonblocking) TRY(wait(POLLIN, true));
    for (;;) {
        auto const got =
            check(retry([&] { return ::readv(number_, vectors.data(), vectors.count()); }));
        if (got) return static_cast<std::size_t>(*got);
        if (got.error() != base::Errno::Again || nonblocking) return std::unexpected(got.error());
        TRY(wait(POLLIN, false));
    }
}

base::Result<std::size_t>
Stream::write(std::span<std::span<std::byte const> const> in, bool nonblocking) const {
    // A pipe that poll calls writable has room for PIPE_BUF bytes: more of them could block.
    Vectors const vectors{in, nonblocking ? std::size_t{PIPE_BUF} : std::size_t{SSIZE_MAX}};
    if (nonblocking) TRY(wait(POLLOUT, true));
    for (;;) {
        auto const put =
            check(retry([&] { return ::writev(number_, vectors.data(), vectors.count()); }));
        if (put) return static_cast<std::size_t>(*put);
        if (put.error() != base::Errno::Again || nonblocking) return std::unexpected(put.error());
        TRY(wait(POLLOUT, false));
    }
}

base::Result<std::uint64_t> Stream::seek(std::int64_t delta, Whence whence) const {
    constexpr std::array hows{SEEK_SET, SEEK_CUR, SEEK_END};
    auto const at = TRY(check(::lseek(number_, delta, hows.at(static_cast<std::size_t>(whence)))));
    return static_cast<std::uint64_t>(at);
}

base::Result<struct ::stat> Stream::stat() const {
    struct ::stat stat{};
    TRY(done(::fstat(number_, &stat)));
    return stat;
}

base::Result<Access> Stream::access() const {
    auto const mode = TRY(check(::fcntl(number_, F_GETFL))) & O_ACCMODE;
    return Access{.read = mode != O_WRONLY, .write = mode != O_RDONLY};
}

std::uint64_t Stream::readable_bytes() const {
    int count = 0;
    if (::ioctl(number_, FIONREAD, &count) != 0 || count < 0) return 0;
    return static_cast<std::uint64_t>(count);
}

bool Stream::terminal() const { return ::isatty(number_) == 1; }

} // namespace os
