// Whole pages of memory that other processes may share: a memfd and its mapping.
#pragma once
#include "base/descriptor.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sys/mman.h>

namespace model {

constexpr std::uint64_t page_size = 4096;
constexpr std::uint64_t page_of(std::uint64_t address) { return address & ~(page_size - 1); }

class Pages {
public:
    Pages() = default;
    /// Zeros. Empty where the system has none left.
    static Pages create(char const* name, std::size_t size) {
        Descriptor file{::memfd_create(name, MFD_CLOEXEC)};
        if (!file || ::ftruncate(file.number(), static_cast<off_t>(size)) != 0) return {};
        void* const at = ::mmap(
            nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file.number(), 0
        );
        if (at == MAP_FAILED) return {};
        return {std::move(file), static_cast<std::byte*>(at), size};
    }
    Pages(Pages&& other) noexcept
        : file_{std::move(other.file_)},
          at_{std::exchange(other.at_, nullptr)},
          size_{std::exchange(other.size_, 0)} {}
    Pages& operator=(Pages&& other) noexcept {
        std::swap(file_, other.file_);
        std::swap(at_, other.at_);
        std::swap(size_, other.size_);
        return *this;
    }
    Pages(Pages const&) = delete;
    Pages& operator=(Pages const&) = delete;
    ~Pages() {
        if (at_ != nullptr) ::munmap(at_, size_);
    }
    explicit operator bool() const { return at_ != nullptr; }
    std::span<std::byte> bytes() const { return {at_, size_}; }
    std::byte* page(std::uint64_t offset) const { return at_ + page_of(offset); }
    int file() const { return file_.number(); }

private:
    Pages(Descriptor file, std::byte* at, std::size_t size)
        : file_{std::move(file)}, at_{at}, size_{size} {}
    Descriptor file_;
    std::byte* at_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace model
