// The calls of a small VMM for SNP guests: Linux's interface as its documents have it, an error
// ends the program.
#pragma once
#include "base/descriptor.hpp"
#include "base/pages.hpp"
#include "kvm/uapi.hpp"

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace model::vmm {

[[noreturn]] void give_up(std::string const& what);
/// ioctl(); gives up by name where it fails.
int control(int descriptor, unsigned long request, void* argument, char const* what);
int control(int descriptor, unsigned long request, unsigned long argument, char const* what);
std::vector<std::byte> file(std::string const& path);

/// A guest's memory: all private, with a shared half for what it gives away.
class Host {
public:
    /// `pages`: a file that gets what the launch takes, in order; empty: none. `certificates`: KVM
    /// is to ask for them.
    Host(std::uint64_t memory_size, std::string const& pages, bool certificates);
    int machine() const { return machine_.number(); }
    void sev(std::uint32_t command, void* data, char const* what);
    /// True: the firmware has corrected the page, which is to be given once more.
    bool update(std::uint64_t at, std::span<std::byte> pages, std::uint8_t type);
    /// What the host sees of the guest's memory where that is shared.
    std::span<std::byte> shared() const { return shared_.bytes(); }
    void set_private(std::uint64_t at, std::uint64_t size, bool wanted) const;

private:
    Descriptor system_;
    Descriptor firmware_;
    Descriptor machine_;
    Descriptor private_;
    Pages shared_;
    std::ofstream record_;
};

/// A processor, and what its guest does by exits.
class Processor {
public:
    Processor(Host const& host, int run_size, unsigned long id);
    int number() const { return descriptor_.number(); }
    kvm_run& run() const { return *run_; }

private:
    Descriptor descriptor_;
    kvm_run* run_;
};

} // namespace model::vmm
