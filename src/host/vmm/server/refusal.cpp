#include "host/vmm/server/refusal.hpp"

#include <fmt/format.h>

namespace host::vmm {

using protocol::hostcall::EndReason;
using protocol::hostcall::whole_program;

std::optional<os::Failure> program_changed(Request const& exit) {
    constexpr unsigned reason = 2; // words of an Exit, protocol/hostcall/call.hpp
    constexpr unsigned detail = 3;
    if (static_cast<EndReason>(exit.value(reason)) != EndReason::ProgramChanged) return {};
    auto const page = exit.value(detail);
    return os::Failure{
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

} // namespace host::vmm
