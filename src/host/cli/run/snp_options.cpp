#include "host/cli/run/snp_options.hpp"

#include "attest/endorsements.hpp"
#include "base/view.hpp"
#include "host/cli/collateral/of_this_chip.hpp"
#include "host/cli/measure/values.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "protocol/evidence/vouched.hpp"

#include <cstring>

namespace host::cli {

namespace {

using vmm::snp::LaunchTerms;

template <class T> os::OrFailure<T> read_whole(std::string const& path, std::string_view what) {
    auto const bytes = TRY(read_bytes(path, sizeof(T)));
    if (bytes.size() != sizeof(T))
        return failure(
            "snp-identity-refused",
            '\'' + path + "' is no " + std::string{what} + ": it has " +
                std::to_string(bytes.size()) + " bytes, not " + std::to_string(sizeof(T))
        );
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

os::OrFailure<std::optional<LaunchTerms::Identity>> identity_of(GivenSnp const& given) {
    if (!given.id_block && !given.id_auth) return std::nullopt;
    if (!given.id_block || !given.id_auth)
        return failure("usage", "--id-block and --id-auth go together");
    return LaunchTerms::Identity{
        .block = TRY(read_whole<hw::snp::IdBlock>(*given.id_block, "ID block")),
        .auth = TRY(read_whole<hw::snp::IdAuth>(*given.id_auth, "ID authentication information")),
    };
}

os::OrFailure<LaunchTerms> terms_of(GivenSnp const& given) {
    LaunchTerms terms{.identity = TRY(identity_of(given))};
    if (terms.identity) terms.policy = terms.identity->block.policy;
    terms.policy =
        TRY(number_or<std::uint64_t>("--guest-policy", given.guest_policy, terms.policy));
    terms.host_data = TRY(bytes_or("--host-data", given.host_data, terms.host_data));
    terms.secure_tsc = given.secure_tsc;
    return terms;
}

} // namespace

void add_snp_options(std::vector<Option>& options, GivenSnp& given) {
    options.push_back(
        {.name = "--vcpus",
         .value = "NUMBER",
         .help = "vCPUs of an SEV-SNP Keep, one for each thread; each is measured. Default: 4.",
         .target = &given.cpus}
    );
    options.push_back(
        {.name = "--guest-policy",
         .value = "NUMBER",
         .help = "The guest policy of an SEV-SNP Keep. Default: the ID block's, or 0x30000.",
         .target = &given.guest_policy}
    );
    options.push_back(
        {.name = "--id-block",
         .value = "FILE",
         .help = "The ID block of an SEV-SNP Keep, as `enarx measure snp` writes it: the processor "
                 "launches what it names, and nothing else.",
         .target = &given.id_block,
         .completion = Completion::File}
    );
    options.push_back(
        {.name = "--id-auth",
         .value = "FILE",
         .help = "What signs the ID block.",
         .target = &given.id_auth,
         .completion = Completion::File}
    );
    options.push_back(
        {.name = "--host-data",
         .value = "HEX",
         .help = "HOST_DATA of an SEV-SNP Keep's reports, 32 bytes.",
         .target = &given.host_data}
    );
    options.push_back(
        {.name = "--secure-tsc",
         .help =
             "An SEV-SNP Keep's clock goes by a counter that the host cannot turn. It is in the "
             "measurement: `enarx measure snp --secure-tsc`. Refused where the host has none.",
         .target = &given.secure_tsc}
    );
    options.push_back(
        {.name = "--certificates",
         .value = "FILE",
         .help =
             "Certificates of this processor, as `enarx collateral fetch` packs them, or those of "
             "its provider where a VLEK signs: they go along with an SEV-SNP Keep's evidence, "
             "for whoever verifies it. Hints: they are verified like any other. Default: what "
             "`enarx platform snp fetch` has kept.",
         .target = &given.certificates,
         .completion = Completion::File}
    );
}

os::OrFailure<void>
add_snp_terms(vmm::LaunchOrder& order, GivenSnp const& given, vmm::Backend const& backend) {
    if (given.any() && backend.name != "snp")
        return failure(
            "usage",
            "--vcpus, --guest-policy, --id-block, --id-auth, --host-data, --secure-tsc and "
            "--certificates are an SEV-SNP Keep's, and this one would be of backend " +
                std::string{backend.name},
            "name --backend=snp, or leave them out"
        );
    order.keep.snp = TRY(terms_of(given));
    if (given.cpus) order.keep.cpus = TRY(number_or<std::uint32_t>("--vcpus", given.cpus, 0));
    if (!given.certificates) {
        bool const of_use = backend.name == "snp" && order.keep.attestation;
        auto kept = of_use ? kept_for_keeps() : std::nullopt;
        if (kept) order.add(protocol::launch::Kind::Certificates, *std::move(kept));
        return {};
    }
    auto const certificates =
        TRY(read_bytes(*given.certificates, protocol::evidence::most_certificates));
    // What no verifier could take would only be found out by all of them.
    attest::Endorsements usable;
    if (auto const added = usable.add(certificates, *given.certificates); !added)
        return unusable(added.error());
    order.add(protocol::launch::Kind::Certificates, std::string{base::text_of(certificates)});
    return {};
}

std::vector<std::string> snp_words(GivenSnp const& given) {
    auto all = given;
    std::vector<Option> options;
    add_snp_options(options, all);
    std::vector<std::string> out;
    for (auto const& option : options)
        if (auto const* const* target = std::get_if<std::optional<std::string>*>(&option.target))
            if (auto const& value = **target)
                out.push_back(std::string{option.name} + '=' + *value);
    return out;
}

} // namespace host::cli
