#include "host/cli/run/keep_options.hpp"

#include "host/cli/run/cache.hpp"

namespace host::cli {

void add_keep_options(std::vector<Option>& options, GivenKeep& given) {
    options.push_back(
        {.name = "--shim",
         .value = "WAY",
         .help = "How a KVM Keep's shim runs: kvm (in ring 0), or deprivileged, where the host "
                 "emulates ring 0; without this option the one that suits the host.",
         .target = &given.shim,
         .choices = {"kvm", "deprivileged"}}
    );
    options.push_back(
        {.name = "--memory",
         .value = "KIND",
         .help = "A KVM Keep's memory: sealed, where other programs of this host, its "
                 "administrator's too, do not find it (its kernel still can), or plain. Default: "
                 "sealed where the host offers it.",
         .target = &given.memory,
         .choices = {"sealed", "plain"}}
    );
}

vmm::KeepWish keep_wish(GivenKeep const& given) {
    vmm::KeepWish wish{.shim = given.shim};
    wish.measured = []() -> std::optional<os::Folder> {
        auto cache = open_cache("measurements");
        if (!cache) return {};
        return std::move(cache->folder);
    };
    if (given.memory)
        wish.memory = *given.memory == "sealed" ? vmm::MemoryKind::Sealed : vmm::MemoryKind::Plain;
    return wish;
}

} // namespace host::cli
