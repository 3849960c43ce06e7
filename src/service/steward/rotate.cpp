// enarx-steward rotate-kek.

#include "protocol/provision/log_entry.hpp"
#include "service/seal/rotation.hpp"
#include "service/steward/files.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

namespace service {

os::OrFailure<std::uint64_t> rotate_kek_of(std::string const& config, std::chrono::sys_seconds at) {
    constexpr std::size_t largest_config = std::size_t{1} << 20;
    auto const text = TRY(read_text(config, largest_config));
    TRY(parse_settings(config, text)); // a mistake in it is better told before than after
    auto const folder = folder_of(config);
    TRY(need_kek(folder));
    auto const store = TRY(open_sqlite_store(folder + "/steward.db"));
    auto const entry = protocol::provision::encode(
        protocol::provision::LogEntry{
            .time = static_cast<std::uint64_t>(at.time_since_epoch().count()),
            .kind = protocol::provision::LogKind::Admin,
            .deployment = {},
            .keep_id = {},
            .rule = "kek-renewed",
            .digest = {},
            .accepted = true
        }
    );
    return rotate_kek(folder, *store, entry);
}

} // namespace service
