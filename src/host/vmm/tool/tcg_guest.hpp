#pragma once

// A machine of QEMU's TCG whose memory is a file that this process maps, too.

#include "host/vmm/plan/plan.hpp"
#include "os/fd.hpp"

#include <mutex>
#include <span>
#include <string>

#include <sys/types.h>

namespace tcg {

inline constexpr std::uint64_t ram_size = 768ULL << 20;
inline constexpr unsigned most_cpus = 8;
inline constexpr int cannot = 125; // this program's own exit status

class Guest {
public:
    Guest() = default;
    Guest(Guest const&) = delete;
    Guest(Guest&&) = delete;
    Guest& operator=(Guest const&) = delete;
    Guest& operator=(Guest&&) = delete;
    ~Guest() { kill(); }

    bool make_memory();
    std::span<std::byte> ram() const { return ram_; }
    // Runs the image `shim` on so many vCPUs, of which all but the first wait for begin().
    void start(std::string const& shim, unsigned cpus);
    bool ended(); // QEMU has, of itself
    void kill();

    void begin(unsigned cpu, std::uint64_t root);
    void kick(unsigned cpu);

private:
    std::span<std::byte> ram_;
    os::Fd file_;
    pid_t qemu_ = -1;
    std::mutex mutex_; // of what follows
    os::Fd test_protocol_;
};

} // namespace tcg
