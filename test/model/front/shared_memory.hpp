// Memory of the target that the model shares with it: what a virtual machine's slot names.
#pragma once
#include "base/pages.hpp"
#include "front/listener.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace model::front {

/// A range of the target's addresses, seen at one range of the model's.
class SharedMemory {
public:
    /// Maps what the target has there: files that it shares are shared, everything else is copied
    /// into a file of the model that takes its place in the target, by mmap() calls that the
    /// stopped thread of `call` is made to do. Null: could not be.
    static std::shared_ptr<SharedMemory>
    create(Listener const&, Call const&, std::uint64_t at, std::size_t size);
    SharedMemory(SharedMemory const&) = delete;
    SharedMemory& operator=(SharedMemory const&) = delete;
    ~SharedMemory();

    /// Null where the target has nothing, or nothing that may be written.
    std::byte* page(std::uint64_t offset, bool to_write) const;
    /// The call has been answered on the way, as the borrowed thread got its outcome. True once.
    bool take_answered() { return std::exchange(answered_, false); }
    /// Where it is in the target.
    std::uint64_t from() const { return from_; }
    /// The target gives this range back (MADV_DONTNEED): where its memory is the model's file it
    /// becomes zero. True: all was.
    static bool discard(pid_t thread, std::uint64_t at, std::size_t size);

private:
    SharedMemory(std::uint64_t from, std::byte* bytes, std::size_t size)
        : from_{from}, bytes_{bytes}, size_{size} {}
    std::uint64_t from_;
    std::byte* bytes_;
    std::size_t size_;
    bool answered_ = false;
    struct Part {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
        bool writable = false;
    };
    std::vector<Part> parts_;
};

} // namespace model::front
