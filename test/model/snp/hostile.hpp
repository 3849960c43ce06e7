// A host that lies: TEE_MODEL_HOSTILE is a list, divided by commas, of what it does when. Each is
// something that a real host can.
//
// At an entry into the guest:
// - `inject:VECTOR[:CODE]@ENTRY`: an event that nobody raised.
// - `unvalidate:ADDRESS@ENTRY`: another page in a private one's place, assigned, not validated.
// - `save:ADDRESS@ENTRY`: keeps a private page's ciphertext.
// - `replay:ADDRESS@ENTRY`: puts it back, which leaves the page not validated.
// - `swap:ADDRESS:ADDRESS@ENTRY`: two pages in each other's place; the reverse map knows.
// - `remap:ADDRESS:ADDRESS@ENTRY`: the second page in the first one's place, too.
// - `share:ADDRESS@ENTRY`: the page's attribute says that it is shared, not private.
// - `shared:ADDRESS:VALUE@ENTRY`: 8 bytes of shared memory.
// - `run:CPU[:MS]@ENTRY`: a processor runs, so many (20) milliseconds at most, though user space
// has
//   not called KVM_RUN; what it leaves for is lost.
// - `hold:CPU@ENTRY-ENTRY`: this processor is not entered while the count of entries is in there.
// - `show:ADDRESS@ENTRY`: tells on stderr what the host sees of a private page, its ciphertext.
// - `counter:PERCENT@ENTRY-ENTRY`: RDTSC goes at this pace, unless the guest has Secure TSC.
// - `process@ENTRY`: the memory of the process that runs the guest, into TEE_MODEL_VIEW's file.
//
// At a request of the guest by its GHCB:
// - `answer:FIELD:VALUE@EVENT`: VALUE at FIELD of the GHCB in an answer.
// - `poke:OFFSET:VALUE@EVENT`: 8 bytes of the GHCB's page once it is answered.
// - `silent@EVENT`: no answer is written.
// - `msr:VALUE@EVENT`: the GHCB MSR's answer.
// - `deaf@*`: whoever asks for the end by the MSR is let go on.
// - `exits@*`: after what KVM answers by itself, a fault for a fresh page or a request, the guest
// is
//   entered anew, and the count of entries has it.
//
// At a load of the guest:
// - `read:ADDRESS:VALUE@LOAD`: what it finds in 8 bytes of shared memory, whatever is there.
//
// At a guest message's answer:
// - `message-replay@MESSAGE`: the answer before it. `message-cut`: a shorter one. `message-number`:
//   another sequence number. `message-flip`: a wrong bit. `message-poke:OFFSET:VALUE`: 8 other
//   bytes, of its header, say. `message-foreign`: one for another guest.
//   `message-lose`: none, though all is said to be well. `message-swallow`: none, and "busy",
//   though the firmware has had it. `message-error:STATUS`: the firmware's word.
//
// At a PVALIDATE, which is the processor's own: what a guest does not believe, it need not know
// from whom it is.
// - `pvalidate:STATUS:CARRY@PVALIDATE`: nothing is done, and RAX and CF say this.
//
// At the launch, without `@`:
// - `hide:LEAF:SUBLEAF:REGISTER:BITS`, `invent:LEAF:SUBLEAF:REGISTER:BITS`: bits of the CPUID page
//   cleared or set before the firmware sees it; REGISTER is 0 to 3 for EAX to EDX. `invent-once`:
//   in the first page that is given, not in one that the firmware has corrected.
// - `type:ADDRESS:TYPE`: a page is launched as one of another type.
// - `features:BITS`: more SEV_FEATURES in each VMSA than the guest's owner has asked for.
//
// ENTRY counts entries into guests that are launched, EVENT what they ask by GHCB pages (for `msr`
// by its MSR), LOAD loads of a byte of that word, MESSAGE guest messages, PVALIDATE those
// instructions, all from 1. `N-M` is each from N to M, `*` is each; `/CPU` behind it counts that
// processor's alone. Numbers are as in C.
//
// TEE_MODEL_CONTROL names a file that may come to be while the guest runs: it holds such a list, in
// which `@now` is the next of what is counted. It is removed when it has been read.
#pragma once
#include "engine/cpu.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
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

    /// Before each entry of a guest that has been launched.
    void at_entry(Guest&, kvm::Vcpu&);
    /// Whether this processor is not to be entered now.
    bool holds(kvm::Vcpu const&) const;
    /// What this processor's counter shows.
    std::uint64_t counter(kvm::Vcpu const&, std::uint64_t honest) const;

    /// A request by a GHCB's page begins.
    void next_event(kvm::Vcpu const&);
    /// A GHCB's answer is about to be seen: what `field` holds then; null: what it held before.
    std::optional<std::uint64_t> answer(std::uint16_t field, std::uint64_t honest) const;
    /// It has been answered.
    void answered(std::span<std::byte> page) const;
    std::uint64_t msr(kvm::Vcpu const&, std::uint64_t honest);
    /// Whether a guest that asks for its end is not heard.
    bool deaf() const;
    /// What KVM answers by itself has been answered: the guest leaves, where that is to count.
    void answered_by_kernel() const;

    /// Whether loads of this page are to be asked for.
    bool watches(std::uint64_t page) const;
    /// What a load at `address` finds.
    void loaded(kvm::Vcpu const&, std::uint64_t address, std::span<std::byte> found);

    /// A PVALIDATE: what it says without doing anything, if it does not what it should.
    struct Said {
        std::uint64_t status;
        bool carry;
    };
    std::optional<Said> validates(kvm::Vcpu const&);

    /// A message's answer, and what is said of it; false: it is not put where the guest looks.
    bool message(std::span<std::byte> answer, std::uint64_t& result);

    void cpuid_page(std::span<std::byte> page);
    std::uint8_t page_type(std::uint64_t address, std::uint8_t honest) const;
    std::uint64_t features(std::uint64_t honest) const;

private:
    struct Count {
        std::uint64_t all = 0;
        std::map<std::uint32_t, std::uint64_t> each;
        void next(std::uint32_t cpu);
    };
    struct Deed {
        std::string what;
        std::vector<std::uint64_t> numbers;
        std::uint64_t first = 0;
        std::uint64_t last = ~0ULL;
        std::optional<std::uint32_t> cpu;
        bool now = false;
        bool due(Count const& count, std::uint32_t of) const;
    };
    static std::optional<Deed> deed(std::string_view text);
    static bool when(Deed&, std::string_view text);
    Count const& counted_by(Deed const&);
    void take_control_file();
    void carry_out(Deed const&, Guest&, kvm::Vcpu&);
    void change_memory(Deed const&, Guest&);
    Deed const* due(std::string_view what, Count const&, std::uint32_t cpu) const;
    bool spoil(std::string_view how, Deed const&, std::span<std::byte> answer, std::uint64_t&);

    std::vector<Deed> deeds_;
    Count entries_;
    Count events_;
    Count msr_events_;
    Count messages_;
    Count validations_;
    bool gave_cpuid_page_ = false;
    std::map<std::uint64_t, Count> loads_; // of each byte
    std::uint32_t asking_ = 0;             // the processor of the event
    std::map<std::uint64_t, std::vector<std::byte>> saved_;
    std::vector<std::byte> last_answer_;
};

} // namespace model::snp
