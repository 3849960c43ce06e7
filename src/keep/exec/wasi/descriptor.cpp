#include "keep/exec/wasi/descriptor.hpp"

namespace exec::wasi {

bool Descriptor::socket() const {
    return std::holds_alternative<Listening>(object) || std::holds_alternative<Connected>(object);
}

Result<void> Descriptor::allows(Rights needed) const {
    auto const lacking = needed & ~rights_base;
    if (lacking == 0) return {};
    if ((lacking & (right::fd_read | right::fd_write)) != 0) return std::unexpected(Errno::BadF);
    return std::unexpected(Errno::NotCapable);
}

} // namespace exec::wasi
