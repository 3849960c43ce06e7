#include "host/vmm/server/refusal.hpp"

#include <fmt/format.h>

namespace host::vmm {

using protocol::hostcall::EndReason;
using protocol::hostcall::whole_program;

namespace {

os::Failure program_changed(std::uint64_t page) {
    return {
        .name = "program-changed",
        .text = page == whole_program
                    ? "the program has another size than the one that the shim's image names"
                    : fmt::format(
                          "page {} of the program, or the hash tree above it, is not what the "
                          "shim's image names",
                          page
                      )
    };
}

} // namespace

std::optional<os::Failure> refusal(Request const& exit) {
    constexpr unsigned reason = 2; // words of an Exit, protocol/hostcall/call.hpp
    constexpr unsigned detail = 3;
    switch (static_cast<EndReason>(exit.value(reason))) {
    case EndReason::ProgramChanged:
        return program_changed(exit.value(detail));
    case EndReason::GaveUp:
        return os::Failure{
            .name = "shim-gave-up",
            .text = fmt::format(
                "the Keep's shim does not go on ({:#x}); its own words stand above",
                exit.value(detail)
            )
        };
    case EndReason::None:
        break;
    }
    return {}; // whatever number else a Keep may have sent
}

} // namespace host::vmm
