// The Keep's own memory: each page is validated before its first use, made zero then, and rescinded
// before it goes back.
//
// A page that is validated twice may have two pages of the machine behind it, both good in the
// processor's eyes, and the host can change one for the other. So a page is validated a second time
// only after it was rescinded: the first one is then good for nothing. That each answer changes the
// state (CF = 0) proves both: what was to be validated was not, what was to be rescinded was. Which
// pages are the Keep's is known from the pool's own books, never from an answer.

#include "keep/shim/platform/machine.hpp"
#include "keep/shim/platform/snp/ghcb.hpp"

#include <cstring>

namespace shim {

namespace {

// APM volume 3, PVALIDATE: RAX is 0 if it was done, CF is 1 if the page was so already.
void set_validated(std::byte* at, bool validated) {
    auto rax = reinterpret_cast<std::uint64_t>(at);
    bool unchanged = true;
    asm volatile("pvalidate"
                 : "+a"(rax), "=@ccc"(unchanged)
                 : "c"(0), "d"(validated ? 1U : 0U)
                 : "memory");
    if (rax != 0 || unchanged) snp::end(protocol::launch::snp::Termination::Validation);
}

// CVE-2024-36331: a read of both ends drops what caches hold of the page from before. Where the
// processor has no need of it, two reads are cheaper than the question.
void drop_old_lines(std::byte const volatile* page) {
    static_cast<void>(page[0]);
    static_cast<void>(page[hw::page_size - 1]);
}

} // namespace

bool Machine::owns_memory() { return true; }

void Machine::accept(std::byte* at, std::uint64_t size) {
    for (std::uint64_t done = 0; done < size; done += hw::page_size) {
        set_validated(at + done, true);
        drop_old_lines(at + done);
        std::memset(at + done, 0, hw::page_size);
    }
}

void Machine::give_back(hw::PhysAddr at, std::uint64_t size) {
    for (std::uint64_t done = 0; done < size; done += hw::page_size)
        set_validated(physical(at + done), false);
}

} // namespace shim
