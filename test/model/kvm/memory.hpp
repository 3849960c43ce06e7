// A virtual machine's memory: slots, which pages are private, and the private pages themselves.
#pragma once
#include "base/pages.hpp"
#include "front/shared_memory.hpp"
#include "kvm/call.hpp"
#include "kvm/uapi.hpp"
#include "snp/reverse_map.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace model::kvm {

/// Slots of a machine. Linux 7.3 has 32764, which nobody here needs.
constexpr std::uint32_t most_slots = 509;

/// Sets of page numbers, as ranges.
class PageSet {
public:
    void set(std::uint64_t begin, std::uint64_t end, bool in);
    bool contains(std::uint64_t page) const;

private:
    std::map<std::uint64_t, std::uint64_t> ranges_; // begin -> end
};

class Memory;

/// Private pages (guest_memfd). Only the model can see them; each has its entry in the reverse map.
class GuestMemory final : public TokenObject {
public:
    GuestMemory(std::uint64_t size, Memory const& owner);
    ~GuestMemory() override;
    Reply ioctl(Context&) override { return -ENOTTY; }
    std::optional<long> fallocate(int mode, std::uint64_t offset, std::uint64_t size) override;

    explicit operator bool() const { return static_cast<bool>(pages_); }
    /// Whose machine's it is; no other may have it.
    Memory const* owner() const { return owner_; }
    std::uint64_t size() const { return pages_.bytes().size(); }
    std::span<std::byte> page(std::uint64_t offset) const {
        return {pages_.page(offset), page_size};
    }
    snp::Entry& entry(std::uint64_t offset) { return entries_.at(offset / page_size); }
    /// The machine's address of its first byte: no other memory has it.
    std::uint64_t base() const { return base_; }
    /// The memory that has this address of the machine.
    static GuestMemory* of(std::uint64_t machine_address);

private:
    Memory const* owner_;
    Pages pages_;
    std::vector<snp::Entry> entries_;
    std::uint64_t base_;
};

struct Slot {
    std::uint32_t number = 0;
    std::uint32_t flags = 0;
    std::uint64_t at = 0; // guest-physical
    std::uint64_t size = 0;
    std::shared_ptr<front::SharedMemory> shared;
    std::shared_ptr<GuestMemory> guest;
    std::uint64_t guest_offset = 0;
};

class Memory {
public:
    std::vector<Slot> const& slots() const { return slots_; }
    /// Null where no slot is.
    Slot const* find(std::uint64_t guest_physical) const;
    bool is_private(std::uint64_t guest_physical) const {
        return private_.contains(guest_physical / page_size);
    }
    /// Bytes that the host and the guest share, or null.
    std::byte* shared_page(std::uint64_t guest_physical, bool to_write) const;
    /// 0 or -errno. `answered`: the call has had its answer on the way.
    long set_slot(Context&, UserMemoryRegion2 const&, bool& answered);
    void set_private(std::uint64_t begin, std::uint64_t end, bool wanted) {
        private_.set(begin / page_size, end / page_size, wanted);
    }
    /// Reads or writes shared memory across pages; false: some of it is none.
    bool read(std::uint64_t guest_physical, std::span<std::byte> to) const;
    bool write(std::uint64_t guest_physical, std::span<std::byte const> from) const;

private:
    std::vector<Slot> slots_;
    /// 0, or why this piece of private memory cannot be this slot's.
    long bind(Context&, UserMemoryRegion2 const&, Slot&) const;
    PageSet private_;
};

} // namespace model::kvm
