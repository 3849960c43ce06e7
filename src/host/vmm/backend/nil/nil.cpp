#include "host/vmm/backend/nil/nil.hpp"

#include "host/vmm/launch/block.hpp"
#include "host/vmm/launch/parts.hpp"
#include "os/check.hpp"
#include "os/failure.hpp"
#include "os/standard_streams.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace host::vmm {

namespace {

using protocol::launch::Item;
using protocol::launch::Kind;

constexpr int first_free = protocol::launch::block_descriptor + 1;

os::Failure failed(std::string_view what, base::Errno error) {
    return {"launch-failed", std::string{what} + ": " + std::string{os::description(error)}};
}

// Copies that execve() leaves open, none of them at the block's number. All else is closed by then.
base::Result<std::vector<Item>> inherited(std::vector<Item> items) {
    for (auto& item : items)
        if (item.descriptor >= 0)
            item.descriptor = TRY(os::check(::fcntl(item.descriptor, F_DUPFD, first_free)));
    return items;
}

// What ps and top show beside "enarx".
std::string name_of(std::vector<Item> const& items) {
    auto const module = std::ranges::find(items, Kind::Module, &Item::kind);
    return module == items.end() ? std::string{} : std::string{module->text};
}

// Of memory that is written to: what an engine merely reserves does not count (setrlimit(2)).
base::Result<void> hold_to(std::uint64_t memory) {
    rlimit limit{};
    TRY(os::done(::getrlimit(RLIMIT_DATA, &limit)));
    limit.rlim_max = std::min<rlim_t>(limit.rlim_max, memory);
    limit.rlim_cur = limit.rlim_max;
    return os::done(::setrlimit(RLIMIT_DATA, &limit));
}

} // namespace

Report probe_nil(Machine const& machine) {
    (void)machine; // needs nothing of it
    return {};
}

os::Failure launch_nil(LaunchOrder const& order) {
    auto const exec = find_part("exec");
    if (!exec) return exec.error();
    os::close_inherited();
    auto const items = inherited(order.items());
    if (!items) return failed("a descriptor cannot be handed to exec", items.error());
    auto const block = sealed_block(*items);
    if (!block) return block.error();
    // dup2 would leave close-on-exec set where the block has the right number already.
    bool const there = block->number() == protocol::launch::block_descriptor;
    auto const moved = os::check(
        there ? ::fcntl(block->number(), F_SETFD, 0)
              : ::dup2(block->number(), protocol::launch::block_descriptor)
    );
    if (!moved) return failed("the launch block cannot be handed to exec", moved.error());
    if (order.keep.memory_limit) {
        auto const held = hold_to(*order.keep.memory_limit);
        if (!held) return failed("its memory cannot be limited", held.error());
    }
    std::string program = "enarx-exec";
    std::string name = name_of(*items);
    std::array<char*, 3> argv{program.data(), name.data(), nullptr};
    ::execve(exec->c_str(), argv.data(), environ);
    return failed("'" + *exec + "' cannot be started", os::last_error());
}

} // namespace host::vmm
