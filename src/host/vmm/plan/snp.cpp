#include "host/vmm/plan/snp.hpp"

#include "host/vmm/plan/maker.hpp"
#include "hw/snp/vmsa.hpp"
#include "protocol/hostcall/batch.hpp"
#include "protocol/launch/snp.hpp"

#include <fmt/format.h>

namespace host::vmm {

namespace launch = protocol::launch;
namespace snp = launch::snp;
using hw::snp::PageType;

namespace {

void add_lowest(PlanMaker& maker) {
    maker.add(
        {.name = "secrets page",
         .begin = snp::secrets_address,
         .end = snp::cpuid_address,
         .holder = Holder::Private,
         .type = PageType::Secrets}
    );
    maker.add(
        {.name = "CPUID page",
         .begin = snp::cpuid_address,
         .end = snp::table_address,
         .holder = Holder::Private,
         .type = PageType::Cpuid,
         .contents = {.part = Part::Cpuid, .size = page_size}}
    );
    maker.add(
        {.name = "first page tables",
         .begin = snp::table_address,
         .end = launch::image_address,
         .holder = Holder::Private,
         .used_at_once = 64 << 10}
    );
}

void add_shared(PlanMaker& maker, std::uint32_t cpus) {
    maker.boot_block({});
    maker.strings({});
    maker.add(
        {.name = "bytes along with calls",
         .begin = launch::batch_address,
         .end = launch::batch_address + protocol::hostcall::batch_size}
    );
    maker.add(
        {.name = "first host-call block",
         .begin = launch::block_address,
         .end = launch::block_address + protocol::hostcall::block_size}
    );
    maker.add(
        {.name = "guest messages",
         .begin = snp::message_address,
         .end = snp::message_address + 2 * page_size}
    );
    maker.add({.name = "GHCBs", .begin = snp::ghcb_address, .end = snp::ghcb_of(cpus)});
    maker.blocks(snp::block_of(cpus) - launch::files_address);
}

void add_first_states(PlanMaker& maker, std::uint32_t cpus) {
    for (std::uint32_t cpu = 0; cpu < cpus; ++cpu)
        maker.add(
            {.name = "VMSA",
             .begin = hw::snp::vmsa_gpa,
             .end = hw::snp::vmsa_gpa + page_size,
             .holder = Holder::Processor,
             .type = PageType::Vmsa,
             .contents = {.part = Part::FirstState, .index = cpu, .size = page_size}}
        );
}

} // namespace

os::OrFailure<Plan> snp_plan(ImageSizes const& sizes, Wishes const& wishes) {
    auto const cpus = wishes.max_cpus;
    if (cpus == 0 || cpus > snp::most_cpus)
        return std::unexpected(
            os::Failure{
                .name = "keep-plan",
                .text =
                    fmt::format("{} vCPUs: an SEV-SNP Keep has from 1 to {}", cpus, snp::most_cpus),
                .hint = "each vCPU is a page of the measurement and a millisecond of the start"
            }
        );
    auto maker = TRY(PlanMaker::begin(sizes, wishes));
    add_lowest(maker);
    maker.image(Holder::Private, {});
    add_shared(maker, cpus);
    maker.program({});
    maker.files(Holder::Shared);
    TRY(maker.free_memory(Holder::Private));
    add_first_states(maker, cpus);
    return std::move(maker).finish();
}

} // namespace host::vmm
