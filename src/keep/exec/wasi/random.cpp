// Random numbers for the application, fit for keys.

#include "os/random.hpp"

#include "keep/exec/wasi/convert.hpp"
#include "keep/exec/wasi/functions.hpp"

namespace exec::wasi {

Result<void>
random_get(Context& /*context*/, GuestMemory memory, Pointer<std::byte> out, std::uint32_t length) {
    return to_wasi(os::random(TRY(memory.bytes(out, length))));
}

} // namespace exec::wasi
