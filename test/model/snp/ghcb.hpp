// The GHCB's page (AMD 56421, 2.6): in memory that guest and host share, so taken once and then
// used.
#pragma once
#include "base/pages.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace model::kvm {
class Memory;
} // namespace model::kvm

namespace model::snp {

enum Field : std::uint16_t {
    Cpl = 0x0cb,
    Xss = 0x140,
    Dr7 = 0x160,
    Rax = 0x1f8,
    Rcx = 0x308,
    Rdx = 0x310,
    Rbx = 0x318,
    ExitCode = 0x390,
    ExitInfo1 = 0x398,
    ExitInfo2 = 0x3a0,
    Scratch = 0x3a8,
    Xcr0 = 0x3e8
};
constexpr std::size_t buffer_begin = 0x800;
constexpr std::size_t buffer_end = 0xff0;

/// Why the host could not do as asked (exit info 1 is 2, this is exit info 2).
enum class Malformed : std::uint8_t {
    NotRegistered = 1,
    Usage = 2,
    ScratchArea = 3,
    MissingInput = 4,
    InvalidInput = 5,
    InvalidEvent = 6
};

/// A guest's request, and the way to answer it, even after user space was asked.
class Ghcb {
public:
    /// Copies the page and clears what it says is valid. The page is `at`, guest-physical.
    Ghcb(kvm::Memory& memory, std::uint64_t at);

    bool there() const { return there_; }
    bool valid(Field) const;
    std::uint64_t operator[](Field) const;
    std::uint16_t usage() const;

    void answer(Field, std::uint64_t value) const;
    void succeed(std::uint64_t info2) const;
    void refuse(Malformed) const;
    /// The guest gets #GP where it stands.
    void raise_protection_fault() const;

    /// The scratch area, which version 2 wants in the page's own buffer: `size` bytes of it, or
    /// null.
    std::byte* scratch(std::size_t size) const;

private:
    std::byte* page() const;
    kvm::Memory* memory_;
    std::uint64_t at_;
    bool there_;
    std::array<std::byte, page_size> copy_{};
};

} // namespace model::snp
