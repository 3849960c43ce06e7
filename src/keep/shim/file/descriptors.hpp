#pragma once

// The program's descriptors: numbers that it sees, and what stands behind each.

#include "base/result.hpp"
#include "keep/shim/memory/growing.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace shim {

struct File {
    enum class Kind : std::uint8_t { Closed, Host, Memory };

    Kind kind = Kind::Closed;
    bool close_on_exec = false;
    // Host: nobody notices when the host closes it a little later.
    bool close_late : 1 = false;
    bool source : 1 = false;  // Host: a timer, or signals (sources.hpp)
    bool stream = false;      // Host: a stream socket, of one number only (host/batch.hpp)
    std::uint32_t handle = 0; // Host: the host's name for it
    std::uint32_t mode = 0;   // st_mode where the shim itself answers fstat, else 0
    std::uint32_t flags = 0;  // open flags, where `mode` is known
    std::uint64_t place = 0;  // Memory: physical address
    std::uint64_t size = 0;
    std::uint64_t position = 0;
    std::uint64_t room = 0;        // of a stream: bytes that can be sent late
    std::uint64_t quiet_until = 0; // ticks; the host said just now that nothing is there
    std::uint64_t opened = 0;      // which of all that were opened: a handle can come again

    bool same(File const& other) const {
        return kind == other.kind && handle == other.handle && place == other.place &&
               opened == other.opened;
    }
};

class Descriptors {
public:
    static constexpr std::size_t max_files = 8192;

    explicit Descriptors(std::span<File, max_files> files) : files_{files} {}

    // A copy: while a call waits for the host, another thread may close the number and open another
    // file by it. The call goes on with the one that it began with.
    base::Result<File> find(std::uint64_t number) const {
        if (number >= limit_ || files_[number].kind == File::Kind::Closed)
            return std::unexpected(base::Errno::BadF);
        return files_[number];
    }

    // The same of the host's files only; `otherwise`: it is the shim's.
    base::Result<File> host(std::uint64_t number, base::Errno otherwise) const {
        auto const file = TRY(find(number));
        if (file.kind != File::Kind::Host) return std::unexpected(otherwise);
        return file;
    }

    // change(file) of what stands behind the number, unless that is not `file` any more.
    template <class Change> void change(std::uint64_t number, File const& file, Change change) {
        if (number < limit_ && files_[number].same(file)) change(files_[number]);
    }

    // Whether any number still stands for it; if none does, its handle may be another file's.
    bool open(File const& file) const {
        return std::ranges::any_of(files_.first(limit_), [&](File const& other) {
            return other.same(file);
        });
    }

    std::uint64_t count_opened() { return ++opened_; }

    // The lowest free number that is not below `from`.
    base::Result<std::uint64_t> add(File const& file, std::uint64_t from = 0) {
        for (auto i = from; i < max_files; ++i) {
            if (i < limit_ && files_[i].kind != File::Kind::Closed) continue;
            put(i, file);
            return i;
        }
        return std::unexpected(base::Errno::MFile);
    }

    void put(std::uint64_t number, File const& file) {
        if (number >= limit_) limit_ = number + 1;
        files_.reach(limit_);
        files_[number] = file;
    }

    void remove(std::uint64_t number) { files_[number] = {}; }

    bool handle_in_use(std::uint32_t handle) const {
        for (auto const& file : files_.first(limit_))
            if (file.kind == File::Kind::Host && file.handle == handle) return true;
        return false;
    }

private:
    Growing<File, max_files> files_;
    std::size_t limit_ = 0; // no file at or above
    std::uint64_t opened_ = 0;
};

} // namespace shim
