#pragma once

// Makes a plan region by region, as every kind of Keep has them. Which come, in which order, whose
// they are and what is measured of them, each kind says for itself.

#include "host/vmm/plan/plan.hpp"

namespace host::vmm {

class PlanMaker {
public:
    using Type = std::optional<hw::snp::PageType>;

    // Refuses what no plan has room for.
    static os::OrFailure<PlanMaker> begin(ImageSizes const& sizes, Wishes const& wishes);

    // At fixed addresses, below files_address.
    void add(Region const& region) { plan_.regions_.push_back(region); }
    void image(Holder holder, Type of_memory); // its memory behind what the file holds
    void boot_block(Type type);
    void strings(Type type);

    // From files_address on, each behind the one before.
    void blocks(std::uint64_t size); // further host-call blocks, where their places are fixed
    void program(Type type);         // and its hash tree, which is no part of a measurement
    void open_memory(Holder holder); // page tables, vCPU areas and blocks that the host must see
    void files(Holder holder);
    os::OrFailure<void> free_memory(Holder holder);

    Plan finish() &&;

private:
    PlanMaker(ImageSizes const& sizes, Wishes const& wishes) : sizes_{sizes}, wishes_{wishes} {}
    // A region for so many bytes at `next_`.
    std::uint64_t append(Region region);

    ImageSizes const& sizes_;
    Wishes const& wishes_;
    Plan plan_;
    std::uint64_t next_ = protocol::launch::files_address;
};

} // namespace host::vmm
