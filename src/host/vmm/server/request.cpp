#include "host/vmm/server/request.hpp"

namespace host::vmm {

using protocol::hostcall::Argument;
using protocol::hostcall::Call;
using protocol::hostcall::Extent;
using protocol::hostcall::Header;

namespace {

constexpr std::size_t longest_path = 4095;

} // namespace

base::Result<Request> Request::fetch(std::span<std::byte> block, Handles& handles) {
    // Safety: the block is block_size bytes, page-aligned; the Keep may change it at any moment, so
    // it is read as volatile.
    auto volatile& header = *reinterpret_cast<Header volatile*>(block.data());
    Request request;
    std::uint64_t const number = header.number;
    for (std::size_t i = 0; i < count; ++i) request.words_[i] = header.arguments[i];
    // A handle that is not open any more is the Keep's own mistake, and hurts nobody else. Closed
    // once, although a poll may be looked at more often.
    for (std::uint64_t closing = header.closing; closing != 0; closing >>= 32)
        if (auto const handle = static_cast<std::uint32_t>(closing); handle != 0)
            static_cast<void>(handles.close(handle - 1));
    header.closing = 0;
    if (number > 0xffff'ffff) return std::unexpected(base::Errno::NoSys);
    request.call_ = static_cast<Call>(number);
    if (auto const* shape = protocol::hostcall::find_shape(request.call_))
        for (unsigned i = 0; i < count; ++i)
            TRY(request.check(i, shape->arguments[i], block, handles));
    else if (request.call_ == Call::Poll || request.call_ == Call::Log)
        TRY(request.check(0, Argument::InOut, block, handles));
    else if (request.call_ < Call::Poll)
        return std::unexpected(base::Errno::NoSys);
    return request;
}

base::Result<void>
Request::check(unsigned i, Argument kind, std::span<std::byte> block, Handles const& handles) {
    if (kind == Argument::None || kind == Argument::Value) return {};
    if (kind == Argument::Handle) {
        open_[i] = TRY(handles.find(words_[i]));
        return {};
    }
    auto const extent = Extent::decode(words_[i]);
    if (!extent) return std::unexpected(base::Errno::Proto);
    buffers_[i] = block.subspan(protocol::hostcall::data_offset + extent->offset(), extent->size());
    if (kind != Argument::Path && kind != Argument::Target) return {};
    if (extent->size() > longest_path) return std::unexpected(base::Errno::NameTooLong);
    // A copy: what is checked and what is used is the same text.
    texts_[i].assign(reinterpret_cast<char const*>(buffers_[i].data()), extent->size());
    if (texts_[i].contains('\0')) return std::unexpected(base::Errno::Inval);
    return {};
}

} // namespace host::vmm
