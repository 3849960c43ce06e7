#include "attest/measure/td_build.hpp"

namespace attest::measure {

void TdBuild::operation(hw::tdx::OperationName const& name, std::uint64_t gpa) {
    hw::tdx::OperationBlock const block{.name = name, .gpa = gpa, .reserved_18 = {}};
    hash_.add(std::as_bytes(std::span{&block, 1}));
}

TdBuild& TdBuild::add(std::uint64_t gpa) {
    operation(hw::tdx::mem_page_add, gpa);
    return *this;
}

TdBuild& TdBuild::extend(std::uint64_t gpa, TdPage contents) {
    for (std::size_t at = 0; at < contents.size(); at += hw::tdx::extend_size) {
        operation(hw::tdx::mr_extend, gpa + at);
        hash_.add(contents.subspan(at, hw::tdx::extend_size));
    }
    return *this;
}

} // namespace attest::measure
