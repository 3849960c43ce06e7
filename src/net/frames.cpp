#include "net/frames.hpp"

#include <algorithm>

namespace net {

namespace wire = protocol::provision;
using base::Errno;

base::Result<bool, FramesOver> FrameReader::fill(crypto::TlsSession& session, std::size_t size) {
    // A frame takes memory as it comes, not as it is announced.
    constexpr std::size_t step = std::size_t{64} << 10;
    while (filled_ < size) {
        if (bytes_.size() == filled_) bytes_.resize(std::min(size, filled_ + step));
        auto const room = std::min(bytes_.size(), size) - filled_;
        auto const got = session.read(std::span{bytes_}.subspan(filled_, room));
        if (!got && got.error() == Errno::Again) return false;
        if (!got) return std::unexpected(FramesOver{});
        if (*got == 0) return std::unexpected(FramesOver{.orderly = filled_ == 0});
        filled_ += *got;
    }
    return true;
}

base::Result<std::optional<wire::Frame>, FramesOver>
FrameReader::next(crypto::TlsSession& session, wire::Trust trust) {
    if (taken_) {
        taken_ = false;
        filled_ = 0;
    }
    if (!TRY(fill(session, wire::header_size))) return std::nullopt;
    base::Bytes<wire::header_size> header{};
    std::ranges::copy(std::span{bytes_}.first(wire::header_size), header.begin());
    auto const length = wire::announced(header, trust);
    if (!length) return std::unexpected(FramesOver{.rule = length.error().field});
    if (!TRY(fill(session, wire::header_size + *length))) return std::nullopt;
    auto const frame =
        wire::decode_frame(base::View{bytes_}.subspan(wire::header_size, *length), trust);
    if (!frame) return std::unexpected(FramesOver{.rule = frame.error().field});
    taken_ = true;
    return *frame;
}

base::Result<void> put_frame(crypto::TlsSession& session, wire::FrameType type, base::View body) {
    return session.write(wire::encode_frame(type, body));
}

} // namespace net
