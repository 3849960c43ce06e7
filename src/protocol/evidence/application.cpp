// What an application binds, and the bytes that stand for it.

#include "protocol/evidence/evidence.hpp"
#include "protocol/evidence/purpose.hpp"

#include <algorithm>

namespace protocol::evidence {

base::Result<UserData> UserData::of(std::span<std::byte const> bytes) {
    if (bytes.size() > max_size) return std::unexpected(base::Errno::FBig);
    UserData data;
    std::ranges::copy(bytes, data.bytes_.begin());
    data.size_ = static_cast<std::uint8_t>(bytes.size());
    return data;
}

ReportDataInput::ReportDataInput(Application const& application) {
    auto const append = [this](std::span<std::byte const> part) {
        std::ranges::copy(part, std::span{bytes_}.subspan(size_).begin());
        size_ += part.size();
    };
    auto const user_data = application.user_data.view();
    append(std::as_bytes(std::span{text_of(Purpose::Application)}));
    append(application.workload);
    append(application.configuration);
    append(base::Bytes<1>{std::byte(user_data.size())});
    append(user_data);
}

} // namespace protocol::evidence
