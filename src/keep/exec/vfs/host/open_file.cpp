#include "keep/exec/vfs/host/open_file.hpp"

#include "keep/exec/vfs/host/convert.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <climits>
#include <vector>

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace exec::vfs::host {

using base::Errno;

namespace {

// The buffers of one call as Linux wants them. Empty ones are left out, so that a call with many
// does not move nothing.
class Vectors {
public:
    template <class Buffers> explicit Vectors(Buffers buffers) {
        for (auto const buffer : buffers) {
            if (count_ == IOV_MAX) break; // what lies behind waits for the next call
            if (buffer.empty()) continue;
            total_ += buffer.size();
            // Safety: an iovec serves both directions; only reading ones come from writable memory.
            add({const_cast<std::byte*>(buffer.data()), buffer.size()});
        }
    }

    ::iovec const* data() const { return many_.empty() ? few_.data() : many_.data(); }
    int count() const { return static_cast<int>(count_); }

    // The host cannot have moved more than there is.
    Result<std::size_t> moved(::ssize_t answer) const {
        auto const bytes = static_cast<std::size_t>(TRY(os::check(answer)));
        if (bytes > total_) return std::unexpected(Errno::Proto);
        return bytes;
    }

private:
    void add(::iovec vector) {
        if (count_ == few_.size()) many_.assign(few_.begin(), few_.end());
        if (count_ >= few_.size())
            many_.push_back(vector);
        else
            few_[count_] = vector;
        ++count_;
    }

    std::array<::iovec, 8> few_;
    std::vector<::iovec> many_; // all of them, once few_ is too small
    std::size_t count_ = 0;
    std::size_t total_ = 0;
};

int linux_advice(Advice advice) {
    static constexpr std::array values{
        POSIX_FADV_NORMAL,
        POSIX_FADV_SEQUENTIAL,
        POSIX_FADV_RANDOM,
        POSIX_FADV_WILLNEED,
        POSIX_FADV_DONTNEED,
        POSIX_FADV_NOREUSE,
    };
    return values.at(static_cast<std::size_t>(advice));
}

} // namespace

Result<std::size_t> OpenFile::read_at(ReadBuffers out, std::uint64_t offset) {
    Vectors const to{out};
    return to.moved(os::retry([&] {
        return ::preadv(fd_.number(), to.data(), to.count(), static_cast<::off_t>(offset));
    }));
}

Result<std::size_t> OpenFile::write_at(WriteBuffers in, std::uint64_t offset) {
    Vectors const from{in};
    return from.moved(os::retry([&] {
        return ::pwritev(fd_.number(), from.data(), from.count(), static_cast<::off_t>(offset));
    }));
}

Result<File::Appended> OpenFile::append(WriteBuffers in) {
    Vectors const from{in};
    // -1: the call moves the descriptor's own offset behind what it wrote, which nobody else uses.
    auto const written = TRY(from.moved(os::retry([&] {
        return ::pwritev2(fd_.number(), from.data(), from.count(), -1, RWF_APPEND);
    })));
    auto const end = TRY(os::check(::lseek(fd_.number(), 0, SEEK_CUR)));
    return Appended{.written = written, .end = static_cast<std::uint64_t>(end)};
}

Result<Stat> OpenFile::stat() const {
    struct ::stat stat{};
    TRY(os::check(::fstat(fd_.number(), &stat)));
    return convert(stat);
}

Result<void> OpenFile::set_size(std::uint64_t size) {
    return os::done(::ftruncate(fd_.number(), static_cast<::off_t>(size)));
}

Result<void> OpenFile::set_times(Times times) {
    if (read_only_) return std::unexpected(Errno::RoFs);
    return os::done(::futimens(fd_.number(), convert(times).data()));
}

Result<void> OpenFile::allocate(std::uint64_t offset, std::uint64_t length) {
    return os::done(
        ::fallocate(fd_.number(), 0, static_cast<::off_t>(offset), static_cast<::off_t>(length))
    );
}

Result<void> OpenFile::advise(std::uint64_t offset, std::uint64_t length, Advice advice) {
    // This one answers the error instead of setting errno.
    auto const error = ::posix_fadvise(
        fd_.number(),
        static_cast<::off_t>(offset),
        static_cast<::off_t>(length),
        linux_advice(advice)
    );
    if (error != 0) return std::unexpected(Errno{error});
    return {};
}

Result<void> OpenFile::sync(bool data_only) {
    return os::done(data_only ? ::fdatasync(fd_.number()) : ::fsync(fd_.number()));
}

} // namespace exec::vfs::host
