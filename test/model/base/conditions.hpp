// What this machine is short of: TEE_MODEL_HOST is a list, divided by commas. None of it is a lie
// of the host; each is a host that somebody will meet.
//
// - `no-kvm`, `kvm-denied`, `no-sev`, `sev-denied`: the device is not there, or not for everybody.
// - `no-snp`: KVM knows no SNP guests, as where the firmware's setup has not reserved the reverse
// map.
// - `kernel:6.12`: the interface of that kernel; 7.3 where nothing is said.
// - `firmware:1.51`: the ABI that the firmware says it has; 1.55 where nothing is said.
// - `guests:N`: so many SNP guests at once, then INIT2 has no ASID.
// - `memory:PAGES`: so many private pages in all, then the host has none left.
// - `smt`: threads share a core, which a policy may forbid.
// - `start:STATUS`, `update:STATUS`, `finish:STATUS`: the firmware ends this command so.
// - `cpuid:refused`: no CPUID page is good enough. `cpuid:half`: what is corrected is corrected in
//   part only, so that a second try fails, too.
// - `masked-key`, `masked-chip`: reports are not signed, or do not name the chip.
// - `vlek`: reports are signed by the provider's key, but for who asks for the chip's.
// - `tcb:SNP`: reports are of a platform with this SVN of SNP firmware.
// - `busy:N`: the host answers the first N guest messages with "busy".
// - `no-secure-tsc`: no guest gets a counter of its own, as before Linux 6.18 and on a Milan.
// - `call:REQUEST:ERRNO[:N]`: the N-th ioctl of this number (0xaed4; each, without N) fails so.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace model {

class Conditions {
public:
    /// What the environment says. A word that is none of the above ends the program.
    static Conditions& own();
    static std::optional<Conditions> parse(std::string_view text);

    bool has(std::string_view word) const { return find(word) != nullptr; }
    /// The number behind this word, or the other one.
    std::uint64_t number(std::string_view word, std::uint64_t otherwise) const;
    /// The errno of an ioctl that fails; 0: it does not.
    int failing(std::uint32_t request);
    /// Linux 6.12 or older.
    bool old_kernel() const;
    /// Whether KVM gives guests a counter of their own.
    bool secure_tsc() const { return !old_kernel() && !has("no-secure-tsc"); }
    /// Takes one of `count` that this word allows in all; true where there is no such word.
    bool take(std::string_view word, std::uint64_t count = 1);
    void give_back(std::string_view word, std::uint64_t count = 1);

private:
    struct One {
        std::string word;
        std::vector<std::uint64_t> numbers;
        std::uint64_t used = 0;
    };
    static std::optional<One> one(std::string_view text);
    One const* find(std::string_view word) const;

    std::vector<One> all_;
};

} // namespace model
