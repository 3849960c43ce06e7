// The application's environment.

#include "keep/exec/wasi/functions.hpp"
#include "keep/exec/wasi/texts.hpp"

namespace exec::wasi {

Result<void> environ_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> environ, Pointer<std::byte> text
) {
    return write_texts(memory, context.environ, environ, text);
}

Result<void> environ_sizes_get(
    Context& context, GuestMemory memory, Pointer<std::uint32_t> count, Pointer<std::uint32_t> bytes
) {
    return write_sizes(memory, context.environ, count, bytes);
}

} // namespace exec::wasi
