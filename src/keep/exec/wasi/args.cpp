// The application's arguments.

#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/texts.hpp"

namespace exec::wasi {

Result<void> args_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> argv, Pointer<std::byte> text
) {
    return write_texts(memory, context.args, argv, text);
}

Result<void> args_sizes_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> count, Pointer<std::uint32_t> bytes
) {
    return write_sizes(memory, context.args, count, bytes);
}

} // namespace exec::wasi
