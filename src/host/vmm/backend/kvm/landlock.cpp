#include "host/vmm/backend/kvm/landlock.hpp"

#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <sys/syscall.h>
#include <unistd.h>

namespace host::vmm::kvm {

namespace {

// Linux UAPI, linux/landlock.h; Debian's headers end at version 2.
constexpr unsigned version_flag = 1;      // LANDLOCK_CREATE_RULESET_VERSION
constexpr unsigned rule_path_beneath = 1; // LANDLOCK_RULE_PATH_BENEATH

struct RulesetAttribute {
    std::uint64_t handled_files = 0;
    std::uint64_t handled_network = 0;
    std::uint64_t scoped = 0;
};
static_assert(sizeof(RulesetAttribute) == 24);

struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed = 0;
    std::int32_t folder = 0;
};
static_assert(sizeof(PathBeneath) == 12);

constexpr std::uint64_t bit(unsigned which) { return 1ULL << which; }

constexpr auto write_file = bit(1);
constexpr auto read_file = bit(2);
constexpr auto read_folder = bit(3);
constexpr auto remove_folder = bit(4);
constexpr auto remove_file = bit(5);
constexpr auto make_folder = bit(7);
constexpr auto make_regular = bit(8);
constexpr auto make_link = bit(12);
constexpr auto move_between_folders = bit(13);
constexpr auto truncate = bit(14);

// How many rights each version knows; those are taken away where no rule gives them back.
constexpr std::array<unsigned, 6> rights_of_version{0, 13, 14, 15, 15, 16};

// Nobody outside: no signal, no socket by an abstract name (version 6).
constexpr std::uint64_t scope_all = bit(0) | bit(1);
constexpr int version_of_scopes = 6;

constexpr auto to_read = read_file | read_folder;
constexpr auto to_write = to_read | write_file | remove_folder | remove_file | make_folder |
                          make_regular | make_link | move_between_folders | truncate;

} // namespace

int landlock_version() {
    auto const version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0}, version_flag);
    return version < 0 ? 0 : static_cast<int>(version);
}

base::Result<void> keep_to(std::span<Handles::Open const> folders, int version) {
    auto const known = std::min<std::size_t>(
        static_cast<std::size_t>(std::max(version, 0)), rights_of_version.size() - 1
    );
    RulesetAttribute const wanted{
        .handled_files = bit(rights_of_version[known]) - 1,
        .scoped = version >= version_of_scopes ? scope_all : 0,
    };
    auto const rules =
        TRY(os::check_fd(
            static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0U))
        ));
    for (auto const& folder : folders) {
        auto const rights = folder->read_only() ? to_read : to_write;
        PathBeneath const rule{
            .allowed = rights & wanted.handled_files, .folder = folder->number()
        };
        TRY(os::check(
            ::syscall(SYS_landlock_add_rule, rules.number(), rule_path_beneath, &rule, 0U)
        ));
    }
    TRY(os::check(::syscall(SYS_landlock_restrict_self, rules.number(), 0U)));
    return {};
}

} // namespace host::vmm::kvm
