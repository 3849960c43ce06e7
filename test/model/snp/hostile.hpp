// A host that lies: TEE_MODEL_HOSTILE is a list, divided by commas, of what it does when. Each is
// something that a real host can.
//
// - `inject:VECTOR[:CODE]@ENTRY`: an event that nobody raised.
// - `unvalidate:ADDRESS@ENTRY`: another page in a private one's place, assigned, not validated.
// - `show:ADDRESS@ENTRY`: tells on stderr what the host sees of a private page, its ciphertext.
// - `save:ADDRESS@ENTRY`: keeps that ciphertext.
// - `replay:ADDRESS@ENTRY`: puts it back, which leaves the page not validated.
// - `swap:ADDRESS:ADDRESS@ENTRY`: two pages in each other's place; the reverse map knows.
// - `answer:FIELD:VALUE@EVENT`: VALUE at FIELD of the GHCB in an answer.
// - `msr:VALUE@EVENT`: the GHCB MSR's answer.
// - `shared:ADDRESS:VALUE@ENTRY`: 8 bytes of shared memory.
//
// ENTRY counts entries into the guest, EVENT what it asks by its GHCB (for `msr` by the MSR), both
// from 1; `*` is each. Numbers are as in C.
#pragma once
#include "engine/cpu.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace model::kvm {
class Vcpu;
} // namespace model::kvm

namespace model::snp {

class Guest;

class Hostile {
public:
    /// What the environment says; empty if it says nothing. A word that is none of these ends the
    /// program.
    static Hostile& own();
    static std::optional<Hostile> parse(std::string_view text);

    bool empty() const { return deeds_.empty(); }
    /// Before each entry of a guest that has been launched.
    void at_entry(Guest&, kvm::Vcpu&);
    /// A GHCB's answer is about to be seen: what `field` holds then.
    std::uint64_t answer(std::uint16_t field, std::uint64_t honest) const;
    void next_event() { ++events_; }
    std::uint64_t msr(std::uint64_t honest);

private:
    struct Deed {
        std::string what;
        std::vector<std::uint64_t> numbers;
        std::uint64_t when = 0; // 0: each time
        bool due(std::uint64_t now) const { return when == 0 || when == now; }
    };
    static std::optional<Deed> deed(std::string_view text);
    void carry_out(Deed const&, Guest&, kvm::Vcpu&);

    std::vector<Deed> deeds_;
    std::uint64_t entries_ = 0;
    std::uint64_t events_ = 0;
    std::uint64_t msr_events_ = 0;
    std::map<std::uint64_t, std::vector<std::byte>> saved_;
};

} // namespace model::snp
