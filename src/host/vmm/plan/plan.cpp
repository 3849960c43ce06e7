#include "host/vmm/plan/plan.hpp"

#include "host/vmm/plan/maker.hpp"
#include "protocol/hostcall/batch.hpp"
#include "protocol/hostcall/block.hpp"

#include <algorithm>

namespace host::vmm {

namespace launch = protocol::launch;
using hw::snp::PageType;

namespace {

constexpr std::uint64_t touched = 64 << 10; // of the first block and page tables, by any program

} // namespace

// A KVM Keep's memory is the host's as well: none is private. Sealed is what the program has.
os::OrFailure<Plan> Plan::make(ImageSizes const& sizes, Wishes const& wishes) {
    bool const seals = wishes.memory == MemoryKind::Sealed;
    auto const programs = seals ? Holder::Sealed : Holder::Shared;
    auto maker = TRY(PlanMaker::begin(sizes, wishes));
    maker.image(Holder::Shared, PageType::Zero);
    maker.boot_block(PageType::Unmeasured);
    maker.strings(PageType::Normal);
    maker.add(
        {.name = "bytes along with calls",
         .begin = launch::batch_address,
         .end = launch::batch_address + protocol::hostcall::batch_size}
    );
    maker.add(
        {.name = "first host-call block",
         .begin = launch::block_address,
         .end = launch::block_address + protocol::hostcall::block_size,
         .used_at_once = touched}
    );
    maker.add(
        {.name = "first page tables",
         .begin = launch::table_address,
         .end = launch::files_address,
         .used_at_once = touched}
    );
    maker.program(PageType::Normal);
    if (seals) maker.open_memory(Holder::Shared);
    maker.files(programs);
    TRY(maker.free_memory(programs));
    return std::move(maker).finish();
}

bool Plan::sealed() const {
    return std::ranges::find(regions_, Holder::Sealed, &Region::holder) != regions_.end();
}

launch::Boot Plan::boot(Calibration const& time) const {
    auto boot = boot_;
    boot.tsc_khz = time.tsc_khz;
    boot.tsc = time.tsc;
    boot.monotonic_ns = time.monotonic_ns;
    boot.realtime_ns = time.realtime_ns;
    return boot;
}

} // namespace host::vmm
